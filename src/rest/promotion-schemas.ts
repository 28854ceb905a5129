/** Bodies and parameters of the routes of promotions and evaluations. */
import { Type } from 'typebox';
import { MAX_POSTED } from '../adapters/evaluations.js';
import { GATED_STAGES, MAX_RULES, RATE_BOUNDS, RULE_KINDS } from '../adapters/promotion-rules.js';
import { MAX_RETIRED, MAX_STAGE_REASON } from '../graph/promotion.js';
import { MAX_PAGE } from '../graphql/types/connection.js';
import { MAX_TIME } from '../model/time.js';
import { StageSchema } from './adapter-schemas.js';
import { EXAMPLES } from './promotion-examples.js';
import { closed, ErrorAnswer } from './schemas.js';

const GatedStageSchema = Type.Enum(GATED_STAGES, { type: 'string', description: 'A stage with rules.' });

const ruleProperties = {
  kind: Type.Enum(RULE_KINDS, {
    type: 'string',
    description:
      'What the rule measures. entries: approved entries linked to the adapter; positive_share: on the questions the adapter ' +
      'and a parent were both judged on, the share it got right minus the share the parent got right (with several parents, ' +
      'the smallest difference); win_rate: the share of decided preferences its answers won; metric: the newest evaluation ' +
      'of its registered version by a metric; metric_against_parent: that value minus the value of a parent by the same metric ' +
      'on the same dataset (with several parents or datasets, the rule must hold for each pair that has both values; an ' +
      'adapter without an evaluation of its own does not pass).',
  }),
  at_least: Type.Optional(
    Type.Number({
      description:
        'Smallest allowed value: an integer from 1 for entries, from -1 to 1 for positive_share, from 0 to 1 for win_rate.',
    }),
  ),
  at_most: Type.Optional(
    Type.Number({
      description:
        'Largest allowed value, as of a loss. Only for metric and metric_against_parent, which require one of the two bounds.',
    }),
  ),
  minimum_count: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1_000_000_000,
      description:
        'Smallest number of common questions (positive_share) or decided preferences (win_rate) for the value to count; 1 ' +
        'by default.',
    }),
  ),
  bound: Type.Optional(
    Type.Enum(RATE_BOUNDS, {
      type: 'string',
      description:
        'For win_rate: the value to compare. rate: the win rate (default); low: the lower bound of its 95 % confidence interval.',
    }),
  ),
  metric: Type.Optional(
    Type.String({ description: 'For metric and metric_against_parent: name of the metric, 1 to 256 bytes.' }),
  ),
  dataset: Type.Optional(
    Type.String({
      description:
        'Dataset the metric was measured on. If omitted, the newest evaluation on any dataset counts (metric), or every dataset ' +
        'both were measured on (metric_against_parent).',
    }),
  ),
  passes_unmeasured: Type.Optional(
    Type.Boolean({
      description:
        'Whether an adapter whose value cannot be determined passes; false by default. For metric_against_parent: whether one ' +
        'passes if no parent has a value to compare with.',
    }),
  ),
};

/** A rule as clients send it. */
const GivenRule = Type.Object(
  { ...ruleProperties, stage: Type.Optional(GatedStageSchema) },
  {
    ...closed,
    title: 'PromotionRuleRequest',
    description: 'A condition for promotions to `stage`: production by default.',
  },
);
const RuleSchema = Type.Object({ ...ruleProperties, stage: GatedStageSchema }, { title: 'PromotionRule' });

const RevisionSchema = Type.Integer({
  description:
    'Revision number of the rules, incremented by every change; 0 until they are first set and the defaults apply.',
});

export const PromotionRulesAnswer = Type.Object(
  {
    rules: Type.Array(RuleSchema, { description: 'The rules. All rules of a stage must hold.' }),
    revision: RevisionSchema,
  },
  { title: 'PromotionRules' },
);

