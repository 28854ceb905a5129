/** What the rules for promotions say of an adapter: each rule with what was measured. */
import { type Adapter, findAdapter } from '../adapters/adapters.js';
import { type Evaluation, newestEvaluations } from '../adapters/evaluations.js';
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
import { omitNullish } from '../omit-nullish.js';
import type { Reader, Store } from '../store/contract.js';
import { compareAdapters, comparedKeys, type Comparison, type Correctness, MAX_COMPARED } from './compare-adapters.js';

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
  /** The ids of the newest evaluations. */
  readonly evaluations: readonly string[];
}

/** On how many of the questions that an adapter and its parent have in common each is right. */
interface CommonQuestions {
  readonly parentId: string;
  readonly count: number;
  readonly share: number;
  readonly parentShare: number;
}

/** What rules measure. */
interface Measurements {
  readonly approvedCount: number;
  readonly preferences: PreferenceStats;
  readonly evaluations: readonly Evaluation[];
  readonly parents: readonly string[];
  /** Of each parent with which it has any; empty where no rule asks for them. */
  readonly common: readonly CommonQuestions[];
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
 * comparison with parents is read after it.
 * @param planReads told about how many keys the comparison reads, before it does
 * @throws {ApiError} NOT_FOUND
 */
export async function checkPromotion(
  read: Read,
  org: string,
  { adapterId, stage, rules: added }: CheckRequest,
  keyedHash: KeyedHash,
): Promise<{ readonly check: PromotionCheck; readonly state: CheckedState }> {
  const { rules, parents, adapter, ...measured } = await read((reader) => readMeasurements(reader, org, adapterId));
  const asked = [
    ...rules.rules.map((rule) => ({ rule, source: 'organization' as const })),
    ...added.map((rule) => ({ rule, source: 'request' as const })),
  ].filter(({ rule }) => rule.stage === stage);
  const common = asked.some(({ rule }) => rule.kind === 'positive_share')
    ? await commonQuestions(read, org, adapterId, parents, keyedHash)
    : [];
  const measurements = { ...measured, parents, common };
  const results = asked.map(({ rule, source }) => ({ rule, source, ...applyRule(rule, adapter, measurements) }));
  const passed = results.every((result) => result.passed);
  return {
    check: { adapterId, stage, passed, results, rulesRevision: rules.revision },
    state: { adapter, rulesRevision: rules.revision, evaluations: measured.evaluations.map(({ id }) => id) },
  };
}

interface ReadMeasurements extends Omit<Measurements, 'common'> {
  readonly adapter: Adapter;
  readonly rules: PromotionRules;
}

async function readMeasurements(reader: Reader, org: string, adapterId: string): Promise<ReadMeasurements> {
  const adapter = await findAdapter(reader, org, adapterId);
  if (adapter === undefined) throw new ApiError('NOT_FOUND', 'Adapter not found');
  const [rules, parents, evaluations, [stats], [preferences = NO_PREFERENCES]] = await Promise.all([
    readPromotionRules(reader, org),
    findParents(reader, org, adapterId),
    newestEvaluations(reader, org, adapterId),
    feedbackStats(reader, org, [{ kind: 'adapter', adapter: adapterId }]),
    preferenceStats(reader, org, [adapterId]),
  ]);
  return { adapter, rules, parents, evaluations, approvedCount: stats?.approvedCount ?? 0, preferences };
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
): Promise<CommonQuestions[]> {
  const common: CommonQuestions[] = [];
  for (const [self = adapterId, ...some] of groupsOf(adapterId, parents)) {
    await read(async (reader) => {
      reader.planReads?.(await comparedKeys(reader, org, [self, ...some]));
    });
    const comparison = await compareAdapters({ read }, org, [self, ...some], keyedHash);
    common.push(...some.flatMap((parentId) => sharesOn(comparison, self, parentId)));
  }
  return common;
}

function sharesOn({ questions }: Comparison, adapterId: string, parentId: string): CommonQuestions[] {
  const both = questions.flatMap(({ judgements }): [Correctness, Correctness][] => {
    const own = judgements.find((each) => each.adapterId === adapterId);
    const parents = judgements.find((each) => each.adapterId === parentId);
    return own === undefined || parents === undefined ? [] : [[own.verdict, parents.verdict]];
  });
  if (both.length === 0) return [];
  const shareOf = (place: 0 | 1): number => both.filter((verdicts) => verdicts[place] === 'right').length / both.length;
  return [{ parentId, count: both.length, share: shareOf(0), parentShare: shareOf(1) }];
}

type Outcome = Pick<RuleResult, 'passed' | 'measured' | 'count' | 'parentId' | 'explanation'>;

function applyRule(rule: PromotionRule, adapter: Adapter, measurements: Measurements): Outcome {
  switch (rule.kind) {
    case 'entries':
      return applyEntries(rule, measurements);
    case 'positive_share':
      return applyPositiveShare(rule, measurements);
    case 'win_rate':
      return applyWinRate(rule, measurements);
    case 'metric':
      return applyMetric(rule, adapter, measurements);
  }
}

function applyEntries({ atLeast = 1 }: PromotionRule, { approvedCount }: Measurements): Outcome {
  const passed = approvedCount >= atLeast;
  const explanation = `${approvedCount} approved entries, at least ${atLeast} required`;
  return { passed, measured: approvedCount, count: approvedCount, explanation };
}

/** The parents with enough questions in common, of which it must do no worse than allowed against any. */
function applyPositiveShare(rule: PromotionRule, { parents, common }: Measurements): Outcome {
  const { atLeast = 0, minimumCount = 1 } = rule;
  if (parents.length === 0) return unmeasured(rule, 'The adapter has no parent to be compared with');
  const [worst] = common
    .filter(({ count }) => count >= minimumCount)
    .sort((one, other) => one.share - one.parentShare - (other.share - other.parentShare));
  if (worst === undefined) {
    const most = common.reduce((count, each) => Math.max(count, each.count), 0);
    return unmeasured(rule, `${most} questions in common with a parent, at least ${minimumCount} required`, most);
  }
  const { parentId, count, share, parentShare } = worst;
  const measured = round(share - parentShare);
  const explanation =
    `${percent(share)} of ${count} common questions right, ${percent(parentShare)} for the parent '${parentId}': ` +
    `a difference of ${measured}, at least ${atLeast} required`;
  return { passed: measured >= atLeast, measured, count, parentId, explanation };
}

function applyWinRate(rule: PromotionRule, { preferences }: Measurements): Outcome {
  const { atLeast = 0, minimumCount = 1, bound = 'rate' } = rule;
  const count = preferences.wonCount + preferences.lostCount;
  const value = bound === 'low' ? preferences.winRateLow : preferences.winRate;
  if (value === undefined || count < minimumCount) {
    return unmeasured(rule, `${count} decided preferences, at least ${minimumCount} required`, count);
  }
  const measured = round(value);
  const what = bound === 'low' ? 'Lower bound of the win rate' : 'Win rate';
  const explanation = `${what} ${measured} in ${count} decided preferences, at least ${atLeast} required`;
  return { passed: measured >= atLeast, measured, count, explanation };
}

/** An evaluation of another version says nothing of the one that is registered now. */
function applyMetric(rule: PromotionRule, { version }: Adapter, { evaluations }: Measurements): Outcome {
  const { metric = '', dataset, atLeast, atMost } = rule;
  const named = dataset === undefined ? `'${metric}'` : `'${metric}' on '${dataset}'`;
  const [newest] = evaluations
    .filter((each) => each.name === metric && each.adapterVersion === version)
    .filter((each) => dataset === undefined || each.dataset === dataset)
    .sort((one, other) => other.measuredAt - one.measuredAt || (one.id < other.id ? 1 : -1));
  if (newest === undefined) {
    const ofVersion = version === undefined ? '' : ` of the version '${version}'`;
    return unmeasured(rule, `No evaluation ${named}${ofVersion} was recorded`);
  }
  const { value: measured } = newest;
  const passed = measured >= (atLeast ?? -Infinity) && measured <= (atMost ?? Infinity);
  const required = [
    ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
    ...(atMost === undefined ? [] : [`at most ${atMost}`]),
  ].join(' and ');
  return { passed, measured, explanation: `${named} is ${measured}, ${required} required` };
}

function unmeasured({ passesUnmeasured = false }: PromotionRule, explanation: string, count?: number): Outcome {
  return { passed: passesUnmeasured, explanation, ...omitNullish({ count }) };
}

/** Differences of shares, without what binary fractions add to them. */
function round(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}
