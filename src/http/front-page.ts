import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageVersion } from '../version.js';
import type { Application } from './application.js';
import { setPageHeaders } from './page-headers.js';
import { type Client, staticFiles, WEB } from './pages.js';

/** `/`: a page that leads on, for browsers; the same links as JSON for other clients. */
export function frontPage(application: Application): void {
  const directory = join(WEB, 'front');
  const hasPages = existsSync(directory);
  const index = {
    name: 'feedback-graph',
    version: packageVersion(),
    links: {
      rest: '/api/v1/llm/feedback',
      graphql: '/graphql',
      openapi: '/openapi.json',
      ...(hasPages && { docs: '/docs' }),
      health: '/health/ready',
    },
  };
  // One address, two representations: a cache must not give one for the other.
  application.get('/', { config: { public: true } }, (_request, reply) => reply.header('vary', 'accept').send(index));
  if (!hasPages) {
    application.log.warn('The front page is not built, so / returns only JSON; run npm run build');
    return;
  }
  const page = readFileSync(join(directory, 'index.html'), 'utf8').replace('%VERSION%', packageVersion());
  staticFiles(application, join(directory, 'assets'), '/assets/');
  application.get(
    '/',
    { config: { public: true }, constraints: { client: 'browser' satisfies Client } },
    (_request, reply) => setPageHeaders(reply).header('vary', 'accept').type('text/html; charset=utf-8').send(page),
  );
}
