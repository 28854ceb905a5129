/** Examples of review and of a change of mind, for the description of the API. */
const ENTRY = {
  id: 'feedback-12345',
  type: 'negative',
  question: 'What is the default replication factor?',
  answer: 'The default replication factor is 1.',
  user_id: 'user456',
  validation_status: 'flagged',
  validation_reasons: ['Negative feedback should include a correction or a comment'],
  model_version: 'llama-2-7b',
  used_for_training: false,
  training_batch_id: 0,
  version: 1,
  created_at: 1_234_567_890_000,
};
const CLAIMED = { ...ENTRY, claimed_by: 'reviewer-1', claimed_until: 1_234_569_690_000 };
const CORRECTION = 'The default replication factor is 3 for production.';
const REVIEWED = {
  ...ENTRY,
  correction: CORRECTION,
  validation_status: 'approved',
  validation_reasons: [],
  version: 2,
  review: { verdict: 'approve', reviewer: 'reviewer-1', at: 1_234_568_000_000 },
};

export const REVIEW_EXAMPLES = {
  queue: { queue: { summary: 'The review queue', value: { feedback: [ENTRY], count: 1, total: 1 } } },
  claim: {
    claim: { summary: 'Ten entries for half an hour', value: { count: 10, minutes: 30 } },
    filtered: {
      summary: 'Negative entries of an adapter',
      value: { count: 10, minutes: 30, filter: { type: 'negative', adapter: 'lora-support-v1' } },
    },
  },
  claimed: {
    claimed: {
      summary: 'Claimed entries',
      value: { feedback: [CLAIMED], count: 1, has_more: false, are_skipped: false },
    },
  },
  held: { held: { summary: 'The claims of a reviewer', value: { feedback: [CLAIMED], count: 1, total: 1 } } },
  renew: { renew: { summary: 'For another half an hour', value: { minutes: 30 } } },
  renewed: {
    renewed: {
      summary: 'Renewed claims',
      value: { claims: [{ id: ENTRY.id, claimed_until: CLAIMED.claimed_until }], count: 1 },
    },
  },
  release: {
    all: { summary: 'All claims', value: {} },
    one: { summary: 'One entry', value: { ids: [ENTRY.id] } },
  },
  released: { released: { summary: 'Released entries', value: { released_ids: [ENTRY.id], count: 1 } } },
  skip: { skip: { summary: 'Leave an entry to others', value: { ids: [ENTRY.id] } } },
  reviewsByDay: { day: { summary: 'One day', value: { days: [{ day: '2030-01-31', reviewed: 42 }], count: 1 } } },
  skipped: { skipped: { summary: 'Skipped entries', value: { skipped_ids: [ENTRY.id], count: 1 } } },
  review: {
    approve: { summary: 'Approve with a correction', value: { verdict: 'approve', correction: CORRECTION } },
    reject: { summary: 'Reject', value: { verdict: 'reject', reason: 'It is advertising' } },
  },
  reviewed: { reviewed: { summary: 'Approved with a correction', value: REVIEWED } },
  undone: { undone: { summary: 'The entry as before the review', value: { ...ENTRY, version: 3 } } },
  revise: {
    reverse: { summary: 'Reverse the judgement', value: { type: 'positive' } },
    clear: { summary: 'Clear the comment', value: { comment: null } },
    withdraw: { summary: 'Withdraw the entry', value: { withdrawn: true } },
  },
  revised: {
    reversed: {
      summary: 'The judgement is now positive',
      value: { ...ENTRY, type: 'positive', validation_status: 'approved', validation_reasons: [], version: 2 },
    },
  },
} as const;
