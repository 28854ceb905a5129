/** Reads a whole store and finds what does not agree in it; rebuilds what can be derived from the rest. */
import {
  createKeyedHash,
  type KeyedHash,
  MASTER_SECRET_KEY,
  ownerOfSecret,
  readHashSecrets,
  SHARED_SECRET_KEY,
} from '../audit/keyed-hash.js';
import { ADAPTER_DAYS_COUNTED } from '../feedback/index/adapter-days.js';
import { indexCounterKey } from '../feedback/index/index-keys.js';
import { FACETS } from '../model/facets.js';
import type { Store } from '../store/contract.js';
import { prefixRange } from '../store/keys.js';
import { INDEX_BUILD_PREFIX, PURGE_PREFIX, RETENTION_TURN_KEY } from '../store/layout.js';
import { NO_PROGRESS, type ProgressListener } from './progress.js';
import { remove, Repairs } from './repair.js';
import { checkListings } from './verify/adapter-sets.js';
import { checkAdapters, checkChanges, checkEvents, checkOtherPointers, checkTrail } from './verify/audit.js';
import { checkLeases, checkTrainingBatches } from './verify/batches.js';
import { checkBulkOperations } from './verify/bulk.js';
import { type Check, Corrections, reportInconsistency, eachChunk, malformed, type StoreCheck } from './verify/check.js';
import { checkCounters } from './verify/counters.js';
import { checkEdges } from './verify/edges.js';
import { checkEntries } from './verify/entries.js';
import { checkExpiry, checkIdempotency, checkPointers, checkReviewSkips } from './verify/expiry.js';
import { checkFeedback } from './verify/feedback.js';
import { checkKinds, checkRanges, checkedOrganizations } from './verify/keyspace.js';
import { Nodes } from './verify/nodes.js';
import { Findings, type VerifyReport } from './verify/report.js';
import { checkRevocationMark, checkRevocations } from './verify/revocations.js';
import { checkRules } from './verify/rules.js';
import { checkSavedViews } from './verify/saved-views.js';
import { checkSearchIndex } from './verify/search.js';
import { isRetentionTurn, isText, readRecord } from './verify/shapes.js';
import { checkEvaluations, checkPromotionRules, checkStages } from './verify/stages.js';
import { checkWebhooks } from './verify/webhooks.js';

export type { Disagreement, KeyKind, KindTotal, VerifyReport } from './verify/report.js';

export interface VerifyOptions {
  /** Whether to write what can be derived. */
  readonly repair?: boolean;
  readonly progress?: ProgressListener;
  /** How many disagreements of each kind of key are reported in full. */
  readonly mostPerKind?: number;
}

const MAX_REPORTED_PER_KIND = 100;

/**
 * Checks records, versions, edges, index entries, counters, audit chains and all other keys of a store against one
 * another. Memory is bounded by the number of organizations and adapters, and by the largest node; not by how many
 * entries there are. All that is read must be of one state: nobody else may write to the store meanwhile, unless it was opened
 * for reading.
 * @throws {UnavailableError} if the store cannot be read, or written where repair was asked for
 */
export async function verifyStore(store: Store, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { repair = false, progress = NO_PROGRESS, mostPerKind = MAX_REPORTED_PER_KIND } = options;
  const findings = new Findings(mostPerKind);
  const repairs = repair ? new Repairs(store) : undefined;
  const base = { store, findings, repairs, progress, keyedHash: undefined };
  progress.phase('kinds of keys');
  const check: StoreCheck = { ...base, keyedHash: await readKeyedHash(base) };
  await checkKinds(check);
  await checkPurges(check);
  await checkRevocationMark(check);
  await checkRetention(check);
  await checkIndexBuilds(check);
  for (const org of await checkedOrganizations(check)) {
    const nodes = new Nodes(store, org);
    await checkOrganization({
      ...check,
      org,
      nodes,
      corrections: new Corrections(),
      unpointed: new Map(),
      adapterSets: { unlisted: new Set(), incomplete: false },
    });
  }
  await checkExpiry(check);
  await checkLeases(check);
  return findings.report();
}

