/* Generated from schema/ by `npm run schema`. */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { JsonObject } from '../../api/scalars.js';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** A judgement: thumbs up or thumbs down, or a preference between several answers. */
export type FeedbackType =
  /** The answer was bad. */
  | 'NEGATIVE'
  /** The answer was good. */
  | 'POSITIVE'
  /** Of several answers one was better than the others, or none was. */
  | 'PREFERENCE';

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

/** A format in which a trainer loads rows. */
export type TrainingFormat =
  /** `axolotl-bradley-terry` of the REST API. */
  | 'AXOLOTL_BRADLEY_TERRY'
  /** `axolotl-dpo` of the REST API. */
  | 'AXOLOTL_DPO'
  /** `axolotl-dpo-intel` of the REST API. */
  | 'AXOLOTL_DPO_INTEL'
  /** `axolotl-kto` of the REST API. */
  | 'AXOLOTL_KTO'
  /** `axolotl-orpo` of the REST API. */
  | 'AXOLOTL_ORPO'
  /** `axolotl-sft` of the REST API. */
  | 'AXOLOTL_SFT'
  /** `llamafactory-alpaca-dpo` of the REST API. */
  | 'LLAMAFACTORY_ALPACA_DPO'
  /** `llamafactory-alpaca-kto` of the REST API. */
  | 'LLAMAFACTORY_ALPACA_KTO'
  /** `llamafactory-alpaca-sft` of the REST API. */
  | 'LLAMAFACTORY_ALPACA_SFT'
  /** `llamafactory-openai-dpo` of the REST API. */
  | 'LLAMAFACTORY_OPENAI_DPO'
  /** `llamafactory-openai-kto` of the REST API. */
  | 'LLAMAFACTORY_OPENAI_KTO'
  /** `llamafactory-openai-sft` of the REST API. */
  | 'LLAMAFACTORY_OPENAI_SFT'
  /** `llamafactory-sharegpt-dpo` of the REST API. */
  | 'LLAMAFACTORY_SHAREGPT_DPO'
  /** `llamafactory-sharegpt-kto` of the REST API. */
  | 'LLAMAFACTORY_SHAREGPT_KTO'
  /** `llamafactory-sharegpt-sft` of the REST API. */
  | 'LLAMAFACTORY_SHAREGPT_SFT'
  /** `openai` of the REST API. */
  | 'OPENAI'
  /** `openai-dpo` of the REST API. */
  | 'OPENAI_DPO'
  /** `raw` of the REST API. */
  | 'RAW'
  /** `trl-dpo` of the REST API. */
  | 'TRL_DPO'
  /** `trl-dpo-text` of the REST API. */
  | 'TRL_DPO_TEXT'
  /** `trl-kto` of the REST API. */
  | 'TRL_KTO'
  /** `trl-kto-text` of the REST API. */
  | 'TRL_KTO_TEXT'
  /** `trl-sft` of the REST API. */
  | 'TRL_SFT'
  /** `trl-sft-text` of the REST API. */
  | 'TRL_SFT_TEXT';

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

/** A part of a training batch. */
export type TrainingSplit =
  /** Entries held out of training. */
  | 'HOLDOUT'
  /** Entries used for training. */
  | 'TRAIN';

/** A training method. */
export type TrainingTask =
  /** Direct preference optimization on pairs of answers. */
  | 'DPO'
  /** Kahneman-Tversky optimization on judged answers. */
  | 'KTO'
  /** Supervised fine-tuning on good answers. */
  | 'SFT';

export type BatchQueryVariables = Exact<{
  number: number;
}>;


export type BatchQuery = { trainingBatch: { id: string, number: number, state: TrainingBatchState, feedbackCount: number, order: TrainingOrder | null, limit: number | null, holdout: number | null, maxPerUser: number | null, leaseUntil: string | null, createdAt: string, createdBy: string | null, updatedAt: string, producedAdapterId: string | null, producedVersion: string | null, baseAdapterId: string | null, metrics: JsonObject | null, committedAt: string | null, digest: string | null, progress: { done: number, total: number } | null, claimed: { total: number, positive: number, negative: number, preferences: number, holdout: number } | null, filter: { type: FeedbackType | null, adapterId: string | null, lineage: TrainingLineage | null, modelVersion: string | null, tag: string | null, since: string | null, until: string | null } | null } | null };

export type BatchAdviceQueryVariables = Exact<{
  number: number;
}>;


