export { FeedbackGraphError, type Issue } from './errors.js';
export { createSubmitter, type IfMatch, type SubmitOptions, type Submitter } from './submitter.js';
export { type Token, tokenFrom, type TokenRequest, type TokenSourceOptions } from './token.js';
export type { CallOptions, ConnectionOptions } from './transport.js';
export type { Feedback, Revision, Submission, SubmittedFeedback } from './types.js';
