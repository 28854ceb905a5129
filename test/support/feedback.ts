import fc from 'fast-check';

export const BASE = '/api/v1/llm/feedback';

/** A submission that validation approves. */
export const APPROVED = {
  type: 'positive',
  question: 'How do I enable sharding?',
  answer: 'Use the SHARD BY clause.',
} as const;

/** Submissions over few names, so that filters of every combination find something. */
export const anySubmission = fc.record(
  {
    type: fc.constantFrom('positive', 'negative'),
    // Approved, flagged and rejected by length.
    question: fc.constantFrom('What is a shard?', 'why?', 'eh'),
    answer: fc.constant('A shard is a part of the data.'),
    comment: fc.constant('A comment.'),
    user_id: fc.constantFrom('ann', 'bob', 'u:1%'),
    interaction_id: fc.constantFrom('i-1', 'i/2'),
    model_version: fc.constantFrom('llama-2-7b', 'm:2'),
    adapter_id: fc.constantFrom('lora:a', 'lora%2', 'lora/ü 🦙'),
  },
  { requiredKeys: ['type', 'question', 'answer'] },
);
