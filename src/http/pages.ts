import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { PACKAGE_ROOT } from '../package-root.js';
import type { Application } from './application.js';
import { setPageHeaders } from './page-headers.js';

/** Where the build puts the pages: beside the built server, also when the sources run in tests. */
export const WEB = join(PACKAGE_ROOT, 'dist/web');

/** The values of the route constraint `client`: a browser that opens an address, or anybody who calls it. */
export type Client = 'browser' | 'any';

/** GraphQL over HTTP takes GET requests too, and those name their query. */
export function detectClient({ method, headers, url = '/' }: IncomingMessage): Client {
  if ((method !== 'GET' && method !== 'HEAD') || headers.accept?.includes('text/html') !== true) return 'any';
  const query = new URLSearchParams(url.split('?')[1]);
  return query.has('query') || query.has('extensions') ? 'any' : 'browser';
}

/** GraphiQL, for browsers that open `/graphql`; everything that it loads is ours. */
export function graphiqlPage(application: Application): void {
  const directory = join(WEB, 'graphiql');
  if (!existsSync(directory)) {
    application.log.warn('GraphiQL is not built, so /graphql serves no page; run npm run build');
    return;
  }
  const page = readFileSync(join(directory, 'index.html'), 'utf8');
  staticFiles(application, join(directory, 'assets'), '/graphql/assets/');
  application.get(
    '/graphql',
    { config: { public: true }, constraints: { client: 'browser' satisfies Client } },
    (_request, reply) => setPageHeaders(reply).type('text/html; charset=utf-8').send(page),
  );
}

/** Files whose names change with their contents, for everybody. */
export function staticFiles(application: Application, root: string, prefix: string): void {
  void application.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, public: true };
    });
    await scope.register(fastifyStatic, { root, prefix, index: false, immutable: true, maxAge: '365d' });
  });
}
