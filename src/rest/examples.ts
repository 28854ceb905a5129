/** Examples for the OpenAPI description: those of docs/api.md, and those of the routes that it only names. */

/** An example as OpenAPI has it: what it shows, and the body. */
interface Example {
  readonly summary: string;
  readonly value: unknown;
}
type Examples = Readonly<Record<string, Example>>;

const POSITIVE = {
  type: 'positive',
  question: 'How do I enable sharding in ThemisDB?',
  answer: 'To enable sharding, use SHARD BY clause in CREATE COLLECTION.',
  user_id: 'user123',
  model_version: 'llama-2-7b',
  adapter_id: 'themis_help_lora',
  adapter_version: 'v1.0',
};

const NEGATIVE = {
  type: 'negative',
  question: 'What is the default replication factor?',
  answer: 'The default replication factor is 1.',
  correction: 'The default replication factor is 3 for production.',
  user_id: 'user456',
  model_version: 'llama-2-7b',
};

const PREFERENCE = {
  question: 'Name a prime above 90.',
  candidates: [
    { answer: '91 is a prime above 90.', adapter_id: 'themis_help_lora' },
    { answer: '97 is a prime above 90.', adapter_id: 'themis_help_lora_v2' },
  ],
  preferred: 1,
  user_id: 'user123',
};

const ID = 'feedback-12345';
const CREATED_AT = 1_234_567_890_000;
const ADAPTER = 'themis_help_lora_v2';
const METADATA = { confidence: 0.95, session_id: 'abc-123' };

const ENTRY = {
  id: ID,
  ...POSITIVE,
  validation_status: 'approved',
  validation_reasons: [],
  used_for_training: false,
  training_batch_id: 0,
  version: 1,
  created_at: CREATED_AT,
};

const SECOND_ENTRY = {
  id: 'feedback-12346',
  ...NEGATIVE,
  validation_status: 'approved',
  validation_reasons: [],
  used_for_training: false,
  training_batch_id: 0,
  version: 1,
  created_at: CREATED_AT + 1_000,
};

const SUBMITTED = {
  id: ID,
  type: POSITIVE.type,
  question: POSITIVE.question,
  answer: POSITIVE.answer,
  validation_status: 'approved',
  validation_reasons: [],
  version: 1,
  created_at: CREATED_AT,
  message: 'Feedback recorded successfully',
};

const LINKED = { type: 'FEEDBACK_FOR', feedback_id: ID, adapter_id: ADAPTER, created_at: CREATED_AT };

const LORA = {
  version: 'v2.0',
  base_model: 'meta-llama/Llama-2-7b-hf',
  peft_type: 'LORA',
  rank: 8,
  lora_alpha: 16,
  target_modules: ['q_proj', 'v_proj'],
  datasets: ['themis/help-desk'],
};
const LISTED = { id: ADAPTER, revision: 1, ...LORA, created_at: CREATED_AT, updated_at: CREATED_AT };
const REGISTERED = {
  ...LISTED,
  derived_from: [{ id: 'themis_help_lora', relation: 'finetune', created_at: CREATED_AT }],
};
const ADAPTER_STATS = {
  total_feedback: 170,
  positive_count: 90,
  negative_count: 60,
  preference_count: 20,
  pending_validation: 0,
  approved_count: 160,
  rejected_count: 4,
  flagged_count: 6,
  unused_for_training: 70,
  used_for_training: 100,
  positive_ratio: 0.6,
};

const PREFERENCES = {
  won_count: 12,
  lost_count: 6,
  tied_count: 2,
  win_rate: 0.667,
  win_rate_low: 0.437,
  win_rate_high: 0.837,
};

const STATS = {
  total_feedback: 1000,
  positive_count: 650,
  negative_count: 350,
  pending_validation: 10,
  approved_count: 900,
  rejected_count: 80,
  flagged_count: 10,
  unused_for_training: 750,
  used_for_training: 250,
  positive_ratio: 0.65,
};

