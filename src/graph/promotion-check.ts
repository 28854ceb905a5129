/** What the rules for promotions say of an adapter: each rule with what was measured. */
import { type Adapter, findAdapter, findAdapters } from '../adapters/adapters.js';
import { newestEvaluations } from '../adapters/evaluations.js';
import { findParents } from '../adapters/lineage.js';
import {
  type GatedStage,
  type PromotionRule,
  type PromotionRules,
  readPromotionRules,
  type RuleResult,
} from '../adapters/promotion-rules.js';
import type { KeyedHash } from '../audit/keyed-hash.js';
import { ApiError } from '../errors.js';
import { type PreferenceStats, preferenceStats } from '../feedback/index/preference-stats.js';
import { feedbackStats } from '../feedback/index/stats.js';
import type { Reader, Store } from '../store/contract.js';
import { commonVerdicts, type CommonVerdicts, type Correctness, MAX_COMPARED } from './compare-adapters.js';
import { applyRule, type CommonQuestions, type Evaluated, type Measurements } from './promotion-outcomes.js';

export interface PromotionCheck {
  readonly adapterId: string;
  readonly stage: GatedStage;
  /** Whether every rule passed. */
  readonly passed: boolean;
  readonly results: readonly RuleResult[];
  /** The revision of the organization's rules. */
  readonly rulesRevision: number;
}

/** What a check goes by that somebody may change in the meantime. */
export interface CheckedState {
  readonly adapter: Adapter;
  readonly rulesRevision: number;
  /** Whether the evaluations of the parents were asked for. */
  readonly comparesMetrics: boolean;
  /** Stands for the newest evaluations: {@link evaluationMark}. */
  readonly evaluations: string;
}

type Read = Store['read'];

export interface CheckRequest {
  readonly adapterId: string;
  readonly stage: GatedStage;
  /** Rules that hold beside those of the organization. */
  readonly rules: readonly PromotionRule[];
}

/**
 * Checks an adapter against the rules of its organization and of the request. Counts are of one state of the store; the
 * comparison with parents on the same questions is read after it.
 * @throws {ApiError} NOT_FOUND
 */
export async function checkPromotion(
  read: Read,
  org: string,
  { adapterId, stage, rules: added }: CheckRequest,
  keyedHash: KeyedHash,
): Promise<{ readonly check: PromotionCheck; readonly state: CheckedState }> {
  const { rules, asked, adapter, ...measured } = await read(async (reader) => {
    const found = await readPromotionRules(reader, org);
    const asked = rulesOf(found, added, stage);
    const comparesMetrics = asked.some(({ rule }) => rule.kind === 'metric_against_parent');
    return {
      rules: found,
      asked,
      comparesMetrics,
      ...(await readMeasurements(reader, org, adapterId, comparesMetrics)),
    };
  });
  const { parents, evaluations, parentEvaluations, comparesMetrics } = measured;
  const compared = asked.some(({ rule }) => rule.kind === 'positive_share')
    ? await commonQuestions(read, org, adapterId, parents, keyedHash)
    : { common: [], isCommonTruncated: false };
  const measurements = { ...measured, ...compared };
  const results = asked.map(({ rule, source }) => ({ rule, source, ...applyRule(rule, adapter, measurements) }));
  const passed = results.every((result) => result.passed);
  return {
    check: { adapterId, stage, passed, results, rulesRevision: rules.revision },
    state: {
      adapter,
      rulesRevision: rules.revision,
      comparesMetrics,
      evaluations: evaluationMark(evaluations, parentEvaluations),
    },
  };
}

function rulesOf(
  { rules }: PromotionRules,
  added: readonly PromotionRule[],
  stage: GatedStage,
): readonly Pick<RuleResult, 'rule' | 'source'>[] {
  return [
    ...rules.map((rule) => ({ rule, source: 'organization' as const })),
    ...added.map((rule) => ({ rule, source: 'request' as const })),
  ].filter(({ rule }) => rule.stage === stage);
}

interface ReadMeasurements extends Omit<Measurements, 'common' | 'isCommonTruncated'> {
  readonly adapter: Adapter;
}

