// The documented round over REST, and what GraphQL says of the same graph. Each step leaves what the next one needs in
// the context.
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { expectCall, FEEDBACK, openPage, query } from './http.js';

const ADAPTER = 'themis_help_lora_v2';
const POSITIVE = {
  type: 'positive',
  question: 'How do I enable sharding in ThemisDB?',
  answer: 'To enable sharding, use SHARD BY clause in CREATE COLLECTION.',
  user_id: 'user123',
  model_version: 'llama-2-7b',
  adapter_id: 'themis_help_lora',
  adapter_version: 'v1.0',
};
const NEGATIVE = {
  type: 'negative',
  question: 'What is the default replication factor?',
  answer: 'The default replication factor is 1.',
  correction: 'The default replication factor is 3 for production.',
  user_id: 'user456',
  model_version: 'llama-2-7b',
};
const READS_OF_A_NODE = 3;

export const ROUND = [
  { name: 'REST: submit', run: submit, required: true },
  { name: 'REST: get', run: get },
  { name: 'REST: list by every documented filter', run: list },
  { name: 'REST: link and by-adapter', run: link, required: true },
  { name: 'REST: statistics and mark-used', run: statistics },
  { name: 'REST: a documented graph query', run: graphQuery },
  { name: 'REST: the documented errors', run: errors },
  { name: 'GraphQL: register an adapter, walk its lineage to feedback', run: lineage, required: true },
  { name: 'GraphQL: node(id:) three times, of each type', run: nodes },
  { name: 'pages: GraphiQL and the API page with their files', run: pages },
];

async function submit(context) {
  const positive = await expectCall(201, context, 'POST', FEEDBACK, POSITIVE);
  match(positive.id, /^feedback-/);
  ok(Math.abs(Date.now() - positive.created_at) < 600_000, 'created_at is not the time of now');
  const { type, question, answer } = POSITIVE;
  deepEqual(picked(positive, ['type', 'question', 'answer', 'validation_status', 'message']), {
    type,
    question,
    answer,
    validation_status: 'approved',
    message: 'Feedback recorded successfully',
  });
  const negative = await expectCall(201, context, 'POST', FEEDBACK, NEGATIVE);
  const spam = await expectCall(201, context, 'POST', FEEDBACK, { ...NEGATIVE, comment: 'Free money, click here' });
  const short = await expectCall(201, context, 'POST', FEEDBACK, { ...POSITIVE, answer: 'Yes' });
  deepEqual(
    [negative, spam, short].map((entry) => entry.validation_status),
    ['approved', 'rejected', 'flagged'],
  );
  context.ids = [positive, negative, spam, short].map((entry) => entry.id);
}

async function get(context) {
  const [id] = context.ids;
  const entry = await expectCall(200, context, 'GET', `${FEEDBACK}/${id}`);
  deepEqual(picked(entry, ['id', ...Object.keys(POSITIVE), 'used_for_training', 'training_batch_id']), {
    id,
    ...POSITIVE,
    used_for_training: false,
    training_batch_id: 0,
  });
}

async function list(context) {
  const [positive, negative, spam, short] = context.ids;
  for (const [filter, expected] of [
    ['limit=50', [positive, negative, spam, short]],
    ['limit=50&type=positive', [positive, short]],
    ['limit=50&unused=true&status=approved', [positive, negative]],
    ['limit=50&model=llama-2-7b&type=negative', [negative, spam]],
    ['limit=50&adapter=themis_help_lora', [positive, short]],
    ['limit=50&order=desc', [short, spam, negative, positive]],
  ]) {
    const { feedback, count, limit } = await expectCall(200, context, 'GET', `${FEEDBACK}?${filter}`);
    deepEqual([feedback.map(({ id }) => id), count, limit], [expected, expected.length, 50], filter);
  }
}

async function link(context) {
  const [id] = context.ids;
  const metadata = { confidence: 0.95, session_id: 'abc-123' };
  const body = { adapter_id: ADAPTER, metadata };
  const edge = await expectCall(201, context, 'POST', `${FEEDBACK}/${id}/link`, body);
  deepEqual(picked(edge, ['feedback_id', 'adapter_id', 'metadata']), { feedback_id: id, ...body });
  const again = { ...body, metadata: { confidence: 1 } };
  deepEqual((await expectCall(200, context, 'POST', `${FEEDBACK}/${id}/link`, again)).metadata, again.metadata);
  const linked = await expectCall(200, context, 'GET', `${FEEDBACK}/by-adapter/${ADAPTER}?limit=100&unused=true`);
  deepEqual(
    [linked.adapter_id, linked.feedback.map((entry) => entry.id), linked.count, linked.total_linked],
    [ADAPTER, [id], 1, 1],
  );
}