export const PromotionRulesBody = Type.Object(
  {
    rules: Type.Array(GivenRule, {
      maxItems: MAX_RULES,
      description: 'The rules. If empty, every promotion is allowed.',
    }),
    revision: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1, description: 'Expected current revision of the rules.' }),
    ),
  },
  { ...closed, title: 'PromotionRulesRequest', 'x-examples': EXAMPLES.rulesRequest },
);

const RuleResultSchema = Type.Object(
  {
    rule: RuleSchema,
    source: Type.Enum(['organization', 'request'], { type: 'string', description: 'Where the rule comes from.' }),
    passed: Type.Boolean({ description: 'Whether the rule holds.' }),
    measured: Type.Optional(Type.Number({ description: 'The measured value. Omitted if it cannot be determined.' })),
    count: Type.Optional(
      Type.Integer({
        description: 'Number of entries, common questions or decided preferences the value is based on.',
      }),
    ),
    parent_id: Type.Optional(
      Type.String({ description: 'Id of the parent it was compared with: the one it did worst against.' }),
    ),
    explanation: Type.String({ description: 'The finding, as a readable sentence.' }),
  },
  { title: 'PromotionRuleResult' },
);

export const CheckAnswer = Type.Object(
  {
    stage: GatedStageSchema,
    passed: Type.Boolean({ description: 'Whether every rule holds.' }),
    results: Type.Array(RuleResultSchema, { description: 'The rules of the stage with their results.' }),
    rules_revision: RevisionSchema,
  },
  { title: 'PromotionCheck' },
);

export const CheckQuery = Type.Object(
  {
    stage: Type.Enum(GATED_STAGES, {
      type: 'string',
      default: 'production',
      description: 'The stage whose rules to check.',
    }),
  },
  closed,
);

const changeProperties = {
  id: Type.String({ description: 'Id of the change. Ids are in chronological order.' }),
  stage: StageSchema,
  previous_stage: Type.Optional(StageSchema),
  created_at: Type.Integer({ description: 'Time of the change, in epoch milliseconds.' }),
  created_by: Type.String({ description: "Who made the change: the token's `sub`." }),
  reason: Type.Optional(Type.String({ description: 'The stated reason.' })),
  forced: Type.Boolean({ description: 'Whether the adapter was promoted although a rule did not hold.' }),
  adapter_version: Type.Optional(Type.String({ description: 'Registered version of the adapter at that time.' })),
  revision: Type.Integer({ description: 'Revision of the adapter that the change made.' }),
  rules_revision: Type.Optional(
    Type.Integer({
      description: "Revision of the organization's rules that were checked. Omitted if none had to be checked.",
    }),
  ),
  replaced_by: Type.Optional(Type.String({ description: 'Id of the adapter whose promotion retired this one.' })),
};

const StageChangeSchema = Type.Object(
  {
    ...changeProperties,
    results: Type.Array(RuleResultSchema, { description: 'The rules that were checked, with their results.' }),
  },
  { title: 'AdapterStageChange' },
);

export const PageQuery = Type.Object(
  {
    limit: Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: 100, description: 'Number of items to return.' }),
    cursor: Type.Optional(Type.String({ description: 'The `next_cursor` of the previous page.' })),
  },
  closed,
);

const NextCursor = Type.Optional(Type.String({ description: 'The `cursor` of the next page, if there is one.' }));

export const StageChangesAnswer = Type.Object(
  {
    changes: Type.Array(StageChangeSchema, { description: 'Changes of the stage, newest first.' }),
    count: Type.Integer({ description: 'Number of changes returned.' }),
    next_cursor: NextCursor,
  },
  { title: 'AdapterStageChangeList' },
);

