/* Generated from schema/ by `npm run schema`. */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
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

/** State of a training batch. */
export type TrainingBatchState =
  /** Entries are still being claimed. */
  | 'CLAIMING'
  /** Its entries have been used for training. */
  | 'COMMITTED'
  /** Committed; its entries are being marked as used. */
  | 'COMMITTING'
  /** Its lease has expired. */
  | 'EXPIRED'
  /** Open, and exported at least once. */
  | 'EXPORTED'
  /** Recorded when entries were marked as used under a number the caller chose. It claims no entries and has no lease. */
  | 'EXTERNAL'
  /** Holds its entries until its lease expires. */
  | 'OPEN'
  /** Its entries have been released. */
  | 'RELEASED'
  /** Ended; its entries are being released. */
  | 'RELEASING';

/** Why an entry produces no row. */
export type TrainingDropReason =
  /** The preferred answer is the same as the others, perhaps since a plugin has replaced texts. */
  | 'ANSWERS_ARE_EQUAL'
  /** A text required by the row has no visible characters. */
  | 'BLANK_TEXT'
  /** The format has no place for earlier turns, tools or images of the conversation. */
  | 'CONVERSATION_NOT_SUPPORTED'
  /** The correction is the same as the answer. */
  | 'CORRECTION_EQUALS_ANSWER'
  /** The answer is bad and there is no better one to learn from. */
  | 'NEGATIVE_WITHOUT_CORRECTION'
  /** More users judged the same answer, the correction or the same two answers the other way. */
  | 'OUTVOTED'
  /** A preference pair needs a worse answer to the same question, and the training batch has none left. */
  | 'POSITIVE_HAS_NO_REJECTED_ANSWER'
  /** A preference says which answer is better, and not that one is good or bad. */
  | 'PREFERENCE_IS_NO_VERDICT'
  /** The user prefers none of the answers. */
  | 'PREFERENCE_TIED'
  /** The same user judged the same interaction, or the same answer to the same question, again later. */
  | 'SUPERSEDED'
  /** As many users judged the same answer, the correction or the same two answers the other way. */
  | 'TIED';

/** Filter for the entries a training batch claims from all approved, unused and unclaimed entries. */
export type TrainingFilterInput = {
  /** Only entries linked to this adapter. */
  adapterId?: string | null | undefined;
  /** Only entries about interactions of this conversation. */
  conversationId?: string | null | undefined;
  /** Relatives of `adapterId` whose entries are claimed too. */
  lineage?: TrainingLineage | null | undefined;
  /** Only entries about answers from this model version. */
  modelVersion?: string | null | undefined;
  /** Only entries with each of these scores, up to 8. */
  scores?: Array<ScoreFilterInput> | null | undefined;
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
};

/** Relatives of an adapter whose entries a training batch claims too. */
export type TrainingLineage =
  /** All ancestors of the adapter. */
  | 'ANCESTORS'
  /** All descendants of the adapter. */
  | 'DESCENDANTS'
  /** No relatives; only the adapter itself. */
  | 'SELF';

/** Which entries a training batch claims first. */
export type TrainingOrder =
  /** The newest entries. */
  | 'NEWEST'
  /** The oldest entries. */
  | 'OLDEST';

/** A training method. */
export type TrainingTask =
  /** Direct preference optimization on pairs of answers. */
  | 'DPO'
  /** Kahneman-Tversky optimization on judged answers. */
  | 'KTO'
  /** Supervised fine-tuning on good answers. */
  | 'SFT';

export type TrainingForecastQueryVariables = Exact<{
  filter?: TrainingFilterInput | null | undefined;
  limit: number;
  order: TrainingOrder;
  holdout: number;
  maxPerUser?: number | null | undefined;
}>;


export type TrainingForecastQuery = { trainingForecast: { entries: number, holdout: number, truncated: boolean, advice: { positive: number, negative: number, preferences: number, corrected: number, conflictCount: number, ktoWeights: { desirable: number, undesirable: number } | null, tasks: Array<{ task: TrainingTask, rows: number, exactDuplicates: number, paired: number, dropped: Array<{ reason: TrainingDropReason, count: number }> }>, conflicts: Array<{ question: string, positiveId: string, negativeId: string }> } } };

