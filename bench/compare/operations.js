// What is measured: for each operation, what each server is asked. Every list has the same entries on every server.
import { FRESH } from './fresh.js';
import { adapterName, LEVELS, leafName, mix, MODELS, PAGE, PER_LEVEL, postgresId, submission } from './shape.js';

const BASE = '/api/v1/llm/feedback';
const JOBS = 2_000;
/** Entries of a batch submit. */
export const BATCH = 1_000;

const FEEDBACK_FIELDS = 'id type question answer correction validationStatus modelVersion createdAt';

export const ONE_QUERY =
  'query One($id: ID!) { feedback(id: $id) { id type question answer correction modelVersion } }';

export const ADAPTER_QUERY = `query Page($id: ID!, $first: Int!) {
  adapter(id: $id) {
    id
    feedback(first: $first, filter: { type: NEGATIVE, validationStatus: APPROVED }) {
      totalCount
      edges { node { ${FEEDBACK_FIELDS} } }
    }
  }
}`;

export const LINEAGE_QUERY = lineageQuery(LEVELS, 'derivedFrom(first: 1) { edges { node {', '} } }', {
  open: `feedback(first: ${PER_LEVEL}) { edges { node { id type question answer } } }`,
});

const POSTGRAPHILE_ONE =
  'query One($id: String!) { feedbackByRowId(rowId: $id) { rowId type question answer correction modelVersion } }';

const POSTGRAPHILE_ADAPTER = `query Page($id: String!, $first: Int!) {
  adapterByRowId(rowId: $id) {
    rowId
    feedbacksByAdapterId(first: $first, orderBy: ROW_ID_DESC, condition: { type: "negative", validationStatus: "approved" }) {
      totalCount
      nodes { rowId type question answer correction validationStatus modelVersion createdAt }
    }
  }
}`;

const POSTGRAPHILE_SUBMIT = `mutation Submit($feedback: FeedbackInput!) {
  createFeedback(input: { feedback: $feedback }) { feedback { rowId createdAt } }
}`;

const POSTGRAPHILE_LINEAGE = lineageQuery(LEVELS, 'adapterByParentId {', '}', {
  open: `feedbacksByAdapterId(first: ${PER_LEVEL}, orderBy: ROW_ID_DESC) { nodes { rowId type question answer } }`,
  root: 'query Lineage($id: String!) { adapterByRowId(rowId: $id) {',
  id: 'rowId',
});

function lineageQuery(levels, down, up, { open, root = 'query Lineage($id: ID!) { adapter(id: $id) {', id = 'id' }) {
  const level = `${id} ${open}`;
  return `${root} ${level} ${`${down} ${level} `.repeat(levels - 1)} ${`${up} `.repeat(levels - 1)} } }`;
}

function graphql(query, variables) {
  return { method: 'POST', path: '/graphql', body: JSON.stringify({ query, variables }) };
}

function many(make, count = JOBS) {
  return Array.from({ length: count }, (_, index) => make(index));
}

const get = (path) => ({ method: 'GET', path });
const post = (path, body) => ({ method: 'POST', path, body: JSON.stringify(body) });

/**
 * @param ids of our entries, in order. Of each operation: its key and name, whether it writes, and per server the jobs that ask
 * for it; `goals` are how many times as fast as a server ours is to be the first time that it is asked. Reads come first:
 * files are compacted for long after many writes.
 */
