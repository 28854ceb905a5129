/** Every feedback with what its record says that there is: versions, links, index entries, audit trail, external id. */
import { v7 as uuidv7 } from 'uuid';
import { ERASED_NAME } from '../../audit/actor-note.js';
import { externalIdKeys } from '../../feedback/external-ids.js';
import { describeIndex } from '../../feedback/index/index-keys.js';
import type { IndexKind } from '../../feedback/index/table.js';
import { encodePointer, keyOfVote } from '../../feedback/votes.js';
import { type Feedback, feedbackFacet } from '../../model/feedback.js';
import { namedAdapters } from '../../model/preference.js';
import { edgeOutKey, feedbackKey, PURGE_PREFIX } from '../../store/layout.js';
import { encodeRecord } from '../../store/record.js';
import { trainingBatchNode } from '../../training/batch.js';
import { putEmpty, remove } from '../repair.js';
import { lookForListings } from './adapter-sets.js';
import { type FeedbackBundle, feedbackBundles } from './bundles.js';
import { gatherChain } from './chain.js';
import { type Check, reportInconsistency } from './check.js';
import { dayCounters } from './counters.js';
import { Lookups } from './cursor.js';
import { entryKind, expectedEntries } from './expected.js';
import { isErased, isExternalId, isFeedback, readFeedback, readRecord } from './shapes.js';
import { checkVersions } from './versions.js';

/** How many entries of each kind of index are there because a feedback entry says so. */
export type FoundEntries = Map<IndexKind, number>;

const BUNDLES_AT_ONCE = 256;

export async function checkFeedback(check: Check): Promise<FoundEntries> {
  const found: FoundEntries = new Map();
  let batch: FeedbackBundle[] = [];
  // One batch is looked up while the next one is read.
  let underWay = Promise.resolve();
  const start = async (): Promise<void> => {
    await underWay;
    underWay = checkBatch(check, batch, found);
    // A failure is met where it is awaited.
    underWay.catch(() => undefined);
    batch = [];
  };
  for await (const bundle of feedbackBundles(check)) {
    batch.push(bundle);
    if (batch.length === BUNDLES_AT_ONCE) await start();
  }
  await start();
  await underWay;
  await check.repairs?.flush();
  return found;
}

async function checkBatch(check: Check, bundles: readonly FeedbackBundle[], found: FoundEntries): Promise<void> {
  const lookups = new Lookups();
  const missing = await check.nodes.missing(bundles.flatMap(({ links }) => links.map(({ adapter }) => adapter)));
  const finish = bundles.map((bundle) => {
    checkLinks(check, bundle, missing);
    const chain = gatherChain(
      check,
      lookups,
      bundle.id,
      bundle.pointers.map(({ eventId }) => eventId),
    );
    const audit = bundle.record === undefined ? checkAbsent(check, bundle) : checkRecord(check, lookups, bundle, found);
    return () => {
      if (audit !== undefined) chain.finish(audit);
    };
  });
  await lookups.resolve(check.store);
  // What an external id leads to elsewhere is asked for by the answers to the first lookups.
  await lookups.resolve(check.store);
  for (const each of finish) each();
  check.progress.advance(bundles.filter(({ record }) => record !== undefined).length);
  await check.repairs?.flushFull();
}

/** What is there of a feedback entry without a record. Answers the chain of an erased one. */
function checkAbsent(check: Check, bundle: FeedbackBundle): Feedback['audit'] | undefined {
  const { id, erased, versions, links, pointers } = bundle;
  if (erased === undefined) {
    if (versions.length > 0) {
      reportInconsistency(check, 'help_feedback_version', id, `has ${versions.length} earlier versions and no record`);
    }
    for (const { adapter } of links) {
      reportInconsistency(check, 'edge', id, `has a FEEDBACK_FOR edge to ${adapter} and no record`);
    }
    if (pointers.length > 0)
      reportInconsistency(check, 'audit_of', id, `has ${pointers.length} audit events and no record`);
    return undefined;
  }
  // Noted as an erasure is, so that the next start of the server makes them unreadable in the files too.
  const left = [...versions, ...links].map(({ key }) => key);
  if (left.length > 0) {
    const kind = versions.length > 0 ? 'help_feedback_version' : 'edge';
    reportInconsistency(check, kind, id, `was erased, but ${left.length} of its versions and edges remain`, [
      ...left.map(remove),
      putEmpty(PURGE_PREFIX + uuidv7()),
    ]);
  }
  const { record, problem } = readRecord(erased, isErased);
  if (record === undefined) {
    reportInconsistency(check, 'erased_feedback', id, problem);
    return undefined;
  }
  if (record.id !== id) reportInconsistency(check, 'erased_feedback', id, `holds the tombstone of ${record.id}`);
  return record.audit;
}

/** Answers the chain that the record says it has. */
function checkRecord(
  check: Check,
  lookups: Lookups,
  bundle: FeedbackBundle,
  found: FoundEntries,
): Feedback['audit'] | undefined {
  const { id } = bundle;
  if (bundle.erased !== undefined)
    reportInconsistency(check, 'erased_feedback', id, 'was erased, but its record exists');
  const { record: feedback, problem } = readRecord(bundle.record ?? Buffer.alloc(0), isFeedback);
  if (feedback === undefined) {
    reportInconsistency(check, 'help_feedback', id, problem);
    return undefined;
  }
  if (feedback.id !== id) {
    reportInconsistency(check, 'help_feedback', id, `holds the record of ${feedback.id}`);
    return undefined;
  }
  checkVersions(check, feedback, bundle);
  const adapters = bundle.links.map(({ adapter }) => adapter);
  for (const adapter of namedAdapters(feedback)) {
    if (adapters.includes(adapter)) continue;
    reportInconsistency(check, 'edge', id, `has no outgoing side of its FEEDBACK_FOR edge to ${adapter}`);
  }
  lookForEntries(check, lookups, feedback, adapters, found);
  lookForListings(check, lookups, adapters);
  lookForExternalId(check, lookups, feedback);
  lookForVote(check, lookups, feedback);
  lookForBatch(check, lookups, feedback);
  return feedback.audit;
}

