/**
 * Takes a person's name out of what stays when their entries are gone: audit events, and records, edges and earlier
 * versions that say who made or decided something.
 */
import { hash } from 'node:crypto';
import { ERASED_NAME, NO_NOTE, readActor } from '../../audit/actor-note.js';
import { decodeStoredEvent, encodeAuditEvent, type StoredEvent } from '../../audit/events.js';
import type { KeyedHash } from '../../audit/keyed-hash.js';
import { externalIdKeysOf } from '../../feedback/external-ids.js';
import { indexKeys, indexRange } from '../../feedback/index/index-keys.js';
import { formatDay } from '../../feedback/index/table.js';
import { intendPurge } from '../../feedback/purge.js';
import { findFeedback } from '../../feedback/read.js';
import { forgetSkips, skipsKeyOf } from '../../feedback/review/skips.js';
import { removeView, viewsOwnedBy } from '../../feedback/saved-views.js';
import { replaceFeedback, withoutFields } from '../../feedback/update.js';
import { keyOfVote } from '../../feedback/votes.js';
import { decodeFeedback, type Feedback, feedbackFacet } from '../../model/feedback.js';
import { type AuditChain, nodeKind, ORGANIZATION_NODE } from '../../model/node.js';
import type { DomainServices } from '../../services.js';
import type { Key, Reader, Store, Transaction } from '../../store/contract.js';
import { keyPrefix, lastComponent, prefixRange, splitKey } from '../../store/keys.js';
import {
  adapterKey,
  adapterStagePrefix,
  auditKey,
  auditOfPrefix,
  bulkOperationPrefix,
  edgeInPrefix,
  edgeOutKey,
  edgeOutPrefix,
  erasedFeedbackKey,
  evaluationPrefix,
  feedbackKey,
  feedbackVersionPrefix,
  newestEvaluationPrefix,
  NO_FACET,
  removedLinkPrefix,
  trainingBatchKey,
} from '../../store/layout.js';
import { decodeRecord, encodeRecord, shapeOfRecord } from '../../store/record.js';
import { trainingBatchNumber } from '../../training/batch.js';
import { startStretches } from '../../yield-to-event-loop.js';

/** Where records say who did something. */
const NAME_FIELDS: ReadonlySet<string> = new Set(['submittedBy', 'reviewer', 'createdBy', 'committedBy']);

const READ_AT_ONCE = 500;
/** An entry may be as long as a request. */
const CLAIMS_AT_ONCE = 20;

type ForgetServices = Pick<DomainServices, 'store' | 'keyedHash' | 'serverName'>;

/** What was changed, for the files to be rid of what it was. */
export interface Forgotten {
  readonly keys: Key[];
  readonly intents: Key[];
}

/**
 * Ends when nothing in the organization says the name any more. What belongs to the person alone goes: their saved views.
 * May be repeated after a failure.
 */