export type CreateTrainingBatchMutationVariables = Exact<{
  filter?: TrainingFilterInput | null | undefined;
  limit: number;
  order: TrainingOrder;
  holdout: number;
  maxPerUser?: number | null | undefined;
  leaseMinutes: number;
}>;


export type CreateTrainingBatchMutation = { createTrainingBatch: { id: string, number: number, state: TrainingBatchState } };


export const TrainingForecastDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"TrainingForecast"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"TrainingFilterInput"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"limit"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"order"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"TrainingOrder"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"holdout"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Float"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"maxPerUser"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"trainingForecast"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"limit"},"value":{"kind":"Variable","name":{"kind":"Name","value":"limit"}}},{"kind":"Argument","name":{"kind":"Name","value":"order"},"value":{"kind":"Variable","name":{"kind":"Name","value":"order"}}},{"kind":"Argument","name":{"kind":"Name","value":"holdout"},"value":{"kind":"Variable","name":{"kind":"Name","value":"holdout"}}},{"kind":"Argument","name":{"kind":"Name","value":"maxPerUser"},"value":{"kind":"Variable","name":{"kind":"Name","value":"maxPerUser"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"entries"}},{"kind":"Field","name":{"kind":"Name","value":"holdout"}},{"kind":"Field","name":{"kind":"Name","value":"truncated"}},{"kind":"Field","name":{"kind":"Name","value":"advice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"positive"}},{"kind":"Field","name":{"kind":"Name","value":"negative"}},{"kind":"Field","name":{"kind":"Name","value":"preferences"}},{"kind":"Field","name":{"kind":"Name","value":"corrected"}},{"kind":"Field","name":{"kind":"Name","value":"ktoWeights"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"desirable"}},{"kind":"Field","name":{"kind":"Name","value":"undesirable"}}]}},{"kind":"Field","name":{"kind":"Name","value":"tasks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"}},{"kind":"Field","name":{"kind":"Name","value":"rows"}},{"kind":"Field","name":{"kind":"Name","value":"exactDuplicates"}},{"kind":"Field","name":{"kind":"Name","value":"paired"}},{"kind":"Field","name":{"kind":"Name","value":"dropped"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"count"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"conflictCount"}},{"kind":"Field","name":{"kind":"Name","value":"conflicts"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"question"}},{"kind":"Field","name":{"kind":"Name","value":"positiveId"}},{"kind":"Field","name":{"kind":"Name","value":"negativeId"}}]}}]}}]}}]}}]} as unknown as DocumentNode<TrainingForecastQuery, TrainingForecastQueryVariables>;
export const CreateTrainingBatchDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateTrainingBatch"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"TrainingFilterInput"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"limit"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"order"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"TrainingOrder"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"holdout"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Float"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"maxPerUser"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"leaseMinutes"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createTrainingBatch"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"limit"},"value":{"kind":"Variable","name":{"kind":"Name","value":"limit"}}},{"kind":"Argument","name":{"kind":"Name","value":"order"},"value":{"kind":"Variable","name":{"kind":"Name","value":"order"}}},{"kind":"Argument","name":{"kind":"Name","value":"holdout"},"value":{"kind":"Variable","name":{"kind":"Name","value":"holdout"}}},{"kind":"Argument","name":{"kind":"Name","value":"maxPerUser"},"value":{"kind":"Variable","name":{"kind":"Name","value":"maxPerUser"}}},{"kind":"Argument","name":{"kind":"Name","value":"leaseMinutes"},"value":{"kind":"Variable","name":{"kind":"Name","value":"leaseMinutes"}}},{"kind":"Argument","name":{"kind":"Name","value":"inBackground"},"value":{"kind":"BooleanValue","value":true}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]} as unknown as DocumentNode<CreateTrainingBatchMutation, CreateTrainingBatchMutationVariables>;