const RULES = {
  score_definitions: [
    { name: 'rating', kind: 'number', min: 1, max: 5, positive: { at_least: 4 }, negative: { at_most: 2 } },
  ],
  allowed_tags: ['billing', 'search'],
};

export const EXAMPLES = {
  submission: {
    positive: { summary: 'A good answer', value: POSITIVE },
    negative: { summary: 'A wrong answer, corrected', value: NEGATIVE },
    preference: { summary: 'The better of two answers', value: PREFERENCE },
  },
  submitted: {
    approved: { summary: 'An entry that passed validation', value: SUBMITTED },
    flagged: {
      summary: 'An entry stored for manual review',
      value: {
        ...SUBMITTED,
        type: 'negative',
        validation_status: 'flagged',
        validation_reasons: ['Negative feedback has neither a correction nor a comment'],
      },
    },
  },
  resubmitted: {
    updated: {
      summary: 'A change of mind',
      value: { ...SUBMITTED, type: 'negative', version: 2, updated: true, message: 'Feedback updated successfully' },
    },
    unchanged: {
      summary: 'The same again',
      value: { ...SUBMITTED, updated: false, message: 'Feedback was recorded already' },
    },
  },
  batch: { two: { summary: 'Two entries', value: { feedback: [POSITIVE, NEGATIVE] } } },
  batchStored: {
    stored: { summary: 'A stored entry', value: { results: [{ status: 201, ...SUBMITTED }], stored: 1 } },
  },
  batchMixed: {
    mixed: {
      summary: 'One entry stored, one refused',
      value: {
        results: [
          { status: 201, ...SUBMITTED },
          {
            status: 400,
            error: 'Invalid request',
            details: "Missing 'type' field (positive or negative)",
            code: 'BAD_USER_INPUT',
            issues: [{ field: 'type', problem: 'positive or negative' }],
          },
        ],
        stored: 1,
      },
    },
  },
  entry: { entry: { summary: 'An unused entry', value: ENTRY } },
  list: {
    whole: { summary: 'All entries', value: { feedback: [ENTRY, SECOND_ENTRY], count: 2, limit: 100 } },
    page: {
      summary: 'The first of several pages',
      value: { feedback: [ENTRY], count: 1, limit: 1, next_cursor: 'WyJmZWVkYmFjay0xMjM0NSJd' },
    },
  },
  byAdapter: {
    adapter: {
      summary: 'Entries of one adapter',
      value: { adapter_id: ADAPTER, feedback: [ENTRY], count: 1, total_linked: 150 },
    },
  },
  stats: { stats: { summary: 'One thousand entries', value: STATS } },
  rulesRequest: { stars: { summary: 'Stars from 1 to 5', value: RULES } },
  rules: { stars: { summary: 'Stars from 1 to 5', value: { ...RULES, revision: 1 } } },
  facets: {
    tags: { summary: 'One tag', value: { field: 'tag', values: [{ value: 'billing', ...STATS }], count: 1 } },
  },
  link: { link: { summary: 'With metadata', value: { adapter_id: ADAPTER, metadata: METADATA } } },
  linked: { linked: { summary: 'With metadata', value: { ...LINKED, metadata: METADATA } } },
  unlinked: {
    unlinked: { summary: 'The second version', value: { feedback_id: ID, adapter_id: ADAPTER, version: 2 } },
  },
  markUsed: {
    two: {
      summary: 'Two entries for training batch 7',
      value: { feedback_ids: [ID, 'feedback-12346'], training_batch_id: 7 },
    },
  },
  markedUsed: { two: { summary: 'Both entries marked', value: { marked: 2, training_batch_id: 7 } } },
  versions: {
    versions: {
      summary: 'The newest of two versions',
      value: {
        id: ID,
        versions: [{ ...ENTRY, version: 2, updated_at: CREATED_AT + 60_000 }],
        count: 1,
        next_cursor: 'WyJmZWVkYmFjay0xMjM0NSIsMl0',
      },
    },
  },
  similar: {
    one: {
      summary: 'An entry about nearly the same answer',
      value: { id: ID, similar: [{ similarity: 0.92, feedback: { ...ENTRY, id: 'feedback-12346' } }], count: 1 },
    },
  },
  changes: {
    two: {
      summary: 'A submission followed by a review',
      value: {
        changes: [
          { id: '12', at: CREATED_AT, action: 'feedback.submit', node: ID, version: 1 },
          { id: '17', at: CREATED_AT + 60_000, action: 'feedback.review', node: ID, version: 2 },
        ],
        count: 2,
        next_after: '17',
        has_more: false,
      },
    },
  },
  erased: {
    erased: {
      summary: 'An entry used for training',
      value: {
        id: ID,
        erased_at: CREATED_AT + 120_000,
        training_batches: ['batch-7'],
        adapters: ['themis_help_lora_v3'],
      },
    },
  },
  erasedOfUser: {
    erased: {
      summary: 'Twelve entries, none used for training',
      value: { erased: 12, training_batches: [], adapters: [] },
    },
  },
  adapter: { lora: { summary: 'A LoRA adapter derived from another', value: REGISTERED } },
  adapterBody: {
    lora: {
      summary: 'A LoRA adapter derived from another',
      value: { ...LORA, derived_from: ['themis_help_lora'], relation: 'finetune' },
    },
  },
  adapters: {
    page: {
      summary: 'The first of several pages',
      value: { adapters: [LISTED], count: 1, limit: 1, next_cursor: 'WyJ0aGVtaXNfaGVscF9sb3JhX3YyIl0' },
    },
  },
  lineage: {
    parent: {
      summary: 'An adapter and its parent',
      value: {
        id: ADAPTER,
        nodes: [
          { id: ADAPTER, version: 'v2.0', depth: 0 },
          { id: 'themis_help_lora', depth: 1 },
        ],
        edges: [{ child_id: ADAPTER, parent_id: 'themis_help_lora', created_at: CREATED_AT }],
        truncated: false,
      },
    },
  },
  statsByDay: { days: { summary: 'One day', value: { days: [{ day: '2030-01-31', ...STATS }], count: 1 } } },
  adapterStatsByDay: {
    days: {
      summary: 'One day of an adapter',
      value: { id: ADAPTER, days: [{ day: '2030-01-31', ...ADAPTER_STATS }], count: 1 },
    },
  },
  adapterStats: {
    stats: { summary: 'Counts over 170 entries', value: { id: ADAPTER, ...ADAPTER_STATS, preferences: PREFERENCES } },
  },
} as const satisfies Readonly<Record<string, Examples>>;

