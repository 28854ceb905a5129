/** What an organization wants an adapter to fulfil before it is promoted. */
import type { Actor } from '../audit/events.js';
import { type Idempotency, runIdempotent } from '../audit/idempotency.js';
import { recordOrganizationEvent } from '../audit/trail.js';
import { type Issue, StaleVersionError } from '../errors.js';
import { idProblem, throwIssues } from '../model/input.js';
import { omitNullish } from '../omit-nullish.js';
import type { DomainServices } from '../services.js';
import type { Reader } from '../store/contract.js';
import { promotionRulesKey } from '../store/layout.js';
import { decodeRecord, encodeRecord } from '../store/record.js';

export const RULE_KINDS = ['entries', 'positive_share', 'win_rate', 'metric', 'metric_against_parent'] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

/** The stages that an adapter is promoted to: leaving them needs no rules. */
export const GATED_STAGES = ['candidate', 'production'] as const;
export type GatedStage = (typeof GATED_STAGES)[number];

/** The values by which a preference rule goes: the share itself, or the lower bound of its confidence interval. */
export const RATE_BOUNDS = ['rate', 'low'] as const;
export type RateBound = (typeof RATE_BOUNDS)[number];

export interface PromotionRule {
  readonly kind: RuleKind;
  readonly stage: GatedStage;
  /**
   * The least that is allowed. `entries`: approved entries. `positive_share`: the share of right answers on the questions
   * that the adapter and a parent have in common, less that of the parent, -1 to 1. `win_rate`: 0 to 1. `metric`: any number.
   * `metric_against_parent`: the value of the adapter less that of a parent, any number.
   */
  readonly atLeast?: number;
  /** The most that is allowed; for metrics alone, as of a loss. */
  readonly atMost?: number;
  /** How many questions or preferences there must be for the value to count; 1 unless given. */
  readonly minimumCount?: number;
  /** Of `win_rate`; the rate itself unless given. */
  readonly bound?: RateBound;
  /** Of metrics: the name of the metric, and the dataset that it was measured on; any dataset unless given. */
  readonly metric?: string;
  readonly dataset?: string;
  /**
   * Whether an adapter passes of which the value cannot be told; it does not unless given. `metric_against_parent`: whether
   * one passes whose parents have nothing to compare with; it must have been measured itself in any case.
   */
  readonly passesUnmeasured?: boolean;
}

export interface PromotionRules {
  readonly rules: readonly PromotionRule[];
  /** 0 until they are set for the first time. */
  readonly revision: number;
}

/** What became of a rule. */
export interface RuleResult {
  readonly rule: PromotionRule;
  /** Whose rule it is. */
  readonly source: 'organization' | 'request';
  readonly passed: boolean;
  /** Absent where the value cannot be told. */
  readonly measured?: number;
  /** How many entries, questions or preferences it was told from. */
  readonly count?: number;
  /** The parent that the adapter did worst against. */
  readonly parentId?: string;
  /** What was found, as a sentence. */
  readonly explanation: string;
}

/** A rule by its documented names. */
export interface DocumentedRule extends Pick<PromotionRule, 'kind' | 'stage' | 'bound' | 'metric' | 'dataset'> {
  readonly at_least?: number;
  readonly at_most?: number;
  readonly minimum_count?: number;
  readonly passes_unmeasured?: boolean;
}

/** What became of a rule, by its documented names. */
export interface DocumentedResult extends Pick<RuleResult, 'source' | 'passed' | 'measured' | 'count' | 'explanation'> {
  readonly rule: DocumentedRule;
  readonly parent_id?: string;
}

export function documentedResult({
  rule,
  source,
  passed,
  measured,
  count,
  parentId,
  explanation,
}: RuleResult): DocumentedResult {
  const { kind, stage, atLeast, atMost, minimumCount, bound, metric, dataset, passesUnmeasured } = rule;
  return {
    rule: {
      kind,
      stage,
      ...omitNullish({
        at_least: atLeast,
        at_most: atMost,
        minimum_count: minimumCount,
        bound,
        metric,
        dataset,
        passes_unmeasured: passesUnmeasured,
      }),
    },
    source,
    passed,
    ...omitNullish({ measured, count, parent_id: parentId }),
    explanation,
  };
}

/** Unless an organization sets its own: enough feedback, and not worse than the parent on the same questions. */
export const DEFAULT_RULES: PromotionRules = {
  rules: [
    { kind: 'entries', stage: 'production', atLeast: 20 },
    { kind: 'positive_share', stage: 'production', atLeast: 0, minimumCount: 5 },
  ],
  revision: 0,
};

export const MAX_RULES = 50;
const MAX_COUNT = 1_000_000_000;

export async function readPromotionRules(reader: Reader, org: string): Promise<PromotionRules> {
  const stored = await reader.get(promotionRulesKey(org));
  return stored === undefined ? DEFAULT_RULES : (decodeRecord(stored) as PromotionRules);
}

/**
 * Replaces the rules. Adapters that are promoted already stay so.
 * @param expectedRevision the revision that the rules must have
 * @returns the revision that they have from now on
 * @throws {InvalidInputError}; {@link StaleVersionError} if they have another revision
 */
