/**
 * What a token may do: the one table of permissions, roles, routes and fields that the checks, docs/security.md and the
 * tests read. Whatever is missing in it is refused at start.
 */

export const PERMISSIONS = [
  'feedback:submit',
  'feedback:read',
  'feedback:read:own',
  'feedback:revise:own',
  'feedback:link',
  'feedback:review',
  'feedback:erase',
  'adapters:read',
  'adapters:create',
  'adapters:write',
  'training:read',
  'training:write',
  'graph:query',
  'audit:read',
  'tokens:issue',
  'org:admin',
  'server:operate',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

const SUBMITTER = ['feedback:submit', 'feedback:read:own', 'feedback:revise:own'] as const;
const READER = ['feedback:read', 'adapters:read', 'training:read', 'graph:query'] as const;
/** What docs/api.md grants every token. */
const MEMBER = [...SUBMITTER, ...READER, 'feedback:link', 'adapters:create'] as const;

const ROLE_PERMISSIONS = {
  submitter: SUBMITTER,
  reader: READER,
  member: MEMBER,
  reviewer: [...MEMBER, 'feedback:review'],
  trainer: [...MEMBER, 'adapters:write', 'training:write'],
  admin: PERMISSIONS.filter((permission) => permission !== 'server:operate'),
  operator: ['server:operate'],
} as const satisfies Readonly<Record<string, readonly Permission[]>>;

export type Role = keyof typeof ROLE_PERMISSIONS;

export const ROLES = Object.keys(ROLE_PERMISSIONS) as readonly Role[];

/** The role of a token that names no role or permission of ours. */
export const DEFAULT_ROLE: Role = 'member';

export function isRole(name: unknown): name is Role {
  return typeof name === 'string' && Object.hasOwn(ROLE_PERMISSIONS, name);
}

export function isPermission(name: unknown): name is Permission {
  return (PERMISSIONS as readonly unknown[]).includes(name);
}

/** All that these roles allow. */
export function permissionsOf(...roles: readonly Role[]): ReadonlySet<Permission> {
  return new Set(roles.flatMap((role): readonly Permission[] => ROLE_PERMISSIONS[role]));
}

/** All that these names of roles and permissions allow; others are left out. */
export function permissionsNamed(names: readonly unknown[]): ReadonlySet<Permission> {
  const found = new Set<Permission>();
  for (const name of names) {
    if (isPermission(name)) found.add(name);
    else if (isRole(name)) for (const permission of permissionsOf(name)) found.add(permission);
  }
  return found;
}

/** One of these is enough; none is needed if it is empty. */
export type AnyOf = readonly Permission[];

/** A sentence for descriptions, empty where nothing is needed. */
export function requirementOf(anyOf: AnyOf): string {
  const names = anyOf.map((permission) => `\`${permission}\``).join(' or ');
  return names === '' ? '' : `Requires the permission ${names}.`;
}

const READ_FEEDBACK: AnyOf = ['feedback:read'];
export const READ_SOME_FEEDBACK: AnyOf = ['feedback:read', 'feedback:read:own'];
const REVIEW: AnyOf = ['feedback:review'];
/** Which of the two it takes depends on what is to be done to the entries (resolvers/bulk.ts). */
const CHANGE_MANY: AnyOf = ['feedback:review', 'feedback:link'];
const CONFIGURE: AnyOf = ['org:admin'];
const READ_ADAPTERS: AnyOf = ['adapters:read'];
const READ_FEEDBACK_AUDIT: AnyOf = ['feedback:review', 'audit:read'];
const READ_TRAINING: AnyOf = ['training:read'];
const TRAIN: AnyOf = ['training:write'];
const ISSUE_TOKENS: AnyOf = ['tokens:issue', 'org:admin'];

/** All that a graph query needs beside `graph:query`: what each label, and each relationship between two, shows. */
export const GRAPH_PERMISSIONS = ['feedback:read', 'adapters:read', 'training:read'] as const satisfies AnyOf;

/** Relationships that graph queries follow only with a permission of their own: to others they are not there. */
export const RELATIONSHIP_PERMISSIONS = { INCLUDES: 'training:write' } as const satisfies Readonly<
  Record<string, Permission>
>;

/** REST routes by operation id. */
export const ROUTE_PERMISSIONS: Readonly<Record<string, AnyOf>> = {
  submitFeedback: ['feedback:submit'],
  submitFeedbackBatch: ['feedback:submit'],
  getFeedback: READ_SOME_FEEDBACK,
  listFeedback: READ_SOME_FEEDBACK,
  listFeedbackVersions: READ_SOME_FEEDBACK,
  listSimilarFeedback: READ_FEEDBACK,
  getFeedbackStats: READ_FEEDBACK,
  getFeedbackStatsByDay: READ_FEEDBACK,
  listFeedbackFacets: READ_FEEDBACK,
  getFeedbackRules: READ_SOME_FEEDBACK,
  setFeedbackRules: CONFIGURE,
  listSavedViews: READ_FEEDBACK,
  getSavedView: READ_FEEDBACK,
  createSavedView: READ_FEEDBACK,
  updateSavedView: READ_FEEDBACK,
  deleteSavedView: READ_FEEDBACK,
  listFeedbackByAdapter: READ_FEEDBACK,
  listFeedbackChanges: READ_FEEDBACK,
  reviseFeedback: ['feedback:revise:own'],
  linkFeedback: ['feedback:link'],
  unlinkFeedback: ['feedback:link'],
  listReviewQueue: REVIEW,
  claimForReview: REVIEW,
  listReviewClaims: REVIEW,
  getReviewsByDay: REVIEW,
  renewReviewClaims: REVIEW,
  releaseReviewClaims: REVIEW,
  skipReviews: REVIEW,
  reviewFeedback: REVIEW,
  undoReview: REVIEW,
  previewBulkOperation: READ_FEEDBACK,
  startBulkOperation: CHANGE_MANY,
  listBulkOperations: CHANGE_MANY,
  getBulkOperation: CHANGE_MANY,
  cancelBulkOperation: CHANGE_MANY,
  undoBulkOperation: CHANGE_MANY,
  eraseFeedback: ['feedback:erase'],
  eraseFeedbackOfUser: ['feedback:erase'],
  registerAdapter: ['adapters:write'],
  getAdapter: READ_ADAPTERS,
  listAdapters: READ_ADAPTERS,
  getAdapterLineage: READ_ADAPTERS,
  getAdapterStats: READ_ADAPTERS,
  getAdapterStatsByDay: READ_ADAPTERS,
  promoteAdapter: ['adapters:write'],
  checkPromotion: READ_ADAPTERS,
  listStageChanges: READ_ADAPTERS,
  recordEvaluations: ['adapters:write'],
  listEvaluations: READ_ADAPTERS,
  getAdapterBom: READ_TRAINING,
  getPromotionRules: READ_ADAPTERS,
  setPromotionRules: CONFIGURE,
  listTrainingBatches: READ_TRAINING,
  getTrainingBatch: READ_TRAINING,
  createTrainingBatch: TRAIN,
  commitTrainingBatch: TRAIN,
  renewTrainingBatch: TRAIN,
  releaseTrainingBatch: TRAIN,
  markFeedbackAsUsed: TRAIN,
  exportTrainingBatch: TRAIN,
  getTrainingManifest: TRAIN,
  getDatasetInfo: TRAIN,
  getCroissant: TRAIN,
  runGraphQuery: ['graph:query'],
  issueToken: ISSUE_TOKENS,
  revokeTokens: ISSUE_TOKENS,
  createWebhook: CONFIGURE,
  listWebhooks: CONFIGURE,
  getWebhook: CONFIGURE,
  updateWebhook: CONFIGURE,
  deleteWebhook: CONFIGURE,
  rotateWebhookSecret: CONFIGURE,
  testWebhook: CONFIGURE,
  listWebhookDeliveries: CONFIGURE,
  getWebhookDelivery: CONFIGURE,
  redeliverWebhook: CONFIGURE,
  backUp: ['org:admin'],
  backUpStore: ['server:operate'],
  exportUser: ['org:admin'],
};

/** Every field of Query, Mutation and Subscription, and fields that need something else than what they lead to. */
export const FIELD_PERMISSIONS: Readonly<Record<string, AnyOf>> = {
  'Query.adapter': READ_ADAPTERS,
  'Query.adapters': READ_ADAPTERS,
  'Query.adapterBom': READ_TRAINING,
  'Query.bulkOperation': CHANGE_MANY,
  'Query.bulkOperations': CHANGE_MANY,
  'Query.previewBulkOperation': READ_FEEDBACK,
  'Query.compareAdapters': READ_FEEDBACK,
  'Query.feedback': READ_SOME_FEEDBACK,
  'Query.feedbackList': READ_SOME_FEEDBACK,
  'Query.feedbackFacets': READ_FEEDBACK,
  'Query.feedbackRules': READ_SOME_FEEDBACK,
  'Query.feedbackStats': READ_FEEDBACK,
  'Query.feedbackStatsByDay': READ_FEEDBACK,
  'Query.graphQuery': ['graph:query'],
  'Query.auditLog': ['audit:read'],
  'Query.modelStats': READ_FEEDBACK,
  // What the node is decides (resolvers/node.ts).
  'Query.node': [],
  'Query.nodes': [],
  'Query.modelCard': READ_TRAINING,
  'Query.promotionRules': READ_ADAPTERS,
  'Query.reviewClaims': REVIEW,
  'Query.reviewsByDay': REVIEW,
  'Query.reviewQueue': REVIEW,
  'Query.savedView': READ_FEEDBACK,
  'Query.savedViews': READ_FEEDBACK,
  // Not for tokens that widgets have in public.
  'Query.server': ['feedback:read', 'org:admin', 'server:operate'],
  'Query.sharedFeedbackPairs': READ_FEEDBACK,
  'Query.trainingBatch': READ_TRAINING,
  'Query.trainingBatches': READ_TRAINING,
  'Query.trainingForecast': TRAIN,
  'Query.validationPlugins': ['server:operate'],
  'Query.webhook': CONFIGURE,
  'Query.webhooks': CONFIGURE,
  // What the token itself says.
  'Query.viewer': [],
  'Mutation.registerAdapter': ['adapters:write'],
  'Mutation.importAdapter': ['adapters:write'],
  // To promote one whatever the rules say also takes `org:admin` (resolvers/promotion.ts).
  'Mutation.promoteAdapter': ['adapters:write'],
  'Mutation.recordEvaluations': ['adapters:write'],
  'Mutation.setPromotionRules': CONFIGURE,
  'Mutation.submitFeedback': ['feedback:submit'],
  'Mutation.submitFeedbackBatch': ['feedback:submit'],
  'Mutation.setFeedbackRules': CONFIGURE,
  // Views are of lists: whoever reads these keeps their own.
  'Mutation.createSavedView': READ_FEEDBACK,
  'Mutation.updateSavedView': READ_FEEDBACK,
  'Mutation.deleteSavedView': READ_FEEDBACK,
  'Mutation.linkFeedback': ['feedback:link'],
  'Mutation.unlinkFeedback': ['feedback:link'],
  'Mutation.markUsedForTraining': TRAIN,
  'Mutation.eraseFeedback': ['feedback:erase'],
  'Mutation.eraseFeedbackOfUser': ['feedback:erase'],
  'Mutation.claimReviews': REVIEW,
  'Mutation.claimForReview': REVIEW,
  'Mutation.renewReviewClaims': REVIEW,
  'Mutation.releaseReviewClaims': REVIEW,
  'Mutation.skipReviews': REVIEW,
  'Mutation.reviewFeedback': REVIEW,
  'Mutation.undoReview': REVIEW,
  'Mutation.startBulkOperation': CHANGE_MANY,
  'Mutation.cancelBulkOperation': CHANGE_MANY,
  'Mutation.undoBulkOperation': CHANGE_MANY,
  'Mutation.reviseFeedback': ['feedback:revise:own'],
  'Mutation.createTrainingBatch': TRAIN,
  'Mutation.commitTrainingBatch': TRAIN,
  'Mutation.renewTrainingBatch': TRAIN,
  'Mutation.releaseTrainingBatch': TRAIN,
  'Mutation.issueToken': ISSUE_TOKENS,
  'Mutation.revokeTokens': ISSUE_TOKENS,
  'Mutation.createWebhook': CONFIGURE,
  'Mutation.updateWebhook': CONFIGURE,
  'Mutation.deleteWebhook': CONFIGURE,
  'Mutation.rotateWebhookSecret': CONFIGURE,
  'Mutation.testWebhook': CONFIGURE,
  'Mutation.redeliverWebhook': CONFIGURE,
  'Subscription.feedbackSubmitted': READ_FEEDBACK,
  'Subscription.feedbackReviewed': READ_FEEDBACK,
  'Subscription.trainingBatchChanged': READ_TRAINING,
  // An entry that somebody may have, as by its id or for its review: its history is part of it.
  'Feedback.versions': [],
  'Feedback.audit': READ_FEEDBACK_AUDIT,
  'Feedback.similar': READ_FEEDBACK,
  'Feedback.auditChain': READ_FEEDBACK_AUDIT,
  // What the operation has stored just now.
  'SubmissionResult.feedback': [],
  'ImportAdapterPayload.adapter': [],
  'PromoteAdapterPayload.adapter': [],
  'PromoteAdapterPayload.change': [],
  'PromoteAdapterPayload.check': [],
  'RecordEvaluationsPayload.evaluations': [],
  // What is measured is counted from feedback.
  'AdapterStageChange.resultDocuments': READ_FEEDBACK,
  'LinkFeedbackPayload.feedback': [],
  'LinkFeedbackPayload.edge': [],
  'FeedbackAdapterEdge.node': READ_ADAPTERS,
  // The queue is the reviewer's work.
  'FeedbackEdge.node': [],
  'ClaimReviewsPayload.entries': [],
  'TrainingBatch.advice': TRAIN,
  'TrainingBatch.outcome': TRAIN,
  'TrainingBatch.preview': TRAIN,
};

/**
 * What the data of each type needs, or undefined where it is part of what led to it. A field that leads from a type to one
 * of other data needs what that other data needs.
 */
export const TYPE_PERMISSIONS: Readonly<Record<string, Permission | undefined>> = {
  Feedback: 'feedback:read',
  Node: undefined,
  Viewer: undefined,
  Server: undefined,
  ServerLimits: undefined,
  FeedbackCandidate: undefined,
  FeedbackReview: 'feedback:read',
  ReviewClaim: 'feedback:read',
  SimilarFeedback: 'feedback:read',
  ClaimReviewsPayload: undefined,
  RenewReviewClaimsPayload: undefined,
  DailyReviews: undefined,
  RenewedReviewClaim: undefined,
  ReleaseReviewClaimsPayload: undefined,
  SkipReviewsPayload: undefined,
  ValidationFinding: 'feedback:read',
  FeedbackAdapterConnection: 'adapters:read',
  FeedbackAdapterEdge: 'adapters:read',
  PageInfo: undefined,
  FeedbackVersionConnection: 'feedback:read',
  FeedbackVersionEdge: 'feedback:read',
  FeedbackVersion: 'feedback:read',
  AuditEventConnection: 'audit:read',
  AuditEventEdge: 'audit:read',
  AuditEvent: 'audit:read',
  AuditChainCheck: 'audit:read',
  TrainedAdapterConnection: 'training:read',
  TrainedAdapterEdge: 'training:read',
  Adapter: 'adapters:read',
  AdapterStageChangeConnection: 'adapters:read',
  AdapterStageChangeEdge: 'adapters:read',
  AdapterStageChange: 'adapters:read',
  EvaluationConnection: 'adapters:read',
  EvaluationEdge: 'adapters:read',
  Evaluation: 'adapters:read',
  PromotionRules: 'adapters:read',
  PromotionRule: undefined,
  PromotionRuleResult: 'feedback:read',
  PromotionCheck: 'feedback:read',
  AdapterFeedbackConnection: 'feedback:read',
  AdapterFeedbackEdge: 'feedback:read',
  FeedbackStats: 'feedback:read',
  PreferenceStats: 'feedback:read',
  HeadToHead: 'feedback:read',
  AdapterVersionStatsConnection: 'feedback:read',
  AdapterVersionStatsEdge: 'feedback:read',
  AdapterVersionStats: 'feedback:read',
  DerivationConnection: 'adapters:read',
  DerivationEdge: 'adapters:read',
  LineageAdapterConnection: 'adapters:read',
  LineageAdapterEdge: 'adapters:read',
  Lineage: 'adapters:read',
  LineageNode: 'adapters:read',
  LineageEdge: 'adapters:read',
  LineagePaths: 'adapters:read',
  LineagePath: 'adapters:read',
  LineageStats: 'feedback:read',
  TrainedOnConnection: 'training:read',
  TrainedOnEdge: 'training:read',
  SharedFeedbackConnection: 'feedback:read',
  SharedFeedbackEdge: 'feedback:read',
  TrainingBatch: 'training:read',
  ClaimedCountsNode: 'training:read',
  TrainingProgress: 'training:read',
  TrainingFilter: 'training:read',
  ScoreFilter: undefined,
  TrainingAdvice: 'training:read',
  TrainingForecast: 'training:read',
  TrainingPreview: 'training:read',
  TrainingKtoWeights: 'training:read',
  TrainingTaskAdvice: 'training:read',
  TrainingDrop: 'training:read',
  TrainingLengths: 'training:read',
  TrainingConflict: 'feedback:read',
  TrainingOutcome: 'training:read',
  TrainingSplitOutcome: 'training:read',
  TrainingVerdicts: 'training:read',
  // With the split: whoever knows what is held out can train on it.
  TrainingInclusionConnection: 'training:write',
  TrainingInclusionEdge: 'training:write',
  AdapterConnection: 'adapters:read',
  AdapterEdge: 'adapters:read',
  AdapterComparison: 'feedback:read',
  ComparedAdapterNode: 'feedback:read',
  ComparedQuestionNode: 'feedback:read',
  ComparedJudgement: 'feedback:read',
  ComparedStep: 'feedback:read',
  FeedbackConnection: 'feedback:read',
  FeedbackEdge: 'feedback:read',
  DailyFeedbackStats: 'feedback:read',
  GraphQueryResult: 'graph:query',
  BulkPreview: 'feedback:read',
  BulkSkip: undefined,
  BulkOperation: undefined,
  BulkUndo: undefined,
  BulkEntryConnection: undefined,
  BulkEntryEdge: undefined,
  BulkEntry: undefined,
  BulkOperationConnection: undefined,
  BulkOperationEdge: undefined,
  FeedbackFilter: undefined,
  SavedView: 'feedback:read',
  SavedViewConnection: 'feedback:read',
  SavedViewEdge: 'feedback:read',
  FeedbackRules: undefined,
  ScoreDefinition: undefined,
  ScoreCondition: undefined,
  FeedbackFacetConnection: 'feedback:read',
  FeedbackFacetEdge: 'feedback:read',
  FeedbackFacet: 'feedback:read',
  ModelStatsConnection: 'feedback:read',
  ModelStatsEdge: 'feedback:read',
  ModelStats: 'feedback:read',
  ModelAdapterStatsConnection: 'feedback:read',
  ModelAdapterStatsEdge: 'feedback:read',
  ModelAdapterStats: 'feedback:read',
  ModelCard: 'training:read',
  SharedFeedbackPairConnection: 'feedback:read',
  SharedFeedbackPairEdge: 'feedback:read',
  SharedFeedbackPair: 'feedback:read',
  TrainingBatchConnection: 'training:read',
  TrainingBatchEdge: 'training:read',
  ValidationPluginReport: 'server:operate',
  Webhook: 'org:admin',
  WebhookConnection: 'org:admin',
  WebhookEdge: 'org:admin',
  WebhookFilter: undefined,
  TrainingReadyRule: undefined,
  WebhookSecretPayload: 'org:admin',
  WebhookDelivery: 'org:admin',
  WebhookDeliveryConnection: 'org:admin',
  WebhookDeliveryEdge: 'org:admin',
  ImportAdapterPayload: undefined,
  PromoteAdapterPayload: undefined,
  RecordEvaluationsPayload: undefined,
  SubmitFeedbackBatchPayload: undefined,
  SubmissionResult: undefined,
  SubmissionError: undefined,
  SubmissionIssue: undefined,
  LinkFeedbackPayload: undefined,
  MarkUsedPayload: undefined,
  EraseFeedbackPayload: undefined,
  EraseFeedbackOfUserPayload: undefined,
  IssueTokenPayload: undefined,
  RevokeTokensPayload: undefined,
};