export async function forgetName(services: ForgetServices, org: string, name: string): Promise<Forgotten> {
  const { store } = services;
  const forgotten: Forgotten = { keys: [], intents: [] };
  const change = async (work: (transaction: Transaction, changed: Key[]) => Promise<void>): Promise<void> => {
    const { keys, intent } = await store.transact(async (transaction) => {
      const changed: Key[] = [];
      await work(transaction, changed);
      return {
        keys: changed,
        intent: changed.length === 0 ? undefined : intendPurge(transaction, services.serverName),
      };
    });
    for (const key of keys) forgotten.keys.push(key);
    if (intent !== undefined) forgotten.intents.push(intent);
  };
  for await (const entry of entriesClaimedBy(store, org, name)) {
    await change((transaction, changed) => endClaim(services, transaction, org, entry, name, changed));
  }
  await change(async (transaction, changed) => {
    changed.push(...(await forgetSkips(transaction, skipsKeyOf(services.keyedHash, org, name))));
  });
  for await (const node of nodesTouchedBy(store, org, name)) {
    if (node === ORGANIZATION_NODE) continue;
    await change((transaction, changed) => forgetInNode(services, transaction, org, node, name, changed));
  }
  await change(async (transaction, changed) => {
    for (const view of await viewsOwnedBy(transaction, services.keyedHash, org, name)) {
      changed.push(...removeView(transaction, services.keyedHash, org, view));
    }
  });
  await rewriteRange(change, bulkOperationPrefix(org), name);
  // There may be more of these than fit into one transaction; no event of a trail names its actor itself.
  const { gte, lt } = prefixRange(auditOfPrefix(org, ORGANIZATION_NODE));
  for (let from: Key | undefined = gte; from !== undefined;) {
    const start: Key = from;
    let last: Key | undefined;
    await change(async (transaction, changed) => {
      const pointers = await transaction.scan({ gte: start, lt, limit: READ_AT_ONCE });
      last = pointers.length < READ_AT_ONCE ? undefined : pointers.at(-1)?.key;
      for (const { key, value } of pointers) {
        if (readActor(value) !== name) continue;
        transaction.put(key, NO_NOTE);
        changed.push(key);
      }
    });
    from = last === undefined ? undefined : `${last}\0`;
  }
  return forgotten;
}

/** Takes the name out of all records of a range, some at a time. */
async function rewriteRange(
  change: (work: (transaction: Transaction, changed: Key[]) => Promise<void>) => Promise<void>,
  prefix: Key,
  name: string,
): Promise<void> {
  const { gte, lt } = prefixRange(prefix);
  for (let from: Key | undefined = gte; from !== undefined;) {
    const start: Key = from;
    let last: Key | undefined;
    await change(async (transaction, changed) => {
      const keys = await transaction.scanKeys({ gte: start, lt, limit: READ_AT_ONCE });
      last = keys.length < READ_AT_ONCE ? undefined : keys.at(-1);
      await rewriteAt(transaction, keys, name, changed);
    });
    from = last === undefined ? undefined : `${last}\0`;
  }
}

/** The nodes with an audit event of an actor, each once. */
async function* nodesTouchedBy(store: Store, org: string, actor: string): AsyncGenerator<string, void> {
  let last: string | undefined;
  for await (const { node } of eventsOfActor(store, org, actor)) {
    if (node !== last) yield node;
    last = node;
  }
}

/** The entries that a reviewer has claimed, which no audit event tells of. */
async function* entriesClaimedBy(store: Store, org: string, reviewer: string): AsyncGenerator<string, void> {
  const { gte, lt } = indexRange(org, 'reviewLease');
  for (let from = gte; ;) {
    const { claimed, last } = await store.read(async (reader) => {
      const keys = await reader.scanKeys({ gte: from, lt, limit: CLAIMS_AT_ONCE });
      const found = await findFeedback(reader, org, keys.map(lastComponent));
      const theirs = found.filter((feedback) => feedback?.reviewClaim?.reviewer === reviewer);
      return {
        claimed: theirs.flatMap((feedback) => feedback?.id ?? []),
        last: keys.length < CLAIMS_AT_ONCE ? undefined : keys.at(-1),
      };
    });
    yield* claimed;
    if (last === undefined) return;
    from = `${last}\0`;
  }
}

/** Gives an entry back to the queue: the index of the reviewer's claims names them by a hash. */
async function endClaim(
  { keyedHash }: ForgetServices,
  transaction: Transaction,
  org: string,
  entry: string,
  name: string,
  changed: Key[],
): Promise<void> {
  const [feedback] = await findFeedback(transaction, org, [entry]);
  if (feedback?.reviewClaim?.reviewer !== name) return;
  await replaceFeedback(transaction, keyedHash, org, feedback, withoutFields(feedback, ['reviewClaim']));
  const index = { kind: 'reviewer', value: keyedHash(org, name) } as const;
  const keys = indexKeys(org, index, feedbackFacet(feedback), entry);
  changed.push(feedbackKey(org, entry), keys.counter);
  if (keys.entry !== undefined) changed.push(keys.entry);
}