export function operations(ids) {
  const anyIndex = (index) => mix(index, 9) % ids.length;
  const bigId = adapterName(0);
  const middleId = adapterName(1);
  const fresh = (index) => freshSubmission(1_000_000 + index, adapterName(2 + (index % 100)));
  const batchOf = (index) => ({
    feedback: Array.from({ length: BATCH }, (_, entry) => restSubmission(fresh(index * BATCH + entry))),
  });
  const graphqlOne = many((index) => graphql(ONE_QUERY, { id: ids[anyIndex(index)] }));
  const page = (id) => [graphql(ADAPTER_QUERY, { id, first: PAGE })];
  const pagePostgraphile = (id) => [graphql(POSTGRAPHILE_ADAPTER, { id, first: PAGE })];
  const limitGet = many((index) => get(`/get/${index % 10_000}`));
  const gets = many((index) => get(`${BASE}/${ids[anyIndex(index)]}`));
  const lists = MODELS.map((model) =>
    get(`${BASE}?type=negative&status=approved&unused=true&adapter=${bigId}&model=${model}&limit=${PAGE}`),
  );
  const lineage = many((index) => graphql(LINEAGE_QUERY, { id: leafName(index) }), 64);
  return [
    {
      key: 'get',
      name: 'REST get by id',
      jobs: {
        ours: gets,
        anew: gets,
        limit: limitGet,
        postgraphile: many((index) => graphql(POSTGRAPHILE_ONE, { id: postgresId(anyIndex(index)) })),
      },
      goals: { limit: 0.55 },
    },
    {
      key: 'list',
      name: `REST list of ${PAGE}, all filters set`,
      jobs: {
        ours: lists,
        anew: lists,
        limit: [get('/list')],
      },
      goals: { limit: 0.3 },
    },
    {
      key: 'one',
      name: 'GraphQL one entry, six fields',
      jobs: {
        ours: graphqlOne,
        anew: graphqlOne,
        limit: limitGet,
        postgraphile: many((index) => graphql(POSTGRAPHILE_ONE, { id: postgresId(anyIndex(index)) })),
        graphqlJs: graphqlOne,
        apollo: graphqlOne,
      },
      goals: { limit: 0.4 },
    },
    {
      key: 'small-page',
      name: `GraphQL adapter of 1,500, first ${PAGE} filtered, total`,
      jobs: {
        ours: page(middleId),
        anew: page(middleId),
        limit: [get('/list')],
        postgraphile: pagePostgraphile(middleId),
        graphqlJs: page(middleId),
        apollo: page(middleId),
      },
      goals: { limit: 0.2, postgraphile: 8 },
    },
    {
      key: 'page',
      name: `GraphQL adapter of 20,000, first ${PAGE} filtered, total`,
      jobs: {
        ours: page(bigId),
        anew: page(bigId),
        limit: [get('/list')],
        postgraphile: pagePostgraphile(bigId),
      },
      goals: { limit: 0.2, postgraphile: 8 },
    },
    {
      key: 'lineage',
      name: `GraphQL ${LEVELS} levels of lineage, ${PER_LEVEL} entries each`,
      jobs: {
        ours: lineage,
        anew: lineage,
        postgraphile: many((index) => graphql(POSTGRAPHILE_LINEAGE, { id: leafName(index) }), 64),
        graphqlJs: lineage,
        apollo: lineage,
      },
      goals: { postgraphile: 10 },
    },
    {
      key: 'submit',
      name: 'REST submit, fsynced',
      writes: true,
      jobs: {
        ours: many((index) => post(BASE, restSubmission(fresh(index)))),
        limit: many((index) => post('/submit', restSubmission(fresh(index)))),
        postgraphile: many((index) => graphql(POSTGRAPHILE_SUBMIT, { feedback: rowSubmission(fresh(index)) })),
      },
      goals: { limit: 0.5, postgraphile: 3 },
    },
    {
      key: 'batch',
      name: `REST batch submit of ${BATCH}, 4 connections`,
      writes: true,
      connections: 4,
      jobs: {
        ours: many((index) => post(`${BASE}/batch`, batchOf(index)), 8),
        limit: many((index) => post('/batch', batchOf(index)), 8),
      },
      goals: { limit: 0.45 },
    },
  ];
}

/**
 * The operations that a list of keys or parts of names, separated by commas, asks for; all without one.
 * @throws if a part of it asks for none
 */
export function selectOperations(all, only) {
  if (only === undefined) return all;
  const wanted = new Set();
  for (const part of only.split(',')) {
    const byKey = all.filter(({ key }) => key === part);
    const found = byKey.length > 0 ? byKey : all.filter(({ name }) => name.includes(part));
    if (found.length === 0) {
      throw new Error(`Nothing to measure is called '${part}': ${all.map(({ key }) => key).join(', ')}`);
    }
    for (const operation of found) wanted.add(operation);
  }
  return all.filter((operation) => wanted.has(operation));
}

/** A submission of an interaction that nothing was submitted about: repeated, it would change nothing. */
function freshSubmission(number, adapterId) {
  return { ...submission(number, adapterId), interactionId: `interaction-${number}-${FRESH}` };
}

/** A submission as a row; the database gives its id, as our server does. */
function rowSubmission({ userId, interactionId, modelVersion, adapterId, adapterVersion, ...said }) {
  return { ...said, validationStatus: 'approved', userId, interactionId, modelVersion, adapterId, adapterVersion };
}

/** A submission as the documented REST body. */
export function restSubmission(entry) {
  return {
    type: entry.type,
    question: entry.question,
    answer: entry.answer,
    correction: entry.correction,
    user_id: entry.userId,
    interaction_id: entry.interactionId,
    model_version: entry.modelVersion,
    adapter_id: entry.adapterId,
    adapter_version: entry.adapterVersion,
  };
}

/** Four reads to a write, of every kind, over our entries. */
export function mixedJobs(ids) {
  const byName = new Map(operations(ids).map(({ name, jobs }) => [name, jobs.ours]));
  const some = (part, count) => {
    const [, jobs] = [...byName].find(([name]) => name.includes(part));
    return Array.from({ length: count }, (_, index) => jobs[index % jobs.length]);
  };
  return [
    ...some('REST submit', 200),
    ...some('REST get', 350),
    ...some('GraphQL one', 300),
    ...some('REST list', 75),
    ...some('adapter of 1,500', 50),
    ...some('levels of lineage', 25),
  ];
}
