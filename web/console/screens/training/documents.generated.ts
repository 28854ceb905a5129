/* Generated from schema/ by `npm run schema`. */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
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

export type TrainingRowFragment = { id: string, number: number, state: TrainingBatchState, feedbackCount: number, leaseUntil: string | null, createdAt: string, createdBy: string | null, producedAdapterId: string | null, producedVersion: string | null, claimed: { total: number } | null, filter: { type: FeedbackType | null, adapterId: string | null, modelVersion: string | null, tag: string | null } | null };

export type TrainingPageQueryVariables = Exact<{
  state?: TrainingBatchState | null | undefined;
  after?: string | null | undefined;
}>;


export type TrainingPageQuery = { trainingBatches: { totalCount: number, edges: Array<{ node: { id: string, number: number, state: TrainingBatchState, feedbackCount: number, leaseUntil: string | null, createdAt: string, createdBy: string | null, producedAdapterId: string | null, producedVersion: string | null, claimed: { total: number } | null, filter: { type: FeedbackType | null, adapterId: string | null, modelVersion: string | null, tag: string | null } | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type TrainingChangedSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type TrainingChangedSubscription = { trainingBatchChanged: { id: string, number: number, state: TrainingBatchState, feedbackCount: number, leaseUntil: string | null, createdAt: string, createdBy: string | null, producedAdapterId: string | null, producedVersion: string | null, claimed: { total: number } | null, filter: { type: FeedbackType | null, adapterId: string | null, modelVersion: string | null, tag: string | null } | null } };

export type TrainingUnderWayQueryVariables = Exact<{
  ids: Array<string> | string;
}>;


export type TrainingUnderWayQuery = { nodes: Array<
    | { id: string, number: number, state: TrainingBatchState, feedbackCount: number, leaseUntil: string | null, createdAt: string, createdBy: string | null, producedAdapterId: string | null, producedVersion: string | null, claimed: { total: number } | null, filter: { type: FeedbackType | null, adapterId: string | null, modelVersion: string | null, tag: string | null } | null }
    | Record<PropertyKey, never>
   | null> };

export const TrainingRowFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TrainingRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TrainingBatch"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"feedbackCount"}},{"kind":"Field","name":{"kind":"Name","value":"claimed"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"total"}}]}},{"kind":"Field","name":{"kind":"Name","value":"filter"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"adapterId"}},{"kind":"Field","name":{"kind":"Name","value":"modelVersion"}},{"kind":"Field","name":{"kind":"Name","value":"tag"}}]}},{"kind":"Field","name":{"kind":"Name","value":"leaseUntil"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"createdBy"}},{"kind":"Field","name":{"kind":"Name","value":"producedAdapterId"}},{"kind":"Field","name":{"kind":"Name","value":"producedVersion"}}]}}]} as unknown as DocumentNode<TrainingRowFragment, unknown>;
export const TrainingPageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"TrainingPage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"state"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"TrainingBatchState"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"trainingBatches"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"state"},"value":{"kind":"Variable","name":{"kind":"Name","value":"state"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"50"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"TrainingRow"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"totalCount"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TrainingRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TrainingBatch"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"feedbackCount"}},{"kind":"Field","name":{"kind":"Name","value":"claimed"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"total"}}]}},{"kind":"Field","name":{"kind":"Name","value":"filter"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"adapterId"}},{"kind":"Field","name":{"kind":"Name","value":"modelVersion"}},{"kind":"Field","name":{"kind":"Name","value":"tag"}}]}},{"kind":"Field","name":{"kind":"Name","value":"leaseUntil"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"createdBy"}},{"kind":"Field","name":{"kind":"Name","value":"producedAdapterId"}},{"kind":"Field","name":{"kind":"Name","value":"producedVersion"}}]}}]} as unknown as DocumentNode<TrainingPageQuery, TrainingPageQueryVariables>;
export const TrainingChangedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"TrainingChanged"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"trainingBatchChanged"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"TrainingRow"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TrainingRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TrainingBatch"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"feedbackCount"}},{"kind":"Field","name":{"kind":"Name","value":"claimed"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"total"}}]}},{"kind":"Field","name":{"kind":"Name","value":"filter"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"adapterId"}},{"kind":"Field","name":{"kind":"Name","value":"modelVersion"}},{"kind":"Field","name":{"kind":"Name","value":"tag"}}]}},{"kind":"Field","name":{"kind":"Name","value":"leaseUntil"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"createdBy"}},{"kind":"Field","name":{"kind":"Name","value":"producedAdapterId"}},{"kind":"Field","name":{"kind":"Name","value":"producedVersion"}}]}}]} as unknown as DocumentNode<TrainingChangedSubscription, TrainingChangedSubscriptionVariables>;
export const TrainingUnderWayDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"TrainingUnderWay"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"ids"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"ids"},"value":{"kind":"Variable","name":{"kind":"Name","value":"ids"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TrainingBatch"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"TrainingRow"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TrainingRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TrainingBatch"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"feedbackCount"}},{"kind":"Field","name":{"kind":"Name","value":"claimed"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"total"}}]}},{"kind":"Field","name":{"kind":"Name","value":"filter"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"adapterId"}},{"kind":"Field","name":{"kind":"Name","value":"modelVersion"}},{"kind":"Field","name":{"kind":"Name","value":"tag"}}]}},{"kind":"Field","name":{"kind":"Name","value":"leaseUntil"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"createdBy"}},{"kind":"Field","name":{"kind":"Name","value":"producedAdapterId"}},{"kind":"Field","name":{"kind":"Name","value":"producedVersion"}}]}}]} as unknown as DocumentNode<TrainingUnderWayQuery, TrainingUnderWayQueryVariables>;