/** Examples of refusals, by the code of the error; the first four are the documented ones. */
export const REFUSAL_DETAILS = {
  UNAUTHENTICATED: 'Valid Bearer Token required',
  BAD_USER_INPUT: "Missing 'type' field (positive or negative)",
  NOT_FOUND: 'Feedback entry not found',
  INTERNAL_SERVER_ERROR: 'Failed to store feedback',
  FORBIDDEN: "This needs a token with the permission 'training:write'",
  CONFLICT: 'Only approved and unused feedback can be marked as used, which these are not: feedback-12345',
  GONE: 'Feedback entry was erased',
  PRECONDITION_FAILED:
    'The feedback entry feedback-0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b is at version 2, not at version 1',
  PAYLOAD_TOO_LARGE: 'The body is larger than the 262144 bytes that this route takes',
  URI_TOO_LONG: 'A part of the path is longer than 4096 characters',
  UNSUPPORTED_MEDIA_TYPE: "'Content-Type' must be application/json",
  RANGE_NOT_SATISFIABLE: 'The export has 4711 bytes, and none of them is in the range',
  UNPROCESSABLE: "This 'Idempotency-Key' was already used for a different request",
  RATE_LIMITED: 'The limit of 100 requests per user and minute is exhausted; it resets in 42 s',
  UNAVAILABLE: 'The store cannot take writes at the moment; whether this write took place is unknown',
} as const;
