/** What was measured of adapters outside this server, as by a benchmark. Times are epoch ms. */
import type { Actor } from '../audit/events.js';
import { type Idempotency, runIdempotent } from '../audit/idempotency.js';
import { ApiError, type Issue } from '../errors.js';
import { newUuid } from '../model/ids.js';
import { idProblem, throwIssues } from '../model/input.js';
import { readTime } from '../model/time.js';
import { omitNullish } from '../omit-nullish.js';
import type { DomainServices } from '../services.js';
import type { Reader, Transaction } from '../store/contract.js';
import { prefixEnd, prefixRange } from '../store/keys.js';
import {
  evaluationCounter,
  evaluationKey,
  evaluationPrefix,
  newestEvaluationKey,
  newestEvaluationPrefix,
} from '../store/layout.js';
import { decodeRecord, encodeRecord } from '../store/record.js';
import { findAdapter, noteOnAdapter } from './adapters.js';

/** The most evaluations of one request. */
export const MAX_POSTED = 100;
/** The most evaluations of one adapter. */
export const MAX_EVALUATIONS = 10_000;
/** The most different metrics of one adapter, each on each of its datasets. */
export const MAX_EVALUATED_METRICS = 200;

/** What a client says of a measurement. */
export interface GivenEvaluation {
  /** Of the metric. */
  readonly name: string;
  readonly value: number;
  /** What it was measured on. */
  readonly dataset?: string;
  /** The run of the pipeline, as its own id or URL. */
  readonly run?: string;
  /** When it was measured; when it is recorded unless given. */
  readonly measuredAt?: number;
}

export interface Evaluation extends GivenEvaluation {
  /** Time-ordered. */
  readonly id: string;
  readonly measuredAt: number;
  /** The version that the adapter was registered with then. */
  readonly adapterVersion?: string;
  readonly createdAt: number;
  /** The token's `sub` of who recorded it. */
  readonly createdBy: string;
}

function decodeEvaluation(value: Buffer): Evaluation {
  return decodeRecord(value) as Evaluation;
}

/** What tells the newest evaluations of an adapter apart. */
function metricOf({ name, dataset = '' }: Pick<Evaluation, 'name' | 'dataset'>): string {
  return JSON.stringify([name, dataset]);
}

/**
 * Records evaluations of an adapter: all of them or none.
 * @returns their ids
 * @throws {InvalidInputError}; {@link ApiError} NOT_FOUND; CONFLICT if the adapter would have too many
 */
export async function recordEvaluations(
  { store, now }: Pick<DomainServices, 'store' | 'now'>,
  actor: Actor,
  adapterId: string,
  given: readonly GivenEvaluation[],
  idempotency?: Idempotency,
): Promise<readonly string[]> {
  checkEvaluations(given, now());
  const { org } = actor;
  const record = async (transaction: Transaction): Promise<readonly string[]> => {
    const adapter = idProblem(adapterId) === undefined ? await findAdapter(transaction, org, adapterId) : undefined;
    if (adapter === undefined) throw new ApiError('NOT_FOUND', 'Adapter not found');
    const [count = 0] = await transaction.counters([evaluationCounter(org, adapterId)]);
    if (count + given.length > MAX_EVALUATIONS) {
      throw new ApiError('CONFLICT', `An adapter can have at most ${MAX_EVALUATIONS} evaluations`);
    }
    const newest = new Map(
      (await newestEvaluations(transaction, org, adapterId)).map((each) => [metricOf(each), each]),
    );
    const at = transaction.stamp(org);
    const posted = given.map((each): Evaluation => ({
      ...each,
      id: newUuid(org, at),
      measuredAt: each.measuredAt ?? at,
      createdAt: at,
      createdBy: actor.sub,
      ...omitNullish({ adapterVersion: adapter.version }),
    }));
    for (const evaluation of posted) {
      transaction.put(evaluationKey(org, adapterId, evaluation.id), encodeRecord(evaluation));
      const before = newest.get(metricOf(evaluation));
      if (before === undefined || before.measuredAt <= evaluation.measuredAt) {
        newest.set(metricOf(evaluation), evaluation);
      }
    }
    if (newest.size > MAX_EVALUATED_METRICS) {
      const limit = `An adapter can have at most ${MAX_EVALUATED_METRICS} different metrics, each on each of its datasets`;
      throw new ApiError('CONFLICT', limit);
    }
    for (const evaluation of newest.values()) {
      if (!posted.includes(evaluation)) continue;
      const key = newestEvaluationKey(org, adapterId, evaluation.name, evaluation.dataset ?? '');
      transaction.put(key, encodeRecord(evaluation));
    }
    transaction.add(evaluationCounter(org, adapterId), posted.length);
    noteOnAdapter(transaction, actor, adapter, { at, action: 'adapter.evaluate', details: { count: posted.length } });
    return posted.map(({ id }) => id);
  };
  return store.transact((transaction) => runIdempotent(transaction, idempotency, () => record(transaction)));
}

