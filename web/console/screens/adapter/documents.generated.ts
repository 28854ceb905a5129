/* Generated from schema/ by `npm run schema`. */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { JsonObject } from '../../api/scalars.js';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** How far an adapter has come. Several adapters can be at each stage. */
export type AdapterStage =
  /** Considered for production. */
  | 'CANDIDATE'
  /** In use. */
  | 'PRODUCTION'
  /** No longer in use. */
  | 'RETIRED';

/** How a model was derived from another, in the vocabulary of model cards (`base_model_relation`). */
export type DerivationRelation =
  /** The child is an adapter for the parent. */
  | 'ADAPTER'
  /** The child is a fine-tuned version of the parent. */
  | 'FINETUNE'
  /** The child was merged from the parent and other models. */
  | 'MERGE'
  /** The child is a quantized version of the parent. */
  | 'QUANTIZED';

/** A judgement: thumbs up or thumbs down, or a preference between several answers. */
export type FeedbackType =
  /** The answer was bad. */
  | 'NEGATIVE'
  /** The answer was good. */
  | 'POSITIVE'
  /** Of several answers one was better than the others, or none was. */
  | 'PREFERENCE';

/** A change of the stage of an adapter. */
export type PromoteAdapterInput = {
  /** Expected current revision of the adapter. */
  expectedRevision?: number | null | undefined;
  /** Whether to promote the adapter even if a rule does not hold; false by default. Requires the permission `org:admin`. */
  force?: boolean | null | undefined;
  /** Id of the adapter. */
  id: string;
  /** The reason, at most 500 characters; required with `force`. It must not name persons. */
  reason?: string | null | undefined;
  /** Ids of adapters to retire in the same change: at most 32. */
  retire?: Array<string> | null | undefined;
  /** Rules that must hold in addition to those of the organization: at most 50. */
  rules?: Array<PromotionRuleInput> | null | undefined;
  /** The new stage; PRODUCTION by default. */
  stage?: AdapterStage | null | undefined;
};

/** A condition for promoting an adapter. */
export type PromotionRuleInput = {
  /** Smallest allowed value: an integer from 1 for ENTRIES, from -1 to 1 for POSITIVE_SHARE, from 0 to 1 for WIN_RATE. */
  atLeast?: number | null | undefined;
  /** Largest allowed value, as of a loss. Only for METRIC and METRIC_AGAINST_PARENT, which require one of the two bounds. */
  atMost?: number | null | undefined;
  /** For WIN_RATE: the value to compare; RATE by default. */
  bound?: WinRateBound | null | undefined;
  /** Dataset the metric was measured on. If omitted, the newest evaluation on any dataset counts (METRIC), or every dataset both were measured on (METRIC_AGAINST_PARENT). */
  dataset?: string | null | undefined;
  /** What the rule measures. */
  kind: PromotionRuleKind;
  /** For METRIC and METRIC_AGAINST_PARENT: name of the metric, 1 to 256 bytes. */
  metric?: string | null | undefined;
  /** Smallest number of common questions (POSITIVE_SHARE) or decided preferences (WIN_RATE) for the value to count; 1 by default. */
  minimumCount?: number | null | undefined;
  /** Whether an adapter whose value cannot be determined passes; false by default. For METRIC_AGAINST_PARENT: whether one passes if no parent has a value to compare with. */
  passesUnmeasured?: boolean | null | undefined;
  /** Promotions to this stage are subject to the rule; PRODUCTION by default. */
  stage?: PromotionStage | null | undefined;
};

/** What a promotion rule measures. */
export type PromotionRuleKind =
  /** The number of approved entries linked to the adapter. */
  | 'ENTRIES'
  /** The newest evaluation of the adapter's registered version by a metric, on a dataset if one is named. */
  | 'METRIC'
  /** As METRIC, minus the value of a parent by the same metric on the same dataset. With several parents or datasets, the rule must hold for each pair that has both values. An adapter without an evaluation of its own does not pass. */
  | 'METRIC_AGAINST_PARENT'
  /** On the questions that the adapter and a parent were both judged on, as in `compareAdapters`: the share it got right minus the share the parent got right, from -1 to 1. With several parents, the smallest difference. */
  | 'POSITIVE_SHARE'
  /** The share of decided preferences that the adapter's answers won, from 0 to 1. */
  | 'WIN_RATE';

/** A stage with rules. */
export type PromotionStage =
  /** Considered for production. */
  | 'CANDIDATE'
  /** In use. */
  | 'PRODUCTION';

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

/** The value a rule of the kind WIN_RATE compares. */
export type WinRateBound =
  /** The lower bound of its 95 % confidence interval (Wilson score interval, 1927). */
  | 'LOW'
  /** The win rate itself. */
  | 'RATE';

