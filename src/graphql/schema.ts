import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { AdapterMutations } from './resolvers/adapter-mutations.js';
import { AdapterResolver } from './resolvers/adapter.js';
import { FeedbackMutations } from './resolvers/feedback-mutations.js';
import { FeedbackResolver } from './resolvers/feedback.js';
import { HistoryResolver } from './resolvers/history.js';
import { LineageResolver } from './resolvers/lineage.js';
import { NodeResolver } from './resolvers/node.js';
import { AdapterProvenanceResolver, FeedbackProvenanceResolver } from './resolvers/provenance.js';
import { TrainingReportResolver } from './resolvers/training-report.js';
import { TrainingResolver } from './resolvers/training.js';

/** The schema, as the resolvers declare it. `schema/schema.graphql` is its printed form. */
export function createSchema(): GraphQLSchema {
  return buildSchemaSync({
    resolvers: [
      FeedbackResolver,
      FeedbackMutations,
      HistoryResolver,
      AdapterResolver,
      AdapterMutations,
      LineageResolver,
      NodeResolver,
      TrainingResolver,
      TrainingReportResolver,
      AdapterProvenanceResolver,
      FeedbackProvenanceResolver,
    ],
    // Inputs are checked by the domain, which knows what is allowed and says so in one sentence.
    validate: false,
    // Plain properties are read without a promise; see design notes on TypeGraphQL's cost per field.
    skipCheck: false,
  });
}