export type BatchAdviceQuery = { trainingBatch: { id: string, advice: { positive: number, negative: number, preferences: number, corrected: number, conflictCount: number, ktoWeights: { desirable: number, undesirable: number } | null, tasks: Array<{ task: TrainingTask, rows: number, exactDuplicates: number, paired: number, dropped: Array<{ reason: TrainingDropReason, count: number }> }>, conflicts: Array<{ question: string, positiveId: string, negativeId: string }> } } | null };

export type BatchPreviewQueryVariables = Exact<{
  number: number;
  format: TrainingFormat;
  split: TrainingSplit;
}>;


export type BatchPreviewQuery = { trainingBatch: { id: string, preview: { rows: Array<string>, hasMore: boolean } } | null };

export type BatchOutcomeQueryVariables = Exact<{
  number: number;
}>;


export type BatchOutcomeQuery = { trainingBatch: { id: string, outcome: { truncated: boolean, splits: Array<{ split: TrainingSplit, questions: number, before: { positive: number, negative: number, positiveRatio: number | null }, after: { positive: number, negative: number, positiveRatio: number | null } }> } | null } | null };

export type RenewBatchMutationVariables = Exact<{
  number: number;
  leaseMinutes: number;
}>;


export type RenewBatchMutation = { renewTrainingBatch: { id: string, leaseUntil: string | null } };

export type ReleaseBatchMutationVariables = Exact<{
  number: number;
}>;


export type ReleaseBatchMutation = { releaseTrainingBatch: { id: string, state: TrainingBatchState } };

export type CommitBatchMutationVariables = Exact<{
  number: number;
  producedAdapter: string;
  version?: string | null | undefined;
  baseAdapter?: string | null | undefined;
  metrics?: JsonObject | null | undefined;
}>;


export type CommitBatchMutation = { commitTrainingBatch: { id: string, state: TrainingBatchState } };

export type BatchChangedSubscriptionVariables = Exact<{
  number: number;
}>;


export type BatchChangedSubscription = { trainingBatchChanged: { id: string, state: TrainingBatchState, updatedAt: string } };