async function statistics(context) {
  const [, id] = context.ids;
  const marked = { feedback_ids: [id], training_batch_id: 7 };
  equal((await expectCall(200, context, 'POST', `${FEEDBACK}/mark-used`, marked)).marked, 1);
  deepEqual(await expectCall(200, context, 'GET', `${FEEDBACK}/stats`), {
    total_feedback: 4,
    positive_count: 2,
    negative_count: 2,
    pending_validation: 0,
    approved_count: 2,
    rejected_count: 1,
    flagged_count: 1,
    unused_for_training: 3,
    used_for_training: 1,
    positive_ratio: 0.5,
  });
}

async function graphQuery(context) {
  const { columns, rows } = await expectCall(200, context, 'POST', '/api/v1/llm/graph/query', {
    query: `MATCH (f:Feedback)-[r:FEEDBACK_FOR]->(a:Adapter)
      RETURN a.id AS adapter_id, COUNT(f) AS total_feedback,
             AVG(CASE WHEN f.type = 'positive' THEN 1.0 ELSE 0.0 END) AS positive_ratio
      GROUP BY a.id ORDER BY adapter_id`,
  });
  deepEqual(columns, ['adapter_id', 'total_feedback', 'positive_ratio']);
  deepEqual(rows, [
    ['themis_help_lora', 2, 1],
    [ADAPTER, 1, 1],
  ]);
}

async function errors(context) {
  const { type: _type, ...untyped } = POSITIVE;
  for (const [status, error, details, user, ...request] of [
    [401, 'Unauthorized', 'Valid Bearer Token required', { server: context.server }, 'GET', FEEDBACK],
    [400, 'Invalid request', "Missing 'type' field (positive or negative)", context, 'POST', FEEDBACK, untyped],
    [404, 'Not Found', 'Feedback entry not found', context, 'GET', `${FEEDBACK}/feedback-12345`],
  ]) {
    const body = await expectCall(status, user, ...request);
    deepEqual(picked(body, ['error', 'details']), { error, details });
  }
}

async function lineage(context) {
  const { registerAdapter } = await query(
    context,
    'mutation ($id: ID!, $from: [ID!]) { registerAdapter(id: $id, derivedFrom: $from) { id } }',
    { id: ADAPTER, from: ['themis_help_lora'] },
  );
  equal(registerAdapter.id, ADAPTER);
  const { adapter } = await query(
    context,
    `query ($id: ID!) { adapter(id: $id) {
      stats { totalFeedback positiveRatio }
      derivedFrom { edges { node { id feedback(first: 5) { totalCount edges { node { id question } } } } } }
    } }`,
    { id: ADAPTER },
  );
  const [first, , , last] = context.ids;
  const { question } = POSITIVE;
  deepEqual(adapter, {
    stats: { totalFeedback: 1, positiveRatio: 1 },
    derivedFrom: {
      edges: [
        {
          node: {
            id: 'themis_help_lora',
            feedback: {
              totalCount: 2,
              edges: [{ node: { id: first, question } }, { node: { id: last, question } }],
            },
          },
        },
      ],
    },
  });
}

async function nodes(context) {
  const [id] = context.ids;
  const document = `query ($id: ID!) { node(id: $id) {
    __typename id ... on Feedback { question } ... on Adapter { stats { totalFeedback } } } }`;
  for (const node of [
    { __typename: 'Feedback', id, question: POSITIVE.question },
    { __typename: 'Adapter', id: ADAPTER, stats: { totalFeedback: 1 } },
  ]) {
    for (let read = 0; read < READS_OF_A_NODE; read++) {
      deepEqual(await query(context, document, { id: node.id }), { node });
    }
  }
}

async function pages(context) {
  for (const path of ['/graphql', '/docs']) {
    const { page, files } = await openPage(context, path);
    match(page, /<html/i);
    ok(files.length > 0, `the page ${path} names no file`);
  }
}

function picked(object, names) {
  return Object.fromEntries(names.filter((name) => name in object).map((name) => [name, object[name]]));
}
