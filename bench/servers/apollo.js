// Apollo Server as it comes, on our schema and store: graphql-js executes, and only what Apollo does by default is around.
//   node apollo.js DIRECTORY
import process from 'node:process';
import { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import fastify from 'fastify';
import { loadKeyedHash } from '../../dist/audit/keyed-hash.js';
import { createRequestContext } from '../../dist/graphql/context.js';
import { createSchema } from '../../dist/graphql/schema.js';
import { createAuthenticator } from '../../dist/http/authentication.js';
import { openStore } from '../../dist/store/open.js';
import { createValidation } from '../../dist/validation/registry.js';

const [directory] = process.argv.slice(2);
const store = await openStore(`rocksdb:${directory}`);
const services = {
  store,
  keyedHash: await loadKeyedHash(store),
  validate: createValidation(undefined),
  now: Date.now,
};
const authenticate = createAuthenticator({ kind: 'secret', secret: process.env.FEEDBACK_JWT_SECRET });
const apollo = new ApolloServer({ schema: createSchema(), stopOnTerminationSignals: false });
await apollo.start();
const application = fastify({ logger: false });
application.route({
  url: '/graphql',
  method: ['GET', 'POST'],
  handler: fastifyApolloHandler(apollo, {
    context: async (request) =>
      createRequestContext(services, await authenticate(request.headers.authorization), request.id),
  }),
});
process.stdout.write(`Apollo listens on ${await application.listen({ port: 0, host: '127.0.0.1' })}\n`);
process.on('SIGTERM', () => {
  void application
    .close()
    .then(() => store.close())
    .then(() => process.exit(0));
});
