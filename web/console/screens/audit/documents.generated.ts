/* Generated from schema/ by `npm run schema`. */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { JsonObject } from '../../api/scalars.js';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** The recorded action. */
export type AuditAction =
  /** Requests of a user were refused for lack of a permission; one event for each minute. */
  | 'ACCESS_REFUSE'
  /** An adapter was named for the first time. */
  | 'ADAPTER_CREATE'
  /** Evaluations of an adapter were recorded. */
  | 'ADAPTER_EVALUATE'
  /** An adapter was registered or updated. */
  | 'ADAPTER_REGISTER'
  /** The stage of an adapter was changed. */
  | 'ADAPTER_STAGE'
  /** An adapter was promoted although it did not meet every rule. */
  | 'ADAPTER_STAGE_FORCED'
  /** A bulk operation was canceled. */
  | 'BULK_OPERATION_CANCEL'
  /** A bulk operation was started. */
  | 'BULK_OPERATION_START'
  /** The undo of a bulk operation was started. */
  | 'BULK_OPERATION_UNDO'
  /** A training batch claimed a feedback entry. */
  | 'FEEDBACK_CLAIM'
  /** A feedback entry was erased. */
  | 'FEEDBACK_ERASE'
  /** A stored feedback entry was validated again. */
  | 'FEEDBACK_JUDGE'
  /** A feedback entry was linked to an adapter. */
  | 'FEEDBACK_LINK'
  /** A training batch released a feedback entry. */
  | 'FEEDBACK_RELEASE'
  /** A review was undone. */
  | 'FEEDBACK_REOPEN'
  /** A reviewer approved or rejected a feedback entry. */
  | 'FEEDBACK_REVIEW'
  /** The submitter of a feedback entry revised or withdrew it. */
  | 'FEEDBACK_REVISE'
  /** The rules of scores and tags were replaced. */
  | 'FEEDBACK_RULES_SET'
  /** A feedback entry was submitted. */
  | 'FEEDBACK_SUBMIT'
  /** The tags of a feedback entry were changed by a reviewer. */
  | 'FEEDBACK_TAG'
  /** The link of a feedback entry to an adapter was removed. */
  | 'FEEDBACK_UNLINK'
  /** A feedback entry was marked as used for training. */
  | 'FEEDBACK_USE'
  /** A user ran graph queries; one event for each minute. */
  | 'GRAPH_QUERY'
  /** The organization was backed up over HTTP. */
  | 'ORGANIZATION_BACKUP'
  /** A person was erased. */
  | 'PERSON_ERASE'
  /** Everything about a person was exported. */
  | 'PERSON_EXPORT'
  /** The rules for promotions were replaced. */
  | 'PROMOTION_RULES_SET'
  /** A shared view was changed, or is shared no more. */
  | 'SAVED_VIEW_CHANGE'
  /** A shared view was deleted. */
  | 'SAVED_VIEW_DELETE'
  /** A saved view was shared with the organization. */
  | 'SAVED_VIEW_SHARE'
  /** The whole store was backed up over HTTP. */
  | 'STORE_BACKUP'
  /** The server issued a token. */
  | 'TOKEN_ISSUE'
  /** Tokens were revoked. */
  | 'TOKEN_REVOKE'
  /** A training batch claimed feedback entries. */
  | 'TRAINING_BATCH_CLAIM'
  /** A training batch was committed. */
  | 'TRAINING_BATCH_COMMIT'
  /** The entries of a training batch were downloaded. */
  | 'TRAINING_BATCH_DOWNLOAD'
  /** The lease of a training batch expired. */
  | 'TRAINING_BATCH_EXPIRE'
  /** A training batch was exported for the first time. */
  | 'TRAINING_BATCH_EXPORT'
  /** A training batch with an externally chosen number was recorded. */
  | 'TRAINING_BATCH_RECORD'
  /** A training batch was released. */
  | 'TRAINING_BATCH_RELEASE'
  /** The lease of a training batch was renewed. */
  | 'TRAINING_BATCH_RENEW'
  /** A webhook was changed. */
  | 'WEBHOOK_CHANGE'
  /** A webhook was created. */
  | 'WEBHOOK_CREATE'
  /** A webhook was deleted. */
  | 'WEBHOOK_DELETE'
  /** A webhook was disabled, by a user or by the server. */
  | 'WEBHOOK_DISABLE'
  /** A webhook was enabled again. */
  | 'WEBHOOK_ENABLE'
  /** A delivery of a webhook was queued again. */
  | 'WEBHOOK_REDELIVER'
  /** A webhook was given a new secret. */
  | 'WEBHOOK_ROTATE_SECRET'
  /** A test event was queued for a webhook. */
  | 'WEBHOOK_TEST';

/** Filter for a list of audit events. */
export type AuditFilterInput = {
  /** Only events with this action. */
  action?: AuditAction | null | undefined;
  /** Only actions by this `sub`. */
  actor?: string | null | undefined;
  /** Only events of the node with this id. */
  node?: string | null | undefined;
  /** Only events at or after this time. */
  since?: string | null | undefined;
  /** Only events before this time. */
  until?: string | null | undefined;
};

export type AuditPageQueryVariables = Exact<{
  filter?: AuditFilterInput | null | undefined;
  after?: string | null | undefined;
}>;


export type AuditPageQuery = { auditLog: { edges: Array<{ node: { id: string, at: string, actor: string, action: AuditAction, node: string, versionAfter: number, reason: string | null, details: JsonObject | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };


export const AuditPageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"AuditPage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"AuditFilterInput"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"auditLog"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"at"}},{"kind":"Field","name":{"kind":"Name","value":"actor"}},{"kind":"Field","name":{"kind":"Name","value":"action"}},{"kind":"Field","name":{"kind":"Name","value":"node"}},{"kind":"Field","name":{"kind":"Name","value":"versionAfter"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"details"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<AuditPageQuery, AuditPageQueryVariables>;