export type CountsFragment = { totalFeedback: number, positiveCount: number, negativeCount: number, preferenceCount: number, approvedCount: number, pendingValidation: number, flaggedCount: number, rejectedCount: number, unusedForTraining: number };

export type RelativeFragment = { relation: DerivationRelation | null, createdAt: string | null, node: { id: string, version: string | null, stats: { totalFeedback: number, positiveCount: number, negativeCount: number } } };

export type AdapterPageQueryVariables = Exact<{
  id: string;
}>;


export type AdapterPageQuery = { adapter: { id: string, revision: number, version: string | null, baseModel: string | null, peftType: string | null, stage: AdapterStage | null, stageChangedAt: string | null, stageVersion: string | null, rank: number | null, loraAlpha: number | null, targetModules: Array<string> | null, datasets: Array<string> | null, createdAt: string, updatedAt: string, stats: { totalFeedback: number, positiveCount: number, negativeCount: number, preferenceCount: number, approvedCount: number, pendingValidation: number, flaggedCount: number, rejectedCount: number, unusedForTraining: number }, preferences: { wonCount: number, lostCount: number, tiedCount: number, winRate: number | null, winRateLow: number | null, winRateHigh: number | null }, derivedFrom: { edges: Array<{ relation: DerivationRelation | null, createdAt: string | null, node: { id: string, version: string | null, stats: { totalFeedback: number, positiveCount: number, negativeCount: number } } }> }, derivatives: { totalCount: number, edges: Array<{ relation: DerivationRelation | null, createdAt: string | null, node: { id: string, version: string | null, stats: { totalFeedback: number, positiveCount: number, negativeCount: number } } }> }, statsByVersion: { totalCount: number, edges: Array<{ node: { adapterVersion: string, totalFeedback: number, positiveCount: number, negativeCount: number, approvedCount: number, pendingValidation: number, flaggedCount: number, rejectedCount: number } }> } } | null };

export type RuleResultFragment = { passed: boolean, explanation: string, rule: { kind: PromotionRuleKind } };

export type AdapterPromotionQueryVariables = Exact<{
  id: string;
  stage: PromotionStage;
}>;


export type AdapterPromotionQuery = { adapter: { id: string, promotion: { passed: boolean, results: Array<{ passed: boolean, explanation: string, rule: { kind: PromotionRuleKind } }> } } | null };

export type PromoteAdapterMutationVariables = Exact<{
  input: PromoteAdapterInput;
}>;


export type PromoteAdapterMutation = { promoteAdapter: { promoted: boolean, retired: Array<string>, adapter: { id: string, stage: AdapterStage | null, stageChangedAt: string | null, stageVersion: string | null, revision: number }, check: { results: Array<{ passed: boolean, explanation: string, rule: { kind: PromotionRuleKind } }> } | null } };

export type AdaptersInProductionQueryVariables = Exact<{ [key: string]: never; }>;


export type AdaptersInProductionQuery = { adapters: { totalCount: number, edges: Array<{ node: { id: string, version: string | null } }> } };

export type AdapterStagesQueryVariables = Exact<{
  id: string;
  after?: string | null | undefined;
  withResults: boolean;
}>;


