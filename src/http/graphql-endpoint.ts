import { ApolloServer } from '@apollo/server';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyBaseLogger } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { RequestContext, Services } from '../graphql/context.js';
import { formatError, isOurFault } from '../graphql/errors.js';
import type { Application } from './application.js';
import { requestContext } from './request-context.js';

/** `/graphql`: Apollo Server on our schema, behind the same guard as REST. */
export async function graphqlEndpoint(
  application: Application,
  schema: GraphQLSchema,
  services: Services,
): Promise<void> {
  const apollo = new ApolloServer<RequestContext>({
    schema,
    formatError,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    csrfPrevention: true,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    logger: apolloLogger(application.log),
    plugins: [
      fastifyApolloDrainPlugin(application),
      {
        requestDidStart: () =>
          Promise.resolve({
            didEncounterErrors: ({ errors, contextValue }) => {
              for (const error of errors.filter(isOurFault)) {
                application.log.error({ err: error, reqId: contextValue.actor.requestId }, 'operation failed');
              }
              return Promise.resolve();
            },
          }),
      },
    ],
  });
  await apollo.start();
  application.route({
    url: '/graphql',
    method: ['GET', 'POST'],
    config: { graphql: true },
    handler: fastifyApolloHandler(apollo, {
      context: (request) => Promise.resolve(requestContext(request, services)),
    }),
  });
}

/** Apollo logs sentences; keep them in our log, below the level of what needs an operator. */
function apolloLogger(
  log: FastifyBaseLogger,
): Record<'debug' | 'info' | 'warn' | 'error', (message?: unknown) => void> {
  return {
    debug: (message) => {
      log.debug(message);
    },
    info: (message) => {
      log.debug(message);
    },
    warn: (message) => {
      log.warn(message);
    },
    error: (message) => {
      log.error(message);
    },
  };
}
