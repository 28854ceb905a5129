/** Between the documented names of promotions and those of the schema. */
import type { Static } from 'typebox';
import { omitNullish } from '../omit-nullish.js';
import { fromEnum, toEnum } from './mapping.js';
import type {
  AdapterStageChangeEntryFragment,
  EvaluationEntryFragment,
  PromotionCheckEntryFragment,
  PromotionRuleEntryFragment,
  PromotionRuleInput,
  PromotionRuleResultEntryFragment,
} from './operations.generated.js';
import type {
  CheckAnswer,
  EvaluationsAnswer,
  PromotionRulesAnswer,
  PromotionRulesBody,
  StageChangesAnswer,
} from './promotion-schemas.js';

type GivenRule = Static<typeof PromotionRulesBody>['rules'][number];
type Rule = Static<typeof PromotionRulesAnswer>['rules'][number];
type RuleResult = Static<typeof CheckAnswer>['results'][number];

export function toRuleInput({
  kind,
  stage = 'production',
  bound,
  metric,
  dataset,
  ...rest
}: GivenRule): PromotionRuleInput {
  return {
    kind: toEnum(kind),
    stage: toEnum(stage),
    ...omitNullish({
      atLeast: rest.at_least,
      atMost: rest.at_most,
      minimumCount: rest.minimum_count,
      bound: bound && toEnum(bound),
      metric,
      dataset,
      passesUnmeasured: rest.passes_unmeasured,
    }),
  };
}

export function fromRule({ kind, stage, bound, metric, dataset, ...rest }: PromotionRuleEntryFragment): Rule {
  return {
    kind: fromEnum(kind),
    stage: fromEnum(stage),
    ...omitNullish({
      at_least: rest.atLeast,
      at_most: rest.atMost,
      minimum_count: rest.minimumCount,
      bound: bound && fromEnum(bound),
      metric,
      dataset,
      passes_unmeasured: rest.passesUnmeasured,
    }),
  };
}

function fromResult({ rule, source, passed, explanation, ...rest }: PromotionRuleResultEntryFragment): RuleResult {
  return {
    rule: fromRule(rule),
    source: fromEnum(source),
    passed,
    ...omitNullish({ measured: rest.measured, count: rest.count, parent_id: rest.parentId }),
    explanation,
  };
}

export function fromCheck({
  stage,
  passed,
  results,
  rulesRevision,
}: PromotionCheckEntryFragment): Static<typeof CheckAnswer> {
  return { stage: fromEnum(stage), passed, results: results.map(fromResult), rules_revision: rulesRevision };
}

export function fromStageChange(
  change: AdapterStageChangeEntryFragment,
): Omit<Static<typeof StageChangesAnswer>['changes'][number], 'results'> {
  const { id, stage, previousStage, createdAt, createdBy, reason, forced, adapterVersion, revision } = change;
  return {
    id,
    stage: fromEnum(stage),
    ...omitNullish({ previous_stage: previousStage && fromEnum(previousStage) }),
    created_at: createdAt.getTime(),
    created_by: createdBy,
    ...omitNullish({ reason }),
    forced,
    ...omitNullish({ adapter_version: adapterVersion }),
    revision,
    ...omitNullish({ rules_revision: change.rulesRevision, replaced_by: change.replacedBy }),
  };
}

export function fromEvaluation({
  id,
  name,
  value,
  measuredAt,
  createdAt,
  createdBy,
  ...rest
}: EvaluationEntryFragment): Static<typeof EvaluationsAnswer>['evaluations'][number] {
  return {
    id,
    name,
    value,
    ...omitNullish({ dataset: rest.dataset, run: rest.run, adapter_version: rest.adapterVersion }),
    measured_at: measuredAt.getTime(),
    created_at: createdAt.getTime(),
    created_by: createdBy,
  };
}
