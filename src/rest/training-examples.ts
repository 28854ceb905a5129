/** Examples in the description of the routes under /api/v1/llm/training. */
const CREATED_AT = 1_234_567_890_000;

const OPEN = {
  training_batch_id: 7,
  state: 'open',
  count: 2,
  claimed: { total: 2, positive: 1, negative: 1, preferences: 0, corrected: 1, holdout: 0 },
  filter: { adapter: 'themis_help_lora_v2' },
  order: 'oldest',
  limit: 1000,
  holdout: 0.1,
  lease_until: CREATED_AT + 3_600_000,
  created_at: CREATED_AT,
  created_by: 'trainer-1',
  updated_at: CREATED_AT,
} as const;

const CLAIMING = {
  ...OPEN,
  state: 'claiming',
  count: 160,
  progress: { done: 160, total: 42_000 },
  claimed: { total: 160, positive: 100, negative: 60, preferences: 0, corrected: 40, holdout: 16 },
  limit: 100_000,
} as const;

const COMMITTED = {
  ...OPEN,
  state: 'committed',
  updated_at: CREATED_AT + 1_800_000,
  produced_adapter: 'themis_help_lora_v3',
  version: 'v3.0',
  base_adapter: 'themis_help_lora_v2',
  metrics: { loss: 0.42 },
  committed_at: CREATED_AT + 1_800_000,
} as const;

export const TRAINING_EXAMPLES = {
  create: {
    adapter: {
      summary: 'Entries of one adapter, held for an hour',
      value: { filter: { adapter: 'themis_help_lora_v2' }, limit: 1000, holdout: 0.1, lease_minutes: 60 },
    },
  },
  created: { open: { summary: 'A training batch of two entries', value: OPEN } },
  claiming: { claiming: { summary: 'A training batch that is claiming entries', value: CLAIMING } },
  renew: { hours: { summary: 'Two hours from now', value: { lease_minutes: 120 } } },
  renewed: {
    renewed: {
      summary: 'A training batch that holds its entries for longer',
      value: { ...OPEN, lease_until: CREATED_AT + 9_000_000, updated_at: CREATED_AT + 1_800_000 },
    },
  },
  commit: {
    commit: {
      summary: 'A new version of the adapter',
      value: {
        produced_adapter: 'themis_help_lora_v3',
        version: 'v3.0',
        base_adapter: 'themis_help_lora_v2',
        metrics: { loss: 0.42 },
      },
    },
  },
  committed: { committed: { summary: 'A committed training batch', value: COMMITTED } },
  committing: {
    committing: {
      summary: 'A training batch that is being committed',
      value: { ...COMMITTED, state: 'committing', count: 42_000, progress: { done: 160, total: 42_000 } },
    },
  },
  releasing: {
    releasing: {
      summary: 'A training batch that is being released',
      value: { ...OPEN, state: 'releasing', count: 41_840, progress: { done: 160, total: 42_000 } },
    },
  },
  released: { released: { summary: 'A released training batch', value: { ...OPEN, state: 'released', count: 0 } } },
  list: {
    list: { summary: 'One training batch', value: { training_batches: [COMMITTED], count: 1 } },
  },
} as const;
