/* Generated from schema/ by `npm run schema`. */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** Filter for a list of feedback entries. An entry must match every field that is set. */
export type FeedbackFilterInput = {
  /** Only entries linked to this adapter. */
  adapterId?: string | null | undefined;
  /** Only entries submitted for this version of `adapterId`, or of the adapter whose list this is. */
  adapterVersion?: string | null | undefined;
  /** Only entries about interactions of this conversation. */
  conversationId?: string | null | undefined;
  /** Only entries about this interaction. */
  interactionId?: string | null | undefined;
  /** Only entries about answers from this model version. */
  modelVersion?: string | null | undefined;
  /** Only entries with each of these scores, up to 8. */
  scores?: Array<ScoreFilterInput> | null | undefined;
  /** Only entries with these words in the question, the answer, the correction, the comment or the messages. Words are joined by `AND`, which may be left out, and by `OR`; `NOT` or `-` excludes; `shard*` is the beginning of a word, `"shard by"` a phrase, and brackets group. Case and diacritics make no difference. An entry is found within about a second after it is stored. Up to 500 characters and 32 words. */
  search?: string | null | undefined;
  /** Only entries submitted at or after this time. */
  since?: string | null | undefined;
  /** Only entries from this source. */
  source?: FeedbackSource | null | undefined;
  /** Only entries with this tag. */
  tag?: string | null | undefined;
  /** Only entries with this judgement. */
  type?: FeedbackType | null | undefined;
  /** Only entries submitted before this time. */
  until?: string | null | undefined;
  /** true: only entries neither used nor held by a training batch; false: only used entries. */
  unused?: boolean | null | undefined;
  /** Only entries from this user, as identified by the client. */
  userId?: string | null | undefined;
  /** Only entries with this validation status. */
  validationStatus?: ValidationStatus | null | undefined;
};

/** Who or what judged an answer. */
export type FeedbackSource =
  /** A program, such as a test of the answer. */
  | 'CODE'
  /** A file or another system. */
  | 'IMPORT'
  /** Another language model. */
  | 'LLM'
  /** A reviewer or annotator. */
  | 'REVIEWER'
  /** The user of the model. */
  | 'USER';

/** A judgement: thumbs up or thumbs down, or a preference between several answers. */
export type FeedbackType =
  /** The answer was bad. */
  | 'NEGATIVE'
  /** The answer was good. */
  | 'POSITIVE'
  /** Of several answers one was better than the others, or none was. */
  | 'PREFERENCE';

/** A score that entries must have: `min` and `max` for numbers, or `is`. */
export type ScoreFilterInput = {
  /** A category, or `true` or `false` for a boolean. */
  is?: string | null | undefined;
  /** Largest matching number. */
  max?: number | null | undefined;
  /** Smallest matching number. */
  min?: number | null | undefined;
  /** Name of the score. */
  name: string;
};

/** Validation status of a feedback entry. */
export type ValidationStatus =
  /** Passed validation. */
  | 'APPROVED'
  /** Needs manual review. */
  | 'FLAGGED'
  /** Awaits validation. */
  | 'PENDING'
  /** Failed validation, for example as spam or too short. */
  | 'REJECTED';

export type FeedbackPageQueryVariables = Exact<{
  filter?: FeedbackFilterInput | null | undefined;
  after?: string | null | undefined;
}>;


export type FeedbackPageQuery = { feedbackList: { totalCount: number, edges: Array<{ node: { id: string, type: FeedbackType, question: string, validationStatus: ValidationStatus, adapterId: string | null, userId: string | null, createdAt: string } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };


export const FeedbackPageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FeedbackPage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"FeedbackFilterInput"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"feedbackList"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"order"},"value":{"kind":"EnumValue","value":"DESC"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"question"}},{"kind":"Field","name":{"kind":"Name","value":"validationStatus"}},{"kind":"Field","name":{"kind":"Name","value":"adapterId"}},{"kind":"Field","name":{"kind":"Name","value":"userId"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"totalCount"}}]}}]}}]} as unknown as DocumentNode<FeedbackPageQuery, FeedbackPageQueryVariables>;