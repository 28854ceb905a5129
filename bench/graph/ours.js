// Our graph in process, asked in GraphQL by graphql-js, as the server runs clients' operations, and in graph queries.
import 'reflect-metadata';
import { join } from 'node:path';
import { getOperationAST, parse } from 'graphql';
import { loadKeyedHash } from '../../dist/audit/keyed-hash.js';
import { createRequestContext } from '../../dist/graphql/context.js';
import { createExecution } from '../../dist/graphql/execution.js';
import { createGraphQueries, DEFAULT_QUERY_SETTINGS } from '../../dist/graphql/graph-queries.js';
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

const LANGUAGE = {
  page: `MATCH (f:Feedback)-[:FEEDBACK_FOR]->(a:Adapter {id: '${ASKED}'})
    WHERE f.type = 'negative' AND f.validation_status = 'approved'
    RETURN f.id, f.type, f.question, f.answer, f.correction, f.model_version LIMIT ${PAGE}`,
  statistics: 'MATCH (f:Feedback)-[:FEEDBACK_FOR]->(a:Adapter) RETURN a.id, f.type, count(*)',
  paths: `MATCH (f:Feedback)-[:FEEDBACK_FOR]->(a:Adapter)-[:DERIVED_FROM*1..10]->(b:Adapter {id: '${ROOT}'}) RETURN count(*)`,
  pairs: `MATCH (a:Adapter)<-[:FEEDBACK_FOR]-(f:Feedback)-[:FEEDBACK_FOR]->(b:Adapter) WHERE a.id < b.id
    RETURN a.id, b.id, count(*) AS shared ORDER BY shared DESC, a.id, b.id LIMIT ${PAIRS}`,
};

export async function openOurs(directory, count, onProgress) {
  const path = join(directory, 'ours');
  await loadOurs(path, graphAdapters(), graphEntries(count), onProgress);
  const store = await openStore(`rocksdb:${path}`);
  const services = { store, keyedHash: await loadKeyedHash(store), now: Date.now };
  const principal = {
    sub: 'bench',
    org: 'default',
    permissions: new Set(['graph:query', 'feedback:read', 'adapters:read', 'training:read']),
    expiresAt: Infinity,
  };
  const execute = createExecution(createSchema());
  const query = createGraphQueries(services, DEFAULT_QUERY_SETTINGS);
  const prepared = Object.fromEntries(
    Object.entries(QUESTIONS).map(([name, text]) => {
      const document = parse(text);
      return [name, { document, operation: getOperationAST(document) }];
    }),
  );
  const runGraphql = async (question) => {
    const { data, errors } = await execute(prepared[question], {}, createRequestContext(services, principal, 'bench'));
    if (errors !== undefined) throw errors[0];
    return data;
  };
  return {
    ask: (question, language) =>
      language === 'queries' ? query('default', { query: LANGUAGE[question], parameters: {} }) : runGraphql(question),
    close: () => store.close(),
  };
}