async function readMeasurements(
  reader: Reader,
  org: string,
  adapterId: string,
  comparesMetrics: boolean,
): Promise<ReadMeasurements> {
  const adapter = await findAdapter(reader, org, adapterId);
  if (adapter === undefined) throw new ApiError('NOT_FOUND', 'Adapter not found');
  const [parents, evaluations, [stats], [preferences = NO_PREFERENCES]] = await Promise.all([
    findParents(reader, org, adapterId),
    newestEvaluations(reader, org, adapterId),
    feedbackStats(reader, org, [{ kind: 'adapter', adapter: adapterId }]),
    preferenceStats(reader, org, [adapterId]),
  ]);
  const parentEvaluations = comparesMetrics ? await evaluationsOfParents(reader, org, parents) : [];
  return {
    adapter,
    parents,
    evaluations,
    parentEvaluations,
    approvedCount: stats?.approvedCount ?? 0,
    preferences,
  };
}

/** @param parents as many as an adapter can have, each with as many newest evaluations as it can have */
async function evaluationsOfParents(reader: Reader, org: string, parents: readonly string[]): Promise<Evaluated[]> {
  const [adapters, evaluations] = await Promise.all([
    findAdapters(reader, org, parents),
    Promise.all(parents.map((parent) => newestEvaluations(reader, org, parent))),
  ]);
  return parents.map((id, index) => ({
    id,
    version: adapters[index]?.version,
    evaluations: evaluations[index] ?? [],
  }));
}

/** The evaluations that a check goes by as they are now, to be compared with {@link CheckedState.evaluations}. */
export async function currentEvaluations(
  reader: Reader,
  org: string,
  { adapter, comparesMetrics }: CheckedState,
): Promise<string> {
  const parents = comparesMetrics ? await findParents(reader, org, adapter.id) : [];
  const [evaluations, ofParents] = await Promise.all([
    newestEvaluations(reader, org, adapter.id),
    evaluationsOfParents(reader, org, parents),
  ]);
  return evaluationMark(evaluations, ofParents);
}

/** The same for the same evaluations of the same versions. */
function evaluationMark(evaluations: Evaluated['evaluations'], ofParents: readonly Evaluated[]): string {
  const idsOf = (some: Evaluated['evaluations']): string[] => some.map(({ id }) => id);
  return JSON.stringify([
    idsOf(evaluations),
    ofParents.map(({ id, version = null, evaluations: some }) => [id, version, idsOf(some)]),
  ]);
}

const NO_PREFERENCES: PreferenceStats = { wonCount: 0, lostCount: 0, tiedCount: 0 };

/** The adapter with some of its parents at a time, as many as can be compared at once. */
function groupsOf(adapterId: string, parents: readonly string[]): string[][] {
  const groups: string[][] = [];
  for (let from = 0; from < parents.length; from += MAX_COMPARED - 1) {
    groups.push([adapterId, ...parents.slice(from, from + MAX_COMPARED - 1)]);
  }
  return groups;
}

/** One comparison after the other: each holds the entries that it looks at. */
async function commonQuestions(
  read: Read,
  org: string,
  adapterId: string,
  parents: readonly string[],
  keyedHash: KeyedHash,
): Promise<Pick<Measurements, 'common' | 'isCommonTruncated'>> {
  const common: CommonQuestions[] = [];
  let isCommonTruncated = false;
  for (const [self = adapterId, ...some] of groupsOf(adapterId, parents)) {
    const { questions, isTruncated } = await commonVerdicts({ read }, org, [self, ...some], keyedHash);
    common.push(...some.flatMap((parentId) => sharesOn(questions, self, parentId)));
    isCommonTruncated ||= isTruncated;
  }
  return { common, isCommonTruncated };
}

function sharesOn(questions: CommonVerdicts['questions'], adapterId: string, parentId: string): CommonQuestions[] {
  const both = questions.flatMap((judgements): [Correctness, Correctness][] => {
    const own = judgements.get(adapterId);
    const parents = judgements.get(parentId);
    return own === undefined || parents === undefined ? [] : [[own.verdict, parents.verdict]];
  });
  if (both.length === 0) return [];
  const shareOf = (place: 0 | 1): number => both.filter((verdicts) => verdicts[place] === 'right').length / both.length;
  return [{ parentId, count: both.length, share: shareOf(0), parentShare: shareOf(1) }];
}