function checkLinks(check: Check, { id, links }: FeedbackBundle, missing: ReadonlySet<string>): void {
  for (const { adapter, value } of links) {
    const { problem } = readRecord(value, isAnything);
    if (problem !== undefined)
      reportInconsistency(check, 'edge', id, `has a FEEDBACK_FOR edge to ${adapter} that ${problem}`);
    if (missing.has(adapter)) {
      reportInconsistency(check, 'edge', id, `has a FEEDBACK_FOR edge to ${adapter}, which does not exist`);
    }
  }
}

function isAnything(_value: unknown): _value is unknown {
  return true;
}

function lookForEntries(
  check: Check,
  lookups: Lookups,
  feedback: Feedback,
  adapters: readonly string[],
  found: FoundEntries,
): void {
  for (const { key, counter, index } of expectedEntries(check, feedback, adapters)) {
    lookups.find(key, (stored) => {
      if (stored === undefined) {
        const problem =
          index.kind === 'adapter'
            ? `has no incoming side of its FEEDBACK_FOR edge to ${index.adapter}`
            : `has no index entry for ${describeIndex(index)}`;
        reportInconsistency(check, entryKind(index), feedback.id, problem, [putEmpty(key)]);
        if (check.repairs === undefined) {
          check.corrections.add(counter, 1);
          for (const each of dayCounters(check.org, index, feedback.id, feedbackFacet(feedback))) {
            check.corrections.add(each, 1);
          }
          if (index.kind === 'adapterSet') check.adapterSets.incomplete = true;
          return;
        }
      }
      found.set(index.kind, (found.get(index.kind) ?? 0) + 1);
    });
  }
}

/** Names no external id: a client may have put anything into it. */
function lookForExternalId(check: Check, lookups: Lookups, { id, externalId, submittedBy }: Feedback): void {
  const { org, keyedHash } = check;
  // What a person who was erased submitted for others is found by it no more.
  if (externalId === undefined || submittedBy === ERASED_NAME || keyedHash === undefined) return;
  const [key, keyOfBefore] = externalIdKeys(keyedHash, org, { externalId, submittedBy });
  const fix = { key, value: encodeRecord({ feedbackId: id }) };
  let before: string | undefined;
  lookups.find(keyOfBefore, (stored) => {
    before = pointedTo(stored);
  });
  lookups.find(key, (stored) => {
    const other = pointedTo(stored);
    if (other === id || before === id) return;
    if (other === undefined) {
      reportInconsistency(check, 'external_id', id, 'is not found by its external id', [fix]);
      return;
    }
    lookups.find(feedbackKey(org, other), (value) => {
      const claimed = value === undefined ? undefined : readFeedback(value, other)?.externalId;
      if (claimed === externalId) reportInconsistency(check, 'external_id', id, `has the same external id as ${other}`);
      else reportInconsistency(check, 'external_id', id, `is not found by its external id, but ${other} is`, [fix]);
    });
  });
}

/** There may be several of the same vote, of which the newest is found. */
function lookForVote(check: Check, lookups: Lookups, feedback: Feedback): void {
  const { org, keyedHash } = check;
  const { id, said } = feedback;
  const key = keyedHash === undefined ? undefined : keyOfVote(keyedHash, org, feedback);
  if (keyedHash === undefined || key === undefined) return;
  const fix = { key, value: encodePointer(id) };
  lookups.find(key, (stored) => {
    const other = pointedTo(stored);
    if (other === id) return;
    const report = (problem: string): void => {
      // Servers before 0.3.0 wrote no such key, which is no damage.
      if (said === undefined) check.repairs?.queue([fix]);
      else reportInconsistency(check, 'vote', id, problem, [fix]);
    };
    if (other === undefined) {
      report('is not found by its interaction');
      return;
    }
    lookups.find(feedbackKey(org, other), (value) => {
      const found = value === undefined ? undefined : readFeedback(value, other);
      if (other > id && found !== undefined && keyOfVote(keyedHash, org, found) === key) return;
      report(`is not found by its interaction, but ${other} is`);
    });
  });
}

function pointedTo(stored: Buffer | undefined): string | undefined {
  return stored === undefined ? undefined : readRecord(stored, isExternalId).record?.feedbackId;
}

function lookForBatch(check: Check, lookups: Lookups, { id, use, trainingBatchId }: Feedback): void {
  if (use === 'unused') return;
  const batch = trainingBatchNode(trainingBatchId);
  lookups.find(edgeOutKey(check.org, 'INCLUDES', batch, id), (stored) => {
    if (stored === undefined) {
      reportInconsistency(
        check,
        'edge',
        batch,
        `has no outgoing side of its INCLUDES edge to ${id}, which it ${use === 'used' ? 'has used' : 'holds'}`,
      );
    }
  });
}
