// Our graph in process, asked in GraphQL through the executor that the server uses.
import 'reflect-metadata';
import { join } from 'node:path';
import { parse } from 'graphql';
import { loadUserHash } from '../../dist/feedback/user-hash.js';
import { createRequestContext } from '../../dist/graphql/context.js';
import { createExecutor } from '../../dist/graphql/execution.js';
import { createSchema } from '../../dist/graphql/schema.js';
import { openStore } from '../../dist/store/open.js';
import { loadOurs } from '../compare/load-ours.js';
import { ASKED, graphAdapters, graphEntries, PAGE, PAIRS, ROOT } from './data.js';

const QUESTIONS = {
  page: `{ adapter(id: "${ASKED}") { feedback(first: ${PAGE}, filter: { type: NEGATIVE, validationStatus: APPROVED }) {
    edges { node { id type question answer correction modelVersion } } } } }`,
  statistics: '{ adapters(first: 1000) { edges { node { id stats { positiveCount negativeCount } } } } }',
  // Its sum: in a tree one path leads from each descendant to the root.
  paths: `{ adapter(id: "${ROOT}") { descendants(first: 1000) { edges { node { stats { totalFeedback } } } } } }`,
  pairs: `{ sharedFeedbackPairs(first: ${PAIRS}) { edges { node { sharedCount adapters { id } } } } }`,
};

export async function openOurs(directory, count, onProgress) {
  const path = join(directory, 'ours');
  await loadOurs(path, graphAdapters(), graphEntries(count), onProgress);
  const store = await openStore(`rocksdb:${path}`);
  const services = { store, hashUser: await loadUserHash(store), now: Date.now };
  const principal = { sub: 'bench', org: 'default', roles: new Set(), expiresAt: Infinity };
  const run = createExecutor(createSchema());
  const documents = Object.fromEntries(Object.entries(QUESTIONS).map(([name, text]) => [name, parse(text)]));
  return {
    ask: (question) => run(documents[question], {}, createRequestContext(services, principal, 'bench')),
    close: () => store.close(),
  };
}
