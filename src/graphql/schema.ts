import 'reflect-metadata';
import { type GraphQLSchema, isInterfaceType } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { guardFields } from './guarded-fields.js';
import { hideOthersEntryIds } from './hidden-entry-ids.js';
import { AdapterMutations } from './resolvers/adapter-mutations.js';
import { AdapterResolver } from './resolvers/adapter.js';
import { BulkResolver } from './resolvers/bulk.js';
import { ComparisonResolver } from './resolvers/comparison.js';
import { EvaluationResolver } from './resolvers/evaluations.js';
import { FacetResolver } from './resolvers/facets.js';
import { FeedbackMutations, PLAIN_RESOLVERS } from './resolvers/feedback-mutations.js';
import { FeedbackResolver } from './resolvers/feedback.js';
import { GraphQueryResolver } from './resolvers/graph-query.js';
import { HistoryMutations } from './resolvers/history-mutations.js';
import { HistoryResolver } from './resolvers/history.js';
import { LineageResolver } from './resolvers/lineage.js';
import { ModelStatsResolver } from './resolvers/model-stats.js';
import { NodeResolver } from './resolvers/node.js';
import { PromotionResolver } from './resolvers/promotion.js';
import { AdapterProvenanceResolver, FeedbackProvenanceResolver } from './resolvers/provenance.js';
import { ReviewClaimsResolver } from './resolvers/review-claims.js';
import { ReviewResolver } from './resolvers/review.js';
import { RulesResolver } from './resolvers/rules.js';
import { SavedViewResolver } from './resolvers/saved-views.js';
import { ServerResolver } from './resolvers/server.js';
import { SharedFeedbackResolver } from './resolvers/shared-feedback.js';
import { SimilarResolver } from './resolvers/similar.js';
import { FeedbackSubscriptions } from './resolvers/subscriptions.js';
import { TokenMutations } from './resolvers/token-mutations.js';
import { TrainingForecastResolver } from './resolvers/training-forecast.js';
import { TrainingReportResolver } from './resolvers/training-report.js';
import { TrainingSubscription } from './resolvers/training-subscription.js';
import { TrainingResolver } from './resolvers/training.js';
import { ValidationResolver } from './resolvers/validation.js';
import { ViewerResolver } from './resolvers/viewer.js';
import { WebhookResolver } from './resolvers/webhooks.js';
import { scheduleFields } from './scheduling/scheduled-fields.js';
import { resolveNodeType } from './types/node.js';

/** TypeGraphQL asks for one as soon as there is a subscription; ours follow the change feed, each by itself. */
const NO_PUB_SUB = {
  publish: () => {
    throw new Error('Nothing is published: subscriptions follow the change feed');
  },
  subscribe: () => {
    throw new Error('Nothing is published: subscriptions follow the change feed');
  },
};

/** The schema, as the resolvers declare it. `schema/schema.graphql` is its printed form. */
export function createSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [
      FeedbackResolver,
      FeedbackMutations,
      HistoryMutations,
      HistoryResolver,
      AdapterResolver,
      AdapterMutations,
      PromotionResolver,
      EvaluationResolver,
      LineageResolver,
      SharedFeedbackResolver,
      GraphQueryResolver,
      ModelStatsResolver,
      FacetResolver,
      RulesResolver,
      SavedViewResolver,
      ComparisonResolver,
      NodeResolver,
      ReviewResolver,
      BulkResolver,
      ReviewClaimsResolver,
      SimilarResolver,
      TrainingResolver,
      TrainingReportResolver,
      TrainingForecastResolver,
      AdapterProvenanceResolver,
      FeedbackProvenanceResolver,
      ValidationResolver,
      TokenMutations,
      ViewerResolver,
      ServerResolver,
      WebhookResolver,
      FeedbackSubscriptions,
      TrainingSubscription,
    ],
    pubSub: NO_PUB_SUB,
    // Inputs are checked by the domain, which knows what is allowed and says so in one sentence.
    validate: false,
    // A test runs the introspection query, which is a tenth of a second of each start.
    skipCheck: true,
  });
  // TypeGraphQL would make a promise for each node: a microtask for every item of every list of nodes.
  const node = schema.getType('Node');
  if (!isInterfaceType(node)) throw new Error('The schema has no interface Node');
  node.resolveType = resolveNodeType;
  const mutations = schema.getMutationType()?.getFields();
  for (const [name, resolve] of Object.entries(PLAIN_RESOLVERS)) {
    const mutation = mutations?.[name];
    if (mutation === undefined) throw new Error(`The schema has no mutation ${name}`);
    mutation.resolve = resolve;
  }
  scheduleFields(schema);
  hideOthersEntryIds(schema);
  guardFields(schema);
  return schema;
}