export type AdapterStagesQuery = { adapter: { id: string, stageHistory: { totalCount: number, edges: Array<{ node: { id: string, stage: AdapterStage, previousStage: AdapterStage | null, createdAt: string, createdBy: string, reason: string | null, forced: boolean, adapterVersion: string | null, replacedBy: string | null, results?: Array<{ passed: boolean, explanation: string, rule: { kind: PromotionRuleKind } }> } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type AdapterFeedbackQueryVariables = Exact<{
  id: string;
}>;


export type AdapterFeedbackQuery = { adapter: { feedback: { totalCount: number, edges: Array<{ node: { id: string, type: FeedbackType, question: string, validationStatus: ValidationStatus, createdAt: string } }> } } | null };

export type AdapterBatchesQueryVariables = Exact<{
  id: string;
}>;


export type AdapterBatchesQuery = { adapter: { trainedOn: { totalCount: number, edges: Array<{ createdAt: string, version: string | null, metrics: JsonObject | null, node: { number: number, state: TrainingBatchState, feedbackCount: number } }> } } | null };

export type AdapterCardQueryVariables = Exact<{
  id: string;
}>;


export type AdapterCardQuery = { modelCard: { yaml: string, markdown: string } };

export type AdapterDaysQueryVariables = Exact<{
  id: string;
  since: string;
  until: string;
}>;


export type AdapterDaysQuery = { adapter: { statsByDay: Array<{ day: string, approvedCount: number, pendingValidation: number, flaggedCount: number, rejectedCount: number }> } | null };

export const CountsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Counts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"FeedbackStats"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalFeedback"}},{"kind":"Field","name":{"kind":"Name","value":"positiveCount"}},{"kind":"Field","name":{"kind":"Name","value":"negativeCount"}},{"kind":"Field","name":{"kind":"Name","value":"preferenceCount"}},{"kind":"Field","name":{"kind":"Name","value":"approvedCount"}},{"kind":"Field","name":{"kind":"Name","value":"pendingValidation"}},{"kind":"Field","name":{"kind":"Name","value":"flaggedCount"}},{"kind":"Field","name":{"kind":"Name","value":"rejectedCount"}},{"kind":"Field","name":{"kind":"Name","value":"unusedForTraining"}}]}}]} as unknown as DocumentNode<CountsFragment, unknown>;
export const RelativeFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Relative"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DerivationEdge"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"relation"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"stats"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalFeedback"}},{"kind":"Field","name":{"kind":"Name","value":"positiveCount"}},{"kind":"Field","name":{"kind":"Name","value":"negativeCount"}}]}}]}}]}}]} as unknown as DocumentNode<RelativeFragment, unknown>;
export const RuleResultFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"RuleResult"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PromotionRuleResult"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"passed"}},{"kind":"Field","name":{"kind":"Name","value":"explanation"}},{"kind":"Field","name":{"kind":"Name","value":"rule"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}}]}}]}}]} as unknown as DocumentNode<RuleResultFragment, unknown>;
export const AdapterPageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"AdapterPage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"adapter"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"revision"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"baseModel"}},{"kind":"Field","name":{"kind":"Name","value":"peftType"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"stageChangedAt"}},{"kind":"Field","name":{"kind":"Name","value":"stageVersion"}},{"kind":"Field","name":{"kind":"Name","value":"rank"}},{"kind":"Field","name":{"kind":"Name","value":"loraAlpha"}},{"kind":"Field","name":{"kind":"Name","value":"targetModules"}},{"kind":"Field","name":{"kind":"Name","value":"datasets"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAt"}},{"kind":"Field","name":{"kind":"Name","value":"stats"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Counts"}}]}},{"kind":"Field","name":{"kind":"Name","value":"preferences"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"wonCount"}},{"kind":"Field","name":{"kind":"Name","value":"lostCount"}},{"kind":"Field","name":{"kind":"Name","value":"tiedCount"}},{"kind":"Field","name":{"kind":"Name","value":"winRate"}},{"kind":"Field","name":{"kind":"Name","value":"winRateLow"}},{"kind":"Field","name":{"kind":"Name","value":"winRateHigh"}}]}},{"kind":"Field","name":{"kind":"Name","value":"derivedFrom"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"32"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Relative"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"derivatives"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Relative"}}]}},{"kind":"Field","name":{"kind":"Name","value":"totalCount"}}]}},{"kind":"Field","name":{"kind":"Name","value":"statsByVersion"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"adapterVersion"}},{"kind":"Field","name":{"kind":"Name","value":"totalFeedback"}},{"kind":"Field","name":{"kind":"Name","value":"positiveCount"}},{"kind":"Field","name":{"kind":"Name","value":"negativeCount"}},{"kind":"Field","name":{"kind":"Name","value":"approvedCount"}},{"kind":"Field","name":{"kind":"Name","value":"pendingValidation"}},{"kind":"Field","name":{"kind":"Name","value":"flaggedCount"}},{"kind":"Field","name":{"kind":"Name","value":"rejectedCount"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"totalCount"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Counts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"FeedbackStats"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalFeedback"}},{"kind":"Field","name":{"kind":"Name","value":"positiveCount"}},{"kind":"Field","name":{"kind":"Name","value":"negativeCount"}},{"kind":"Field","name":{"kind":"Name","value":"preferenceCount"}},{"kind":"Field","name":{"kind":"Name","value":"approvedCount"}},{"kind":"Field","name":{"kind":"Name","value":"pendingValidation"}},{"kind":"Field","name":{"kind":"Name","value":"flaggedCount"}},{"kind":"Field","name":{"kind":"Name","value":"rejectedCount"}},{"kind":"Field","name":{"kind":"Name","value":"unusedForTraining"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Relative"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DerivationEdge"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"relation"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"stats"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalFeedback"}},{"kind":"Field","name":{"kind":"Name","value":"positiveCount"}},{"kind":"Field","name":{"kind":"Name","value":"negativeCount"}}]}}]}}]}}]} as unknown as DocumentNode<AdapterPageQuery, AdapterPageQueryVariables>;
export const AdapterPromotionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"AdapterPromotion"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"stage"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"PromotionStage"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"adapter"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"promotion"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"stage"},"value":{"kind":"Variable","name":{"kind":"Name","value":"stage"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"passed"}},{"kind":"Field","name":{"kind":"Name","value":"results"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"RuleResult"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"RuleResult"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PromotionRuleResult"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"passed"}},{"kind":"Field","name":{"kind":"Name","value":"explanation"}},{"kind":"Field","name":{"kind":"Name","value":"rule"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}}]}}]}}]} as unknown as DocumentNode<AdapterPromotionQuery, AdapterPromotionQueryVariables>;
export const PromoteAdapterDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"PromoteAdapter"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"PromoteAdapterInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"promoteAdapter"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"promoted"}},{"kind":"Field","name":{"kind":"Name","value":"adapter"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"stageChangedAt"}},{"kind":"Field","name":{"kind":"Name","value":"stageVersion"}},{"kind":"Field","name":{"kind":"Name","value":"revision"}}]}},{"kind":"Field","name":{"kind":"Name","value":"retired"}},{"kind":"Field","name":{"kind":"Name","value":"check"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"results"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"RuleResult"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"RuleResult"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PromotionRuleResult"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"passed"}},{"kind":"Field","name":{"kind":"Name","value":"explanation"}},{"kind":"Field","name":{"kind":"Name","value":"rule"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}}]}}]}}]} as unknown as DocumentNode<PromoteAdapterMutation, PromoteAdapterMutationVariables>;
export const AdaptersInProductionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"AdaptersInProduction"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"adapters"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"stage"},"value":{"kind":"EnumValue","value":"PRODUCTION"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"version"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"totalCount"}}]}}]}}]} as unknown as DocumentNode<AdaptersInProductionQuery, AdaptersInProductionQueryVariables>;
export const AdapterStagesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"AdapterStages"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"withResults"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Boolean"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"adapter"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"stageHistory"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"25"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"stage"}},{"kind":"Field","name":{"kind":"Name","value":"previousStage"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"createdBy"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"forced"}},{"kind":"Field","name":{"kind":"Name","value":"adapterVersion"}},{"kind":"Field","name":{"kind":"Name","value":"replacedBy"}},{"kind":"Field","name":{"kind":"Name","value":"results"},"directives":[{"kind":"Directive","name":{"kind":"Name","value":"include"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"withResults"}}}]}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"RuleResult"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"totalCount"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"RuleResult"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PromotionRuleResult"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"passed"}},{"kind":"Field","name":{"kind":"Name","value":"explanation"}},{"kind":"Field","name":{"kind":"Name","value":"rule"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}}]}}]}}]} as unknown as DocumentNode<AdapterStagesQuery, AdapterStagesQueryVariables>;
export const AdapterFeedbackDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"AdapterFeedback"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"adapter"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"feedback"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"20"}},{"kind":"Argument","name":{"kind":"Name","value":"order"},"value":{"kind":"EnumValue","value":"DESC"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"question"}},{"kind":"Field","name":{"kind":"Name","value":"validationStatus"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"totalCount"}}]}}]}}]}}]} as unknown as DocumentNode<AdapterFeedbackQuery, AdapterFeedbackQueryVariables>;
export const AdapterBatchesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"AdapterBatches"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"adapter"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"trainedOn"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"metrics"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"number"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"feedbackCount"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"totalCount"}}]}}]}}]}}]} as unknown as DocumentNode<AdapterBatchesQuery, AdapterBatchesQueryVariables>;
export const AdapterCardDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"AdapterCard"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"modelCard"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"adapterId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"yaml"}},{"kind":"Field","name":{"kind":"Name","value":"markdown"}}]}}]}}]} as unknown as DocumentNode<AdapterCardQuery, AdapterCardQueryVariables>;
export const AdapterDaysDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"AdapterDays"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"since"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"until"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DateTime"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"adapter"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"statsByDay"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"since"},"value":{"kind":"Variable","name":{"kind":"Name","value":"since"}}},{"kind":"Argument","name":{"kind":"Name","value":"until"},"value":{"kind":"Variable","name":{"kind":"Name","value":"until"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"day"}},{"kind":"Field","name":{"kind":"Name","value":"approvedCount"}},{"kind":"Field","name":{"kind":"Name","value":"pendingValidation"}},{"kind":"Field","name":{"kind":"Name","value":"flaggedCount"}},{"kind":"Field","name":{"kind":"Name","value":"rejectedCount"}}]}}]}}]}}]} as unknown as DocumentNode<AdapterDaysQuery, AdapterDaysQueryVariables>;