/** In the order of `ids`, without those that are not there. */
export async function findEvaluations(
  reader: Reader,
  org: string,
  adapterId: string,
  ids: readonly string[],
): Promise<Evaluation[]> {
  const stored = await reader.getMany(ids.map((id) => evaluationKey(org, adapterId, id)));
  return stored.flatMap((value) => (value === undefined ? [] : [decodeEvaluation(value)]));
}

/** The newest evaluation by each metric on each dataset, ordered by these; at most {@link MAX_EVALUATED_METRICS}. */
export async function newestEvaluations(reader: Reader, org: string, adapterId: string): Promise<Evaluation[]> {
  const range = prefixRange(newestEvaluationPrefix(org, adapterId));
  return (await reader.scan({ ...range, limit: MAX_EVALUATED_METRICS })).map(({ value }) => decodeEvaluation(value));
}

/** One page of the evaluations of an adapter, the last recorded first. @param before the last id of the page before */
export async function evaluationPage(
  reader: Reader,
  org: string,
  adapterId: string,
  limit: number,
  before: string | undefined,
): Promise<{ readonly evaluations: readonly Evaluation[]; readonly hasNext: boolean }> {
  const prefix = evaluationPrefix(org, adapterId);
  const lt = before === undefined ? prefixEnd(prefix) : evaluationKey(org, adapterId, before);
  const entries = await reader.scan({ gte: prefix, lt, limit: limit + 1, reverse: true });
  return {
    evaluations: entries.slice(0, limit).map(({ value }) => decodeEvaluation(value)),
    hasNext: entries.length > limit,
  };
}

export async function countEvaluations(reader: Reader, org: string, adapterId: string): Promise<number> {
  const [count = 0] = await reader.counters([evaluationCounter(org, adapterId)]);
  return count;
}

/** How far the clock of a client may be ahead, ms. */
const CLOCK_SKEW = 60_000;

/** One from the future would stay the newest whatever is measured from now on. */
function timeProblem(time: number, now: number): string | undefined {
  const read = readTime(time);
  if (typeof read !== 'number') return read.problem;
  return time > now + CLOCK_SKEW ? 'must not be in the future' : undefined;
}

/** @throws {InvalidInputError} naming everything that is not allowed */
function checkEvaluations(given: readonly GivenEvaluation[], now: number): void {
  if (given.length === 0 || given.length > MAX_POSTED) {
    throwIssues([{ field: 'evaluations', problem: `must be 1 to ${MAX_POSTED} evaluations` }]);
  }
  throwIssues(
    given.flatMap(({ name, value, dataset, run, measuredAt }, index): Issue[] => {
      const problems: [string, string | undefined][] = [
        ['name', idProblem(name)],
        ['value', Number.isFinite(value) ? undefined : 'must be a finite number'],
        ['dataset', dataset === undefined ? undefined : idProblem(dataset)],
        ['run', run === undefined ? undefined : idProblem(run)],
        ['measuredAt', measuredAt === undefined ? undefined : timeProblem(measuredAt, now)],
      ];
      return problems.flatMap(([field, problem]) =>
        problem === undefined ? [] : [{ field: `evaluations[${index}].${field}`, problem }],
      );
    }),
  );
}
