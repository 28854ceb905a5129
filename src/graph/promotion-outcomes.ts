/** What becomes of a rule for promotions, by what was measured of an adapter and of its parents. */
import type { Adapter } from '../adapters/adapters.js';
import type { Evaluation } from '../adapters/evaluations.js';
import type { PromotionRule, RuleResult } from '../adapters/promotion-rules.js';
import type { PreferenceStats } from '../feedback/index/preference-stats.js';
import { omitNullish } from '../omit-nullish.js';
import { EXAMINED_OF_EACH } from './compare-adapters.js';

/** On how many of the questions that an adapter and its parent have in common each is right. */
export interface CommonQuestions {
  readonly parentId: string;
  readonly count: number;
  readonly share: number;
  readonly parentShare: number;
}

/** The newest evaluations of an adapter, with the version that is registered: those of another one say nothing of it. */
export interface Evaluated {
  readonly id: string;
  readonly version: string | undefined;
  readonly evaluations: readonly Evaluation[];
}

/** What rules measure. */
export interface Measurements {
  readonly approvedCount: number;
  readonly preferences: PreferenceStats;
  readonly evaluations: readonly Evaluation[];
  readonly parents: readonly string[];
  /** Of each parent with which it has any; empty where no rule asks for them. */
  readonly common: readonly CommonQuestions[];
  /** Whether the adapter or a parent has more verdicts than were looked at for {@link common}. */
  readonly isCommonTruncated: boolean;
  /** Of the parents; empty where no rule asks for them. */
  readonly parentEvaluations: readonly Evaluated[];
}

export type Outcome = Pick<RuleResult, 'passed' | 'measured' | 'count' | 'parentId' | 'explanation'>;

export function applyRule(rule: PromotionRule, adapter: Adapter, measurements: Measurements): Outcome {
  switch (rule.kind) {
    case 'entries':
      return applyEntries(rule, measurements);
    case 'positive_share':
      return applyPositiveShare(rule, measurements);
    case 'win_rate':
      return applyWinRate(rule, measurements);
    case 'metric':
      return applyMetric(rule, adapter, measurements);
    case 'metric_against_parent':
      return applyMetricAgainstParent(rule, adapter, measurements);
  }
}

function applyEntries({ atLeast = 1 }: PromotionRule, { approvedCount }: Measurements): Outcome {
  const passed = approvedCount >= atLeast;
  const explanation = `${approvedCount} approved entries, at least ${atLeast} required`;
  return { passed, measured: approvedCount, count: approvedCount, explanation };
}

