/**
 * Index entries and incoming `FEEDBACK_FOR` edges that no feedback has. Every entry that a feedback has was looked up
 * before; where a range holds just as many keys, it holds no others. Only where it does not is each key looked at.
 */
import { type Scope, scopePrefix } from '../../feedback/index/scopes.js';
import { linkedAdapters } from '../../feedback/links.js';
import type { Feedback } from '../../model/feedback.js';
import { isFeedbackId } from '../../model/ids.js';
import type { Entry, Key, KeyRange } from '../../store/contract.js';
import { joinKey, lastComponent, prefixRange, unescapeComponent } from '../../store/keys.js';
import { auditKey, auditOfPrefix, edgeOutKey, feedbackKey } from '../../store/layout.js';
import { putEmpty, remove } from '../repair.js';
import { type Check, reportInconsistency, eachChunk } from './check.js';
import { counterOfEntry, dayCounter } from './counters.js';
import { describeScope, entryKind, expectedEntries } from './expected.js';
import type { FoundEntries } from './feedback.js';
import { edgeRange, indexRange } from './keyspace.js';
import { isAuditEvent, readFeedback, readRecord } from './shapes.js';

/** Each kind of scope with the range of its entries. */
function rangesOf(org: string): { readonly kind: Scope['kind']; readonly range: KeyRange }[] {
  return [
    { kind: 'all', range: indexRange(org, 'all') },
    { kind: 'adapterVersion', range: indexRange(org, 'av') },
    { kind: 'due', range: indexRange(org, 'du') },
    { kind: 'fingerprint', range: indexRange(org, 'f') },
    { kind: 'interaction', range: indexRange(org, 'i') },
    { kind: 'adapterSet', range: indexRange(org, 's') },
    { kind: 'model', range: indexRange(org, 'm') },
    { kind: 'modelAdapter', range: indexRange(org, 'ma') },
    { kind: 'reviewLease', range: indexRange(org, 'rl') },
    { kind: 'review', range: indexRange(org, 'rv') },
    { kind: 'user', range: indexRange(org, 'u') },
    { kind: 'adapter', range: edgeRange(org, 'FEEDBACK_FOR', 'in') },
  ];
}

export async function checkEntries(check: Check, found: FoundEntries): Promise<void> {
  const total = [...found.values()].reduce((sum, each) => sum + each, 0);
  check.progress.phase('index entries', total);
  const strange: KeyRange[] = [];
  for (const { kind, range } of rangesOf(check.org)) {
    if (kind === 'user' && check.keyedHash === undefined) {
      check.findings.skip('the index entries of users: the secret that they are named by cannot be read');
      continue;
    }
    let count = 0;
    const entryOf = kind === 'adapter' ? 'edge' : 'index';
    await eachChunk(check, entryOf, range, (entries) => {
      count += entries.length;
      for (const { key, value } of entries) {
        if (value.length > 0)
          reportInconsistency(check, entryOf, lastComponent(key), 'has an entry with a value', [putEmpty(key)]);
      }
    });
    if (count !== (found.get(kind) ?? 0)) strange.push(range);
  }
  for (const range of strange) {
    check.progress.phase('index entries, one by one');
    for await (const chunk of check.store.snapshot(range)) {
      await checkOneByOne(check, chunk);
      check.progress.advance(chunk.length);
      await check.repairs?.flushFull();
    }
    await check.repairs?.flush();
  }
}

interface ParsedEntry {
  readonly key: Key;
  readonly scope: Scope;
  readonly feedbackFacet: string;
  readonly id: string;
}

async function checkOneByOne(check: Check, entries: readonly Entry[]): Promise<void> {
  const parsed = entries.flatMap(({ key }): ParsedEntry[] => {
    const entry = parseEntry(check.org, key);
    if (entry !== undefined) return [entry];
    reportInconsistency(check, key.startsWith('edge:') ? 'edge' : 'index', key, 'is not the key of an entry', [
      remove(key),
    ]);
    if (check.repairs === undefined) check.corrections.add(counterOfEntry(check.org, key), -1);
    return [];
  });
  const records = await lookUp(check, [...new Set(parsed.map(({ id }) => id))]);
  const edges = await linksOf(check, parsed);
  for (const entry of parsed) {
    const { id, key, scope } = entry;
    const stored = records.get(id);
    const feedback = stored === undefined ? undefined : readFeedback(stored, id);
    // A damaged record cannot say which entries it has.
    if (stored !== undefined && feedback === undefined) continue;
    const adapter = linkedBy(scope);
    const linked = adapter === undefined || edges.has(edgeOutKey(check.org, 'FEEDBACK_FOR', id, adapter));
    if (feedback !== undefined && linked && (await isExpected(check, feedback, entry))) continue;
    if (feedback !== undefined && adapter !== undefined && !linked && (await wasLinked(check, feedback, adapter))) {
      // The outgoing side is what is missing; removing the rest would hide that it ever was.
      if (scope.kind === 'adapter' && adapter !== feedback.adapterId) {
        reportInconsistency(check, 'edge', id, `has no outgoing side of its FEEDBACK_FOR edge to ${adapter}`);
      }
      continue;
    }
    const problem =
      feedback === undefined
        ? `has an entry for ${describeScope(scope)} and no record`
        : `has an entry that it should not have for ${describeScope(scope)} in the facet ${entry.feedbackFacet}`;
    reportInconsistency(check, entryKind(scope), id, problem, [remove(key)]);
    if (check.repairs === undefined) {
      check.corrections.add(counterOfEntry(check.org, key), -1);
      if (scope.kind === 'all' && isFeedbackId(id))
        check.corrections.add(dayCounter(check.org, id, entry.feedbackFacet), -1);
    }
  }
}