/** What repairs the basis of later parts comes first: pointers before chains, index entries before counters. */
async function checkOrganization(check: Check): Promise<void> {
  await checkRanges(check);
  await checkEvents(check);
  check.progress.phase('feedback', await countedFeedback(check));
  const found = await checkFeedback(check);
  await checkEntries(check, found);
  await checkListings(check);
  const { adapters, pointers } = await checkAdapters(check);
  await checkStages(check);
  await checkEvaluations(check);
  await checkPromotionRules(check);
  const { included, erased } = await checkEdges(check);
  const training = await checkTrainingBatches(check, included);
  const trail = await checkTrail(check);
  await checkOtherPointers(check, pointers + training.pointers + trail);
  await checkPointers(check);
  await checkIdempotency(check);
  await checkReviewSkips(check);
  await checkRevocations(check);
  await checkRules(check);
  await checkSavedViews(check);
  await checkBulkOperations(check);
  await checkWebhooks(check);
  await checkSearchIndex(check, await countedFeedback(check));
  await checkChanges(check);
  await checkCounters(check, { adapters, batches: training.batches, claimed: training.claimed, erased });
}

/** How many feedback there are if the counters are right, to show how far the check is; nothing if they are damaged. */
async function countedFeedback({ store, org }: Check): Promise<number | undefined> {
  const keys = FACETS.map(({ name }) => indexCounterKey(org, { kind: 'all' }, name));
  try {
    const counts = await store.read((reader) => reader.peek(keys));
    return counts.reduce((total, count) => total + count, 0);
  } catch {
    return undefined;
  }
}

const SECRET_RANGE = prefixRange('secret:');

/** How users are named in keys; nothing, and a disagreement, if that cannot be told. Never makes a secret. */
async function readKeyedHash(check: StoreCheck): Promise<KeyedHash | undefined> {
  const problems: (string | undefined)[] = [];
  await eachChunk(check, 'secret', SECRET_RANGE, (entries) => {
    for (const { key, value } of entries) {
      if (key !== MASTER_SECRET_KEY && key !== SHARED_SECRET_KEY && ownerOfSecret(key) === undefined) {
        malformed(check, 'secret', key);
        continue;
      }
      const { problem } = readRecord(value, isText);
      problems.push(problem);
      if (problem !== undefined) reportInconsistency(check, 'secret', key.slice('secret:'.length), problem);
    }
  });
  // A store that was never written has none yet.
  if (problems.length === 0 && check.store.sequence > 0) {
    reportInconsistency(check, 'secret', 'master', 'is missing: the keys of users depend on it');
  }
  if (problems.length === 0 || problems.some((problem) => problem !== undefined)) return undefined;
  // A restored organization has only its own until a server opens the store; keys of others are then damage.
  return createKeyedHash({ master: '', ...(await check.store.read(readHashSecrets)) });
}

/** Erasures that are still to be finished, at the next start of a server. */
async function checkPurges(check: StoreCheck): Promise<void> {
  await eachChunk(check, 'purge', prefixRange(PURGE_PREFIX), (entries) => {
    for (const { key, value } of entries) {
      // Those of versions before 0.3.0 are empty, and those of commands that no server carries out.
      if (value.length > 0 && readRecord(value, isText).record === undefined) malformed(check, 'purge', key);
    }
  });
}

/** Which indexes were built for what a server from before has stored. */
async function checkIndexBuilds(check: StoreCheck): Promise<void> {
  await eachChunk(check, 'index_build', prefixRange(INDEX_BUILD_PREFIX), (entries) => {
    for (const { key } of entries) if (key !== ADAPTER_DAYS_COUNTED) malformed(check, 'index_build', key);
  });
}

async function checkRetention(check: StoreCheck): Promise<void> {
  await eachChunk(check, 'retention', prefixRange('retention:'), (entries) => {
    for (const { key, value } of entries) {
      if (key !== RETENTION_TURN_KEY) {
        malformed(check, 'retention', key);
        continue;
      }
      const { problem } = readRecord(value, isRetentionTurn);
      // Without it the next round begins at once.
      if (problem !== undefined) reportInconsistency(check, 'retention', 'turn', problem, [remove(key)]);
    }
  });
}
