/* Generated from schema/ by `npm run schema`. */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** A token to issue. */
export type IssueTokenInput = {
  /** The only adapter that the token submits feedback about. */
  adapterId?: string | null | undefined;
  /** Seconds until the token expires, from 1 to 86,400; 900 by default. */
  expiresIn?: number | null | undefined;
  /** The only interaction that the token submits feedback about, and whose entries it reads. */
  interactionId?: string | null | undefined;
  /** The only model version that the token submits feedback about. */
  modelVersion?: string | null | undefined;
  /** Roles and single permissions, all of which the issuer must have; `submitter` by default. `tokens:issue`, `org:admin` and `server:operate` are never issued. */
  roles?: Array<string> | null | undefined;
  /** The user that the token is for: its `sub` claim, 1 to 256 bytes. */
  sub: string;
};

/** Which tokens of the organization to revoke: exactly one of `tokenId`, `sub` and `all`. */
export type RevokeTokensInput = {
  /** true: all tokens of the organization, including the one of this request. Requires `org:admin`. */
  all?: boolean | null | undefined;
  /** Revokes only tokens issued up to this time, or without an issue time; now by default. */
  before?: string | null | undefined;
  /** All tokens of one user. */
  sub?: string | null | undefined;
  /** One token, by its `jti` claim. */
  tokenId?: string | null | undefined;
};

export type ServerQueryVariables = Exact<{ [key: string]: never; }>;


export type ServerQuery = { server: { version: string, limits: { userRequestsPerMinute: number, organizationRequestsPerHour: number, expensiveCallsPerMinute: number, requestBytes: number, responseBytes: number, textCharacters: number, entryBytes: number, operationDepth: number, operationCost: number, connectionsPerUser: number, subscriptionsPerUser: number, trainingBatchEntries: number } | null } };

export type PluginsQueryVariables = Exact<{ [key: string]: never; }>;


export type PluginsQuery = { validationPlugins: Array<{ name: string, version: string | null, description: string | null, asynchronous: boolean, failing: boolean, acceptedCount: number, flaggedCount: number, rejectedCount: number, modifiedCount: number, failureCount: number, timeoutCount: number, averageMilliseconds: number, longestMilliseconds: number, lastFailureAt: string | null, lastFailureReason: string | null }> };

export type PermissionsQueryVariables = Exact<{ [key: string]: never; }>;


export type PermissionsQuery = { viewer: { id: string, permissions: Array<string> } };

export type IssueTokenMutationVariables = Exact<{
  input: IssueTokenInput;
}>;


export type IssueTokenMutation = { issueToken: { token: string, tokenId: string, sub: string, permissions: Array<string>, expiresAt: string } };

export type RevokeTokensMutationVariables = Exact<{
  input: RevokeTokensInput;
}>;


export type RevokeTokensMutation = { revokeTokens: { before: string } };


export const ServerDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Server"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"server"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"limits"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userRequestsPerMinute"}},{"kind":"Field","name":{"kind":"Name","value":"organizationRequestsPerHour"}},{"kind":"Field","name":{"kind":"Name","value":"expensiveCallsPerMinute"}},{"kind":"Field","name":{"kind":"Name","value":"requestBytes"}},{"kind":"Field","name":{"kind":"Name","value":"responseBytes"}},{"kind":"Field","name":{"kind":"Name","value":"textCharacters"}},{"kind":"Field","name":{"kind":"Name","value":"entryBytes"}},{"kind":"Field","name":{"kind":"Name","value":"operationDepth"}},{"kind":"Field","name":{"kind":"Name","value":"operationCost"}},{"kind":"Field","name":{"kind":"Name","value":"connectionsPerUser"}},{"kind":"Field","name":{"kind":"Name","value":"subscriptionsPerUser"}},{"kind":"Field","name":{"kind":"Name","value":"trainingBatchEntries"}}]}}]}}]}}]} as unknown as DocumentNode<ServerQuery, ServerQueryVariables>;
export const PluginsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Plugins"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"validationPlugins"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"asynchronous"}},{"kind":"Field","name":{"kind":"Name","value":"failing"}},{"kind":"Field","name":{"kind":"Name","value":"acceptedCount"}},{"kind":"Field","name":{"kind":"Name","value":"flaggedCount"}},{"kind":"Field","name":{"kind":"Name","value":"rejectedCount"}},{"kind":"Field","name":{"kind":"Name","value":"modifiedCount"}},{"kind":"Field","name":{"kind":"Name","value":"failureCount"}},{"kind":"Field","name":{"kind":"Name","value":"timeoutCount"}},{"kind":"Field","name":{"kind":"Name","value":"averageMilliseconds"}},{"kind":"Field","name":{"kind":"Name","value":"longestMilliseconds"}},{"kind":"Field","name":{"kind":"Name","value":"lastFailureAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastFailureReason"}}]}}]}}]} as unknown as DocumentNode<PluginsQuery, PluginsQueryVariables>;
export const PermissionsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Permissions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"permissions"}}]}}]}}]} as unknown as DocumentNode<PermissionsQuery, PermissionsQueryVariables>;
export const IssueTokenDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"IssueToken"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"IssueTokenInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"issueToken"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"token"}},{"kind":"Field","name":{"kind":"Name","value":"tokenId"}},{"kind":"Field","name":{"kind":"Name","value":"sub"}},{"kind":"Field","name":{"kind":"Name","value":"permissions"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}}]}}]}}]} as unknown as DocumentNode<IssueTokenMutation, IssueTokenMutationVariables>;
export const RevokeTokensDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RevokeTokens"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RevokeTokensInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"revokeTokens"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"before"}}]}}]}}]} as unknown as DocumentNode<RevokeTokensMutation, RevokeTokensMutationVariables>;