/** Takes an entry out of what a reviewer decided on a day; answers the keys that named the reviewer by a hash. */
function leaveReviewDay(
  transaction: Transaction,
  keyedHash: KeyedHash,
  org: string,
  feedback: Feedback,
  name: string,
): readonly Key[] {
  const { review } = feedback;
  if (review?.counted !== true || review.reviewer !== name || name === ERASED_NAME) return [];
  const index = { kind: 'reviewDay', reviewer: keyedHash(org, name), day: formatDay(review.at) } as const;
  const { entry, counter } = indexKeys(org, index, feedbackFacet(feedback), feedback.id);
  if (entry === undefined) return [];
  transaction.delete(entry);
  transaction.add(counter, -1);
  return [entry, counter];
}

/** The audit events of an actor, node by node. */
export async function* eventsOfActor(store: Store, org: string, actor: string): AsyncGenerator<StoredEvent, void> {
  const { gte, lt } = prefixRange(keyPrefix('audit_of', org));
  const { shouldYield, yieldToEventLoop } = startStretches();
  for (let from = gte; ;) {
    if (shouldYield()) await yieldToEventLoop();
    const page = await store.read(async (reader) => {
      const pointers = await reader.scan({ gte: from, lt, limit: READ_AT_ONCE });
      // Those without a note may be of a store from before, whose events name their actors themselves.
      const wanted = pointers.filter(({ value }) => value.length === 0 || readActor(value) === actor);
      const stored = await reader.getMany(wanted.map(({ key }) => auditKey(org, lastComponent(key))));
      const events = stored.flatMap((value, nth) => {
        const event = value && decodeStoredEvent(value);
        const isTheirs = wanted[nth]?.value.length !== 0 || event?.actor === actor;
        return event !== undefined && isTheirs ? [event] : [];
      });
      return { events, last: pointers.at(-1)?.key, isFull: pointers.length === READ_AT_ONCE };
    });
    yield* page.events;
    if (!page.isFull || page.last === undefined) return;
    from = `${page.last}\0`;
  }
}

async function forgetInNode(
  { keyedHash }: ForgetServices,
  transaction: Transaction,
  org: string,
  node: string,
  name: string,
  changed: Key[],
): Promise<void> {
  const [record, ...others] = await keysOfNode(transaction, org, node);
  await rewriteAt(transaction, others, name, changed);
  const stored = record === undefined ? undefined : await transaction.get(record);
  const chain = await forgetInEvents(transaction, org, node, name, changed);
  if (record === undefined || stored === undefined) return;
  if (record === feedbackKey(org, node)) {
    const feedback = decodeFeedback(stored);
    // Nobody can submit it again under the name that is gone, and a hash of that name must not stay.
    const own = feedback.submittedBy === name ? await externalIdKeysOf(transaction, keyedHash, org, feedback) : [];
    for (const key of own) transaction.delete(key);
    changed.push(...own);
    const vote = feedback.submittedBy === name ? keyOfVote(keyedHash, org, feedback) : undefined;
    if (vote !== undefined) {
      transaction.delete(vote);
      changed.push(vote);
    }
    changed.push(...leaveReviewDay(transaction, keyedHash, org, feedback, name));
  }
  const value = withoutName(decodeRecord(stored), name);
  const next = chain === undefined ? value : { ...(value as object), audit: chain };
  const bytes = encodeRecord(next, shapeOfRecord(stored));
  if (bytes.equals(stored)) return;
  transaction.put(record, bytes);
  changed.push(record);
}