export const BatchDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Batch"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"number"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"trainingBatch"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"number"},"value":{"kind":"Variable","name":{"kind":"Name","value":"number"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"feedbackCount"}},{"kind":"Field","name":{"kind":"Name","value":"progress"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"done"}},{"kind":"Field","name":{"kind":"Name","value":"total"}}]}},{"kind":"Field","name":{"kind":"Name","value":"claimed"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"total"}},{"kind":"Field","name":{"kind":"Name","value":"positive"}},{"kind":"Field","name":{"kind":"Name","value":"negative"}},{"kind":"Field","name":{"kind":"Name","value":"preferences"}},{"kind":"Field","name":{"kind":"Name","value":"holdout"}}]}},{"kind":"Field","name":{"kind":"Name","value":"filter"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"adapterId"}},{"kind":"Field","name":{"kind":"Name","value":"lineage"}},{"kind":"Field","name":{"kind":"Name","value":"modelVersion"}},{"kind":"Field","name":{"kind":"Name","value":"tag"}},{"kind":"Field","name":{"kind":"Name","value":"since"}},{"kind":"Field","name":{"kind":"Name","value":"until"}}]}},{"kind":"Field","name":{"kind":"Name","value":"order"}},{"kind":"Field","name":{"kind":"Name","value":"limit"}},{"kind":"Field","name":{"kind":"Name","value":"holdout"}},{"kind":"Field","name":{"kind":"Name","value":"maxPerUser"}},{"kind":"Field","name":{"kind":"Name","value":"leaseUntil"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"createdBy"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}},{"kind":"Field","name":{"kind":"Name","value":"producedAdapterId"}},{"kind":"Field","name":{"kind":"Name","value":"producedVersion"}},{"kind":"Field","name":{"kind":"Name","value":"baseAdapterId"}},{"kind":"Field","name":{"kind":"Name","value":"metrics"}},{"kind":"Field","name":{"kind":"Name","value":"committedAt"}},{"kind":"Field","name":{"kind":"Name","value":"digest"}}]}}]}}]} as unknown as DocumentNode<BatchQuery, BatchQueryVariables>;
export const BatchAdviceDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"BatchAdvice"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"number"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"trainingBatch"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"number"},"value":{"kind":"Variable","name":{"kind":"Name","value":"number"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"advice"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"positive"}},{"kind":"Field","name":{"kind":"Name","value":"negative"}},{"kind":"Field","name":{"kind":"Name","value":"preferences"}},{"kind":"Field","name":{"kind":"Name","value":"corrected"}},{"kind":"Field","name":{"kind":"Name","value":"ktoWeights"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"desirable"}},{"kind":"Field","name":{"kind":"Name","value":"undesirable"}}]}},{"kind":"Field","name":{"kind":"Name","value":"tasks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"}},{"kind":"Field","name":{"kind":"Name","value":"rows"}},{"kind":"Field","name":{"kind":"Name","value":"exactDuplicates"}},{"kind":"Field","name":{"kind":"Name","value":"paired"}},{"kind":"Field","name":{"kind":"Name","value":"dropped"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"count"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"conflictCount"}},{"kind":"Field","name":{"kind":"Name","value":"conflicts"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"question"}},{"kind":"Field","name":{"kind":"Name","value":"positiveId"}},{"kind":"Field","name":{"kind":"Name","value":"negativeId"}}]}}]}}]}}]}}]} as unknown as DocumentNode<BatchAdviceQuery, BatchAdviceQueryVariables>;
export const BatchPreviewDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"BatchPreview"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"number"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"format"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"TrainingFormat"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"split"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"TrainingSplit"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"trainingBatch"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"number"},"value":{"kind":"Variable","name":{"kind":"Name","value":"number"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"preview"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"format"},"value":{"kind":"Variable","name":{"kind":"Name","value":"format"}}},{"kind":"Argument","name":{"kind":"Name","value":"split"},"value":{"kind":"Variable","name":{"kind":"Name","value":"split"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"10"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rows"}},{"kind":"Field","name":{"kind":"Name","value":"hasMore"}}]}}]}}]}}]} as unknown as DocumentNode<BatchPreviewQuery, BatchPreviewQueryVariables>;
export const BatchOutcomeDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"BatchOutcome"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"number"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"trainingBatch"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"number"},"value":{"kind":"Variable","name":{"kind":"Name","value":"number"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"truncated"}},{"kind":"Field","name":{"kind":"Name","value":"splits"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"split"}},{"kind":"Field","name":{"kind":"Name","value":"questions"}},{"kind":"Field","name":{"kind":"Name","value":"before"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"positive"}},{"kind":"Field","name":{"kind":"Name","value":"negative"}},{"kind":"Field","name":{"kind":"Name","value":"positiveRatio"}}]}},{"kind":"Field","name":{"kind":"Name","value":"after"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"positive"}},{"kind":"Field","name":{"kind":"Name","value":"negative"}},{"kind":"Field","name":{"kind":"Name","value":"positiveRatio"}}]}}]}}]}}]}}]}}]} as unknown as DocumentNode<BatchOutcomeQuery, BatchOutcomeQueryVariables>;
export const RenewBatchDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RenewBatch"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"number"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"leaseMinutes"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"renewTrainingBatch"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"number"},"value":{"kind":"Variable","name":{"kind":"Name","value":"number"}}},{"kind":"Argument","name":{"kind":"Name","value":"leaseMinutes"},"value":{"kind":"Variable","name":{"kind":"Name","value":"leaseMinutes"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"leaseUntil"}}]}}]}}]} as unknown as DocumentNode<RenewBatchMutation, RenewBatchMutationVariables>;
export const ReleaseBatchDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ReleaseBatch"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"number"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"releaseTrainingBatch"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"number"},"value":{"kind":"Variable","name":{"kind":"Name","value":"number"}}},{"kind":"Argument","name":{"kind":"Name","value":"inBackground"},"value":{"kind":"BooleanValue","value":true}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]} as unknown as DocumentNode<ReleaseBatchMutation, ReleaseBatchMutationVariables>;
export const CommitBatchDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CommitBatch"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"number"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"producedAdapter"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"version"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"baseAdapter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"metrics"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"JSONObject"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"commitTrainingBatch"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"number"},"value":{"kind":"Variable","name":{"kind":"Name","value":"number"}}},{"kind":"Argument","name":{"kind":"Name","value":"producedAdapter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"producedAdapter"}}},{"kind":"Argument","name":{"kind":"Name","value":"version"},"value":{"kind":"Variable","name":{"kind":"Name","value":"version"}}},{"kind":"Argument","name":{"kind":"Name","value":"baseAdapter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"baseAdapter"}}},{"kind":"Argument","name":{"kind":"Name","value":"metrics"},"value":{"kind":"Variable","name":{"kind":"Name","value":"metrics"}}},{"kind":"Argument","name":{"kind":"Name","value":"inBackground"},"value":{"kind":"BooleanValue","value":true}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]} as unknown as DocumentNode<CommitBatchMutation, CommitBatchMutationVariables>;
export const BatchChangedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"BatchChanged"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"number"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"trainingBatchChanged"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"number"},"value":{"kind":"Variable","name":{"kind":"Name","value":"number"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}}]}}]}}]} as unknown as DocumentNode<BatchChangedSubscription, BatchChangedSubscriptionVariables>;