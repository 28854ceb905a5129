import { existsSync } from 'node:fs';
import { packageVersion } from '../version.js';
import type { Application } from './application.js';
import { CONSOLE_FILES } from './console-page.js';
import type { Client } from './pages.js';

/** `/`: leads browsers to the console; the parts of the server as JSON for other clients. */
export function indexPage(application: Application): void {
  const hasPages = existsSync(CONSOLE_FILES);
  const index = {
    name: 'feedback-graph',
    version: packageVersion(),
    links: {
      rest: '/api/v1/llm/feedback',
      graphql: '/graphql',
      openapi: '/openapi.json',
      ...(hasPages && { docs: '/docs', console: '/console' }),
      health: '/health/ready',
    },
  };
  // One address, two representations: a cache must not give one for the other.
  application.get('/', { config: { public: true } }, (_request, reply) => reply.header('vary', 'accept').send(index));
  if (!hasPages) return;
  // Browsers keep the fragment of the address, which may hold a token.
  application.get(
    '/',
    { config: { public: true }, constraints: { client: 'browser' satisfies Client } },
    (_request, reply) => reply.header('vary', 'accept').redirect('/console', 302),
  );
}