/** The node's record first, then what else says who did something to it. */
async function keysOfNode(reader: Reader, org: string, node: string): Promise<Key[]> {
  const keysIn = (prefix: Key): Promise<Key[]> => reader.scanKeys({ ...prefixRange(prefix), limit: Infinity });
  const outgoing = (type: 'FEEDBACK_FOR' | 'DERIVED_FROM' | 'TRAINED_ON', from: string): Promise<Key[]> =>
    keysIn(edgeOutPrefix(org, type, from));
  switch (nodeKind(node)) {
    case 'Feedback': {
      const current = feedbackKey(org, node);
      const record = (await reader.get(current)) === undefined ? erasedFeedbackKey(org, node) : current;
      return [
        record,
        ...(await keysIn(feedbackVersionPrefix(org, node))),
        ...(await keysIn(removedLinkPrefix(org, node))),
        ...(await outgoing('FEEDBACK_FOR', node)),
      ];
    }
    case 'Adapter':
      return [
        adapterKey(org, node),
        ...(await keysIn(adapterStagePrefix(org, node))),
        ...(await keysIn(evaluationPrefix(org, node))),
        ...(await keysIn(newestEvaluationPrefix(org, node))),
        ...(await outgoing('DERIVED_FROM', node)),
        ...(await outgoing('TRAINED_ON', node)),
      ];
    case 'TrainingBatch': {
      const number = trainingBatchNumber(node);
      if (number === undefined) return [];
      // A commit also says what the adapter that it made is derived from.
      const adapters = (await keysIn(edgeInPrefix(org, 'TRAINED_ON', node, NO_FACET))).map(lastComponent);
      const derived = await Promise.all(adapters.map((adapter) => outgoing('DERIVED_FROM', adapter)));
      return [
        trainingBatchKey(org, number),
        ...adapters.map((adapter) => edgeOutKey(org, 'TRAINED_ON', adapter, node)),
        ...derived.flat(),
      ];
    }
  }
}

async function rewriteAt(transaction: Transaction, keys: readonly Key[], name: string, changed: Key[]): Promise<void> {
  const values = await transaction.getMany(keys);
  values.forEach((stored, nth) => {
    const key = keys[nth];
    if (stored === undefined || key === undefined || stored.length === 0) return;
    const bytes = encodeRecord(withoutName(decodeRecord(stored), name), shapeOfRecord(stored));
    if (bytes.equals(stored)) return;
    transaction.put(key, bytes);
    changed.push(key);
  });
}

/** The same value, in which no field that says who did something holds the name. */
function withoutName(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((each) => withoutName(each, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, each]: [string, unknown]) => [
      field,
      NAME_FIELDS.has(field) && each === name ? ERASED_NAME : withoutName(each, name),
    ]),
  );
}

/**
 * Takes the name from beside the events of a node. Events of stores from before hold it themselves: from the first of
 * them on the chain is made anew, and answered.
 */
async function forgetInEvents(
  transaction: Transaction,
  org: string,
  node: string,
  name: string,
  changed: Key[],
): Promise<AuditChain | undefined> {
  const pointers = await transaction.scan({ ...prefixRange(auditOfPrefix(org, node)), limit: Infinity });
  for (const { key, value } of pointers) {
    if (readActor(value) !== name) continue;
    transaction.put(key, NO_NOTE);
    changed.push(key);
  }
  const keys = pointers.map(({ key }) => auditKey(org, splitKey(key).at(-1) ?? ''));
  const values = await transaction.getMany(keys);
  const events = values
    .flatMap((value) => (value === undefined ? [] : [{ bytes: value, event: decodeStoredEvent(value) }]))
    .sort((a, b) => a.event.position - b.event.position);
  const first = events.findIndex(({ event }) => event.actor === name);
  if (first < 0) return undefined;
  let head = events[first]?.event.previous ?? '';
  for (const { event } of events.slice(first)) {
    const { actor, ...rest } = event;
    const next = { ...rest, ...(actor !== undefined && actor !== name && { actor }), previous: head };
    const bytes = encodeAuditEvent(next);
    const key = auditKey(org, event.id);
    transaction.put(key, bytes);
    changed.push(key);
    head = hash('sha256', bytes, 'hex');
  }
  return { head, length: events.length };
}