/** The adapter whose link makes a feedback belong to a scope. */
function linkedBy(scope: Scope): string | undefined {
  return scope.kind === 'adapter' || scope.kind === 'modelAdapter' ? scope.adapter : undefined;
}

async function isExpected(check: Check, feedback: Feedback, { key, scope }: ParsedEntry): Promise<boolean> {
  const adapter = linkedBy(scope);
  const adapters =
    scope.kind === 'adapterSet'
      ? await check.store.read((reader) => linkedAdapters(reader, check.org, feedback.id))
      : adapter === undefined
        ? []
        : [adapter];
  return expectedEntries(check, feedback, adapters).some((each) => each.key === key);
}

async function lookUp(check: Check, ids: readonly string[]): Promise<Map<string, Buffer>> {
  const values = await check.store.read((reader) => reader.getMany(ids.map((id) => feedbackKey(check.org, id))));
  return new Map(
    ids.flatMap((id, index): [string, Buffer][] => {
      const value = values[index];
      return value === undefined ? [] : [[id, value]];
    }),
  );
}

/** The outgoing sides that are there of the edges that these entries stand for. */
async function linksOf(check: Check, entries: readonly ParsedEntry[]): Promise<Set<Key>> {
  const keys = entries.flatMap(({ scope, id }) => {
    const adapter = linkedBy(scope);
    return adapter === undefined ? [] : [edgeOutKey(check.org, 'FEEDBACK_FOR', id, adapter)];
  });
  const values = await check.store.read((reader) => reader.getMany(keys));
  return new Set(keys.filter((_, index) => values[index] !== undefined));
}

/** Whether record or audit trail say that a feedback was linked to an adapter, whatever is left of the edge. */
async function wasLinked(check: Check, { id, adapterId }: Feedback, adapter: string): Promise<boolean> {
  if (adapterId === adapter) return true;
  const { org, store } = check;
  return store.read(async (reader) => {
    const pointers = await reader.scanKeys({ ...prefixRange(auditOfPrefix(org, id)), limit: Infinity });
    const events = await reader.getMany(pointers.map((pointer) => auditKey(org, lastComponent(pointer))));
    return events.some((stored) => {
      const { record: event } = stored === undefined ? {} : readRecord(stored, isAuditEvent);
      return event?.action === 'feedback.link' && event.reason === adapter;
    });
  });
}

/** Which entry a key stands for; `undefined` for a key that no entry has. */
function parseEntry(org: string, key: Key): ParsedEntry | undefined {
  const parts = key.split(':');
  const id = unescapeComponent(parts.pop() ?? '');
  const feedbackFacet = parts.pop() ?? '';
  const scope = key.startsWith('edge:') ? parseEdgeScope(parts.slice(4)) : parseScope(parts.slice(2));
  if (scope === undefined || !/^[a-x]$/.test(feedbackFacet)) return undefined;
  // A moment that no number stands for is of no entry.
  if (scope.kind === 'due' && !Number.isSafeInteger(scope.due)) return undefined;
  if (scope.kind === 'reviewLease' && !Number.isSafeInteger(scope.until)) return undefined;
  const entry = { key, scope, feedbackFacet, id };
  return scopePrefix(org, scope, feedbackFacet) + joinKey(id) === key ? entry : undefined;
}

function parseEdgeScope([adapter, ...more]: readonly string[]): Scope | undefined {
  return adapter === undefined || more.length > 0
    ? undefined
    : { kind: 'adapter', adapter: unescapeComponent(adapter) };
}

function parseScope([first = '', ...rest]: readonly string[]): Scope | undefined {
  const equals = first.indexOf('=');
  const kind = equals < 0 ? first : first.slice(0, equals);
  const [name = '', second, ...more] = [equals < 0 ? '' : first.slice(equals + 1), ...rest].map(unescapeComponent);
  if (more.length > 0 || (second !== undefined) !== (kind === 'ma' || kind === 'av')) return undefined;
  switch (kind) {
    case 'all':
      return { kind: 'all' };
    case 'm':
      return { kind: 'model', model: name };
    case 'ma':
      return { kind: 'modelAdapter', model: name, adapter: second ?? '' };
    case 'av':
      return { kind: 'adapterVersion', adapter: name, version: second ?? '' };
    case 's':
      return { kind: 'adapterSet', set: name };
    case 'u':
      return { kind: 'user', userHash: name };
    case 'f':
      return { kind: 'fingerprint', fingerprint: name };
    case 'i':
      return { kind: 'interaction', interaction: name };
    case 'du':
      return { kind: 'due', due: Number(name) };
    case 'rl':
      return { kind: 'reviewLease', until: Number(name) };
    case 'rv':
      return { kind: 'review' };
    default:
      return undefined;
  }
}
