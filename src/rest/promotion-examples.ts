/** Examples of the routes of promotions and evaluations, for the OpenAPI description. */
const AT = 1_234_567_890_000;
const CHANGE_ID = '0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';

const ENTRIES_RULE = { kind: 'entries', stage: 'production', at_least: 20 };
const METRIC_RULE = {
  kind: 'metric',
  stage: 'production',
  metric: 'accuracy',
  dataset: 'help-desk-eval',
  at_least: 0.9,
};
const RULES = [
  ENTRIES_RULE,
  { kind: 'positive_share', stage: 'production', at_least: 0, minimum_count: 5 },
  { kind: 'win_rate', stage: 'production', at_least: 0.5, bound: 'low', minimum_count: 30 },
  METRIC_RULE,
  { kind: 'metric_against_parent', stage: 'production', metric: 'loss', at_most: 0, passes_unmeasured: true },
];

const PASSED = {
  rule: ENTRIES_RULE,
  source: 'organization',
  passed: true,
  measured: 48,
  count: 48,
  explanation: '48 approved entries, at least 20 required',
};
const FAILED = {
  rule: METRIC_RULE,
  source: 'organization',
  passed: false,
  measured: 0.87,
  explanation: "'accuracy' on 'help-desk-eval' is 0.87, at least 0.9 required",
};
const CHECK = { stage: 'production', passed: true, results: [PASSED], rules_revision: 1 };

const CHANGE = {
  id: CHANGE_ID,
  stage: 'production',
  previous_stage: 'candidate',
  created_at: AT,
  created_by: 'pipeline',
  reason: 'Nightly evaluation',
  forced: false,
  adapter_version: 'v2.0',
  revision: 4,
  rules_revision: 1,
};

const EVALUATION = { name: 'accuracy', value: 0.93, dataset: 'help-desk-eval', run: 'https://ci.example.com/runs/17' };
const RECORDED = {
  id: CHANGE_ID,
  ...EVALUATION,
  adapter_version: 'v2.0',
  measured_at: AT,
  created_at: AT,
  created_by: 'pipeline',
};

export const EXAMPLES = {
  rulesRequest: { strict: { summary: 'One rule of each kind', value: { rules: RULES, revision: 0 } } },
  rules: { strict: { summary: 'One rule of each kind', value: { rules: RULES, revision: 1 } } },
  check: { passed: { summary: 'An adapter that passes', value: CHECK } },
  promotionRequest: {
    replace: {
      summary: 'Into production, in place of another',
      value: { stage: 'production', reason: 'Nightly evaluation', retire: ['themis_help_lora'] },
    },
    force: { summary: 'Whatever the rules say', value: { force: true, reason: 'Rollback after an incident' } },
  },
  promoted: {
    promoted: {
      summary: 'Promoted, in place of another',
      value: {
        id: 'themis_help_lora_v2',
        stage: 'production',
        revision: 4,
        promoted: true,
        changed: true,
        change: CHANGE,
        check: CHECK,
        retired: ['themis_help_lora'],
      },
    },
  },
  refused: {
    refused: {
      summary: 'A rule does not hold',
      value: {
        error: 'Conflict',
        details: `1 of 2 promotion rules does not hold: ${FAILED.explanation}`,
        code: 'CONFLICT',
        promoted: false,
        check: { ...CHECK, passed: false, results: [PASSED, FAILED] },
      },
    },
  },
  stageChanges: { one: { summary: 'A promotion', value: { changes: [{ ...CHANGE, results: [PASSED] }], count: 1 } } },
  evaluationsRequest: { one: { summary: 'One metric', value: { evaluations: [EVALUATION] } } },
  evaluations: { one: { summary: 'One metric', value: { evaluations: [RECORDED], count: 1 } } },
} as const;
