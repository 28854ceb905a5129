/**
 * Index entries and incoming `FEEDBACK_FOR` edges that no feedback has. Every entry that a feedback entry has was looked up
 * before; where a range holds just as many keys, it holds no others. Only where it does not is each key looked at.
 */
import {
  DEFINITIONS,
  describeIndex,
  type IndexEntry,
  indexRange,
  KINDS_WITH_ENTRIES,
  parseIndexEntry,
} from '../../feedback/index/index-keys.js';
import { dependsOnLinks } from '../../feedback/index/membership.js';
import type { SecondaryIndex } from '../../feedback/index/table.js';
import { linkedAdapters } from '../../feedback/links.js';
import type { Feedback } from '../../model/feedback.js';
import { namedAdapters } from '../../model/preference.js';
import type { Entry, Key, KeyRange } from '../../store/contract.js';
import { lastComponent, prefixRange } from '../../store/keys.js';
import { auditKey, auditOfPrefix, edgeOutKey, feedbackKey } from '../../store/layout.js';
import { putEmpty, remove } from '../repair.js';
import { type Check, reportInconsistency, eachChunk } from './check.js';
import { counterOfEntry, dayCounters } from './counters.js';
import { entryKind, expectedEntries } from './expected.js';
import type { FoundEntries } from './feedback.js';
import { isAuditEvent, readFeedback, readRecord } from './shapes.js';

export async function checkEntries(check: Check, found: FoundEntries): Promise<void> {
  const total = [...found.values()].reduce((sum, each) => sum + each, 0);
  check.progress.phase('index entries', total);
  const strange: KeyRange[] = [];
  for (const kind of KINDS_WITH_ENTRIES) {
    if (DEFINITIONS[kind].isHashed && check.keyedHash === undefined) {
      check.findings.skip(`the index entries of ${kind}s: the secret that they are named by cannot be read`);
      continue;
    }
    let count = 0;
    const entryOf = entryKind({ kind });
    const range = indexRange(check.org, kind);
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

interface ParsedEntry extends IndexEntry {
  readonly key: Key;
}

async function checkOneByOne(check: Check, entries: readonly Entry[]): Promise<void> {
  const parsed = entries.flatMap(({ key }): ParsedEntry[] => {
    const entry = parseIndexEntry(check.org, key);
    if (entry !== undefined) return [{ ...entry, key }];
    reportInconsistency(check, key.startsWith('edge:') ? 'edge' : 'index', key, 'is not the key of an entry', [
      remove(key),
    ]);
    if (check.repairs === undefined) check.corrections.add(counterOfEntry(check.org, key), -1);
    return [];
  });
  const records = await lookUp(check, [...new Set(parsed.map(({ feedbackId }) => feedbackId))]);
  const edges = await findLinks(check, parsed);
  for (const entry of parsed) {
    const { feedbackId: id, key, index, facet } = entry;
    const stored = records.get(id);
    const feedback = stored === undefined ? undefined : readFeedback(stored, id);
    // A damaged record cannot say which entries it has.
    if (stored !== undefined && feedback === undefined) continue;
    const adapter = linkedBy(index);
    const linked = adapter === undefined || edges.has(edgeOutKey(check.org, 'FEEDBACK_FOR', id, adapter));
    if (feedback !== undefined && linked && (await isExpected(check, feedback, entry))) continue;
    if (feedback !== undefined && adapter !== undefined && !linked && (await wasLinked(check, feedback, adapter))) {
      // The outgoing side is what is missing; removing the rest would hide that it ever was.
      if (index.kind === 'adapter' && !namedAdapters(feedback).includes(adapter)) {
        reportInconsistency(check, 'edge', id, `has no outgoing side of its FEEDBACK_FOR edge to ${adapter}`);
      }
      continue;
    }
    const problem =
      feedback === undefined
        ? `has an entry for ${describeIndex(index)} and no record`
        : `has an entry that it should not have for ${describeIndex(index)} in the facet ${facet}`;
    reportInconsistency(check, entryKind(index), id, problem, [remove(key)]);
    if (check.repairs === undefined) {
      check.corrections.add(counterOfEntry(check.org, key), -1);
      for (const counter of dayCounters(check.org, index, id, facet)) check.corrections.add(counter, -1);
    }
  }
}

/** The adapter whose link puts a feedback entry into an index. */
function linkedBy(index: SecondaryIndex): string | undefined {
  return dependsOnLinks(index.kind) && 'adapter' in index ? index.adapter : undefined;
}

async function isExpected(check: Check, feedback: Feedback, { key, index }: ParsedEntry): Promise<boolean> {
  const adapter = linkedBy(index);
  const adapters =
    index.kind === 'adapterSet'
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
async function findLinks(check: Check, entries: readonly ParsedEntry[]): Promise<Set<Key>> {
  const keys = entries.flatMap(({ index, feedbackId }) => {
    const adapter = linkedBy(index);
    return adapter === undefined ? [] : [edgeOutKey(check.org, 'FEEDBACK_FOR', feedbackId, adapter)];
  });
  const values = await check.store.read((reader) => reader.getMany(keys));
  return new Set(keys.filter((_, index) => values[index] !== undefined));
}

/** Whether record or audit trail say that a feedback entry was linked to an adapter, whatever is left of the edge. */
async function wasLinked(check: Check, feedback: Feedback, adapter: string): Promise<boolean> {
  if (namedAdapters(feedback).includes(adapter)) return true;
  const { id } = feedback;
  const { org, store } = check;
  return store.read(async (reader) => {
    const pointers = await reader.scanKeys({ ...prefixRange(auditOfPrefix(org, id)), limit: Infinity });
    const events = await reader.getMany(pointers.map((pointer) => auditKey(org, lastComponent(pointer))));
    // The last word counts: a link may have been removed and made again.
    const last = events.findLast((stored) => {
      const { record: event } = stored === undefined ? {} : readRecord(stored, isAuditEvent);
      return event?.reason === adapter && (event.action === 'feedback.link' || event.action === 'feedback.unlink');
    });
    return last !== undefined && readRecord(last, isAuditEvent).record?.action === 'feedback.link';
  });
}