/** The parents with enough questions in common, of which it must do no worse than allowed against any. */
function applyPositiveShare(rule: PromotionRule, { parents, common, isCommonTruncated }: Measurements): Outcome {
  const { atLeast = 0, minimumCount = 1 } = rule;
  if (parents.length === 0) return unmeasured(rule, NO_PARENT);
  const [worst] = common
    .filter(({ count }) => count >= minimumCount)
    .sort((one, other) => one.share - one.parentShare - (other.share - other.parentShare));
  if (worst === undefined) {
    const most = common.reduce((count, each) => Math.max(count, each.count), 0);
    const among = isCommonTruncated ? ` among the newest ${EXAMINED_OF_EACH} verdicts of each` : '';
    const found = `${most} questions in common with a parent${among}, at least ${minimumCount} required`;
    return unmeasured(rule, found, most);
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

function applyMetric(rule: PromotionRule, adapter: Adapter, { evaluations }: Measurements): Outcome {
  const [newest] = evaluationsBy(rule, { ...adapter, version: adapter.version, evaluations });
  if (newest === undefined) return unmeasured(rule, noEvaluation(rule, adapter));
  const { value: measured } = newest;
  const explanation = `${nameOf(rule)} is ${measured}, ${requiredBy(rule)} required`;
  return { passed: isWithin(rule, measured), measured, explanation };
}

/**
 * Like is compared with like: on each dataset that both were measured on. What is told is the comparison with the least to
 * spare, so that the rule holds if all of them do.
 */
function applyMetricAgainstParent(
  rule: PromotionRule,
  adapter: Adapter,
  { evaluations, parents, parentEvaluations }: Measurements,
): Outcome {
  const own = evaluationsBy(rule, { ...adapter, version: adapter.version, evaluations });
  // Whoever was not measured itself has nothing to show, whatever is allowed for parents.
  if (own.length === 0) return { passed: false, explanation: noEvaluation(rule, adapter) };
  if (parents.length === 0) return unmeasured(rule, NO_PARENT);
  const compared = parentEvaluations.map((parent) => {
    const ofParent = evaluationsBy(rule, parent);
    return own.flatMap((one) => {
      const other = ofParent.find(({ dataset }) => dataset === one.dataset);
      return other === undefined ? [] : [{ parentId: parent.id, one, other, change: subtract(one.value, other.value) }];
    });
  });
  const [least] = compared.flat().sort((one, other) => toSpare(rule, one.change) - toSpare(rule, other.change));
  const left = compared.filter(({ length }) => length === 0).length;
  if (least === undefined) {
    return unmeasured(rule, `${nameOf(rule)} was recorded of no parent's registered version, to compare with`);
  }
  const { parentId, one, other, change } = least;
  const named = nameOf({ ...rule, ...omitNullish({ dataset: one.dataset }) });
  const explanation =
    `${named} is ${one.value}, ${other.value} for the parent '${parentId}': a change of ${change}, ` +
    `${requiredBy(rule)} required` +
    (left === 0 ? '' : `; ${left} other ${left === 1 ? 'parent has' : 'parents have'} none to compare with`);
  return { passed: isWithin(rule, change), measured: change, parentId, explanation };
}

const NO_PARENT = 'The adapter has no parent to be compared with';

/** Of the registered version by the metric of a rule, on its dataset if it names one; the last measured first. */
function evaluationsBy({ metric = '', dataset }: PromotionRule, { version, evaluations }: Evaluated): Evaluation[] {
  return evaluations
    .filter((each) => each.name === metric && each.adapterVersion === version)
    .filter((each) => dataset === undefined || each.dataset === dataset)
    .sort((one, other) => other.measuredAt - one.measuredAt || (one.id < other.id ? 1 : -1));
}

function nameOf({ metric = '', dataset }: PromotionRule): string {
  return dataset === undefined ? `'${metric}'` : `'${metric}' on '${dataset}'`;
}

function noEvaluation(rule: PromotionRule, { version }: Adapter): string {
  const ofVersion = version === undefined ? '' : ` of the version '${version}'`;
  return `No evaluation ${nameOf(rule)}${ofVersion} was recorded`;
}

function isWithin({ atLeast = -Infinity, atMost = Infinity }: PromotionRule, value: number): boolean {
  return value >= atLeast && value <= atMost;
}

/** How far a value is from the bound that it is nearest to; below 0 beyond it. */
function toSpare({ atLeast = -Infinity, atMost = Infinity }: PromotionRule, value: number): number {
  return Math.min(value - atLeast, atMost - value);
}

function requiredBy({ atLeast, atMost }: PromotionRule): string {
  return [
    ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
    ...(atMost === undefined ? [] : [`at most ${atMost}`]),
  ].join(' and ');
}

function unmeasured({ passesUnmeasured = false }: PromotionRule, explanation: string, count?: number): Outcome {
  return { passed: passesUnmeasured, explanation, ...omitNullish({ count }) };
}

/** Differences of shares, without what binary fractions add to them. */
function round(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}

/** As in decimals, in which values were posted: 100.1 - 100 is 0.1. */
function subtract(one: number, other: number): number {
  const places = Math.min(100, Math.max(decimalPlaces(one), decimalPlaces(other)));
  const difference = Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, one - other));
  return Number(difference.toFixed(places));
}

function decimalPlaces(value: number): number {
  const [digits = '', exponent = '0'] = String(value).split('e');
  return Math.max(0, (digits.split('.')[1] ?? '').length - Number(exponent));
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}