export const PromoteBody = Type.Object(
  {
    stage: Type.Optional({ ...StageSchema, description: 'The new stage; production by default.' }),
    reason: Type.Optional(
      Type.String({
        description: `The reason, at most ${MAX_STAGE_REASON} characters; required with \`force\`. It must not name persons.`,
      }),
    ),
    rules: Type.Optional(
      Type.Array(GivenRule, {
        maxItems: MAX_RULES,
        description: 'Rules that must hold in addition to those of the organization.',
      }),
    ),
    force: Type.Optional(
      Type.Boolean({
        description:
          'Whether to promote the adapter even if a rule does not hold. Requires the permission `org:admin`.',
      }),
    ),
    retire: Type.Optional(
      Type.Array(Type.String(), {
        maxItems: MAX_RETIRED,
        description: 'Ids of adapters to retire in the same change.',
      }),
    ),
  },
  { ...closed, title: 'PromotionRequest', 'x-examples': EXAMPLES.promotionRequest },
);

const promotion = {
  promoted: Type.Boolean({ description: 'Whether the adapter is at the requested stage.' }),
  check: Type.Optional(CheckAnswer),
};

export const PromotedAnswer = Type.Object(
  {
    id: Type.String({ description: 'Id of the adapter.' }),
    stage: StageSchema,
    revision: Type.Integer({ description: 'Revision of the adapter.' }),
    ...promotion,
    changed: Type.Boolean({
      description: 'Whether the request changed the stage: false if the adapter was at it already.',
    }),
    change: Type.Optional(
      Type.Object(changeProperties, { description: 'The new entry of its history.', title: 'NewAdapterStage' }),
    ),
    retired: Type.Array(Type.String(), { description: 'Ids of the adapters that the change retired.' }),
  },
  { title: 'Promotion' },
);

export const PromotionRefusedAnswer = Type.Object(
  {
    ...ErrorAnswer.properties,
    promoted: Type.Optional(promotion.promoted),
    check: promotion.check,
  },
  { title: 'PromotionRefusal' },
);

export const EvaluationsBody = Type.Object(
  {
    evaluations: Type.Array(
      Type.Object(
        {
          name: Type.String({ description: 'Name of the metric, 1 to 256 bytes.' }),
          value: Type.Number({ description: 'The value.' }),
          dataset: Type.Optional(Type.String({ description: 'Dataset it was measured on, 1 to 256 bytes.' })),
          run: Type.Optional(Type.String({ description: 'Id or URL of the run that measured it, 1 to 256 bytes.' })),
          measured_at: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: MAX_TIME,
              description: 'Time of the measurement, in epoch milliseconds; now by default.',
            }),
          ),
        },
        { ...closed, title: 'EvaluationRequest' },
      ),
      { minItems: 1, maxItems: MAX_POSTED, description: 'The evaluations: all are recorded or none.' },
    ),
  },
  { ...closed, title: 'EvaluationsRequest', 'x-examples': EXAMPLES.evaluationsRequest },
);

const EvaluationSchema = Type.Object(
  {
    id: Type.String({ description: 'Id of the evaluation. Ids are in the order of recording.' }),
    name: Type.String({ description: 'Name of the metric.' }),
    value: Type.Number({ description: 'The value.' }),
    dataset: Type.Optional(Type.String({ description: 'Dataset it was measured on.' })),
    run: Type.Optional(Type.String({ description: 'Id or URL of the run that measured it.' })),
    adapter_version: Type.Optional(
      Type.String({ description: 'Registered version of the adapter when it was recorded.' }),
    ),
    measured_at: Type.Integer({ description: 'Time of the measurement, in epoch milliseconds.' }),
    created_at: Type.Integer({ description: 'Time it was recorded, in epoch milliseconds.' }),
    created_by: Type.String({ description: "Who recorded it: the token's `sub`." }),
  },
  { title: 'Evaluation' },
);

export const EvaluationsAnswer = Type.Object(
  {
    evaluations: Type.Array(EvaluationSchema, { description: 'Evaluations.' }),
    count: Type.Integer({ description: 'Number of evaluations returned.' }),
    next_cursor: NextCursor,
  },
  { title: 'EvaluationList' },
);