export async function setPromotionRules(
  { store, now }: Pick<DomainServices, 'store' | 'now'>,
  actor: Actor,
  rules: readonly PromotionRule[],
  { expectedRevision, idempotency }: { readonly expectedRevision?: number; readonly idempotency?: Idempotency } = {},
): Promise<number> {
  checkPromotionRules(rules);
  return store.transact((transaction) =>
    runIdempotent(transaction, idempotency, async () => {
      const before = await readPromotionRules(transaction, actor.org);
      if (expectedRevision !== undefined && expectedRevision !== before.revision) {
        throw new StaleVersionError(
          `The promotion rules have the revision ${before.revision}, not ${expectedRevision}`,
        );
      }
      const after: PromotionRules = { rules, revision: before.revision + 1 };
      transaction.put(promotionRulesKey(actor.org), encodeRecord(after));
      const details = { revision: after.revision, rules: rules.length };
      await recordOrganizationEvent(transaction, actor, { at: now(), action: 'promotion_rules.set', details });
      return after.revision;
    }),
  );
}

/** @throws {InvalidInputError} naming everything that is not allowed */
export function checkPromotionRules(rules: readonly PromotionRule[], field = 'rules'): void {
  if (rules.length > MAX_RULES) throwIssues([{ field, problem: `must be at most ${MAX_RULES}` }]);
  throwIssues(
    rules.flatMap((rule, index) =>
      [...extraFields(rule), ...wrongBounds(rule), ...wrongNames(rule)].map((issue): Issue => ({
        ...issue,
        field: `${field}[${index}].${issue.field}`,
      })),
    ),
  );
}

interface FieldIssue extends Issue {
  readonly field: keyof PromotionRule;
}

/** The fields that each kind of rule takes beside its lower bound. */
const FIELDS_OF_KIND: Readonly<Record<RuleKind, readonly (keyof PromotionRule)[]>> = {
  entries: [],
  positive_share: ['minimumCount', 'passesUnmeasured'],
  win_rate: ['minimumCount', 'bound', 'passesUnmeasured'],
  metric: ['atMost', 'metric', 'dataset', 'passesUnmeasured'],
  metric_against_parent: ['atMost', 'metric', 'dataset', 'passesUnmeasured'],
};

const OPTIONAL_FIELDS = ['atMost', 'minimumCount', 'bound', 'metric', 'dataset', 'passesUnmeasured'] as const;

function extraFields(rule: PromotionRule): FieldIssue[] {
  return OPTIONAL_FIELDS.filter((field) => rule[field] !== undefined && !FIELDS_OF_KIND[rule.kind].includes(field)).map(
    (field) => ({ field, problem: `must not be given with the kind ${rule.kind}` }),
  );
}

const METRIC_KINDS = ['metric', 'metric_against_parent'] as const satisfies readonly RuleKind[];
type MetricKind = (typeof METRIC_KINDS)[number];

function isMetricKind(kind: RuleKind): kind is MetricKind {
  return METRIC_KINDS.some((each) => each === kind);
}

/** What {@link PromotionRule.atLeast} may be; any number for a metric. */
const RANGES: Readonly<Record<Exclude<RuleKind, MetricKind>, readonly [number, number]>> = {
  entries: [1, MAX_COUNT],
  positive_share: [-1, 1],
  win_rate: [0, 1],
};

function wrongBounds({ kind, atLeast, atMost, minimumCount }: PromotionRule): FieldIssue[] {
  if (isMetricKind(kind)) {
    if (atLeast === undefined && atMost === undefined) {
      return [{ field: 'atLeast', problem: 'must be given, or the most that is allowed' }];
    }
    const isWrong = [atLeast, atMost].some((bound) => bound !== undefined && !Number.isFinite(bound));
    if (isWrong || (atLeast ?? -Infinity) > (atMost ?? Infinity)) {
      return [{ field: 'atLeast', problem: 'must be a finite number, not above the most that is allowed' }];
    }
    return [];
  }
  const [low, high] = RANGES[kind];
  const isWithin = atLeast !== undefined && atLeast >= low && atLeast <= high;
  const isCount = minimumCount === undefined || (Number.isInteger(minimumCount) && minimumCount >= 1);
  return [
    ...(isWithin && (kind !== 'entries' || Number.isInteger(atLeast))
      ? []
      : [
          {
            field: 'atLeast' as const,
            problem: `must be ${kind === 'entries' ? 'an integer' : 'a number'} from ${low} to ${high}`,
          },
        ]),
    ...(isCount && (minimumCount ?? 1) <= MAX_COUNT
      ? []
      : [{ field: 'minimumCount' as const, problem: `must be an integer from 1 to ${MAX_COUNT}` }]),
  ];
}

function wrongNames({ kind, metric, dataset }: PromotionRule): FieldIssue[] {
  if (!isMetricKind(kind)) return [];
  if (metric === undefined) return [{ field: 'metric', problem: 'the name of the metric', missing: true }];
  const problem = idProblem(metric);
  const datasetProblem = dataset === undefined ? undefined : idProblem(dataset);
  return [
    ...(problem === undefined ? [] : [{ field: 'metric' as const, problem }]),
    ...(datasetProblem === undefined ? [] : [{ field: 'dataset' as const, problem: datasetProblem }]),
  ];
}
