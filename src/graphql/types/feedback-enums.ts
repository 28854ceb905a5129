import { registerEnumType } from 'type-graphql';

export const FeedbackTypeEnum = { POSITIVE: 'positive', NEGATIVE: 'negative', PREFERENCE: 'preference' } as const;
registerEnumType(FeedbackTypeEnum, {
  name: 'FeedbackType',
  description: 'A judgement: thumbs up or thumbs down, or a preference between several answers.',
  valuesConfig: {
    POSITIVE: { description: 'The answer was good.' },
    NEGATIVE: { description: 'The answer was bad.' },
    PREFERENCE: { description: 'Of several answers one was better than the others, or none was.' },
  },
});

export const FeedbackSourceEnum = {
  USER: 'user',
  REVIEWER: 'reviewer',
  IMPORT: 'import',
  LLM: 'llm',
  CODE: 'code',
} as const;
registerEnumType(FeedbackSourceEnum, {
  name: 'FeedbackSource',
  description: 'Who or what judged an answer.',
  valuesConfig: {
    USER: { description: 'The user of the model.' },
    REVIEWER: { description: 'A reviewer or annotator.' },
    IMPORT: { description: 'A file or another system.' },
    LLM: { description: 'Another language model.' },
    CODE: { description: 'A program, such as a test of the answer.' },
  },
});

export const ValidationStatusEnum = {
  PENDING: 'pending',
  APPROVED: 'approved',
  REJECTED: 'rejected',
  FLAGGED: 'flagged',
} as const;
registerEnumType(ValidationStatusEnum, {
  name: 'ValidationStatus',
  description: 'Validation status of a feedback entry.',
  valuesConfig: {
    PENDING: { description: 'Awaits validation.' },
    APPROVED: { description: 'Passed validation.' },
    REJECTED: { description: 'Failed validation, for example as spam or too short.' },
    FLAGGED: { description: 'Needs manual review.' },
  },
});
