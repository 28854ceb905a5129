/** Two organizations share a server, and neither can tell what the other does. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anySubmission, BASE } from '../support/feedback.js';
import { startTestServer, type TestServer } from '../support/server.js';

const ADMIN = { sub: 'ann', roles: ['admin'] };

interface Step {
  readonly busy: boolean;
  readonly act: (client: Client) => Promise<unknown>;
}

/** What one organization does, and what it has learned so far. */
interface Client {
  readonly ids: string[];
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<unknown>;
}

function clientOf(server: TestServer, org: string): Client {
  const ids: string[] = [];
  return {
    ids,
    call: async (method, path, body, headers = {}) => {
      const claims = { ...ADMIN, org };
      const answer = await server.call(method, path, {
        claims,
        headers: { accept: 'application/json', ...headers },
        ...(body === undefined ? {} : { body }),
      });
      const { feedback_id: id } = answer.body as { feedback_id?: unknown };
      if (typeof id === 'string' && !ids.includes(id)) ids.push(id);
      return { status: answer.status, body: answer.body };
    },
  };
}

/** The same answers are the same, whatever ids and moments they are made with: those are numbered as they appear. */
function normalized(observations: readonly unknown[]): string {
  const seen = new Map<string, string>();
  const name = (uuid: string): string => {
    const known = seen.get(uuid) ?? `id-${seen.size}`;
    seen.set(uuid, known);
    return known;
  };
  return JSON.stringify(
    observations,
    (key, value: unknown) => {
      if (typeof value === 'number' && value > 1e12) return 'time';
      if (key === 'day') return 'day';
      if (typeof value !== 'string') return value;
      const text = /cursor/i.test(key) ? Buffer.from(value, 'base64url').subarray(8).toString() : value;
      return text
        .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, name)
        .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time')
        .replaceAll(/\b[0-9a-f]{64}\b/g, 'hash');
    },
    1,
  );
}

const ofOwn = fc.nat({ max: 9 });
const owned = ({ ids }: Client, nth: number): string =>
  ids[nth % Math.max(ids.length, 1)] ?? 'feedback-01900000-0000-7000-8000-000000000000';

const GRAPHQL = `{
  feedbackList(first: 3) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node { id version } } }
  adapters(first: 3) { edges { cursor node { id } } }
  auditLog(first: 5) { edges { cursor node { id action actor node } } }
}`;

const anyWrite = fc.oneof(
  anySubmission.map((body) => (client: Client) => client.call('POST', BASE, body)),
  fc.tuple(anySubmission, fc.constantFrom('e-1', 'e-2')).map(
    ([body, external_id]) =>
      (client: Client) =>
        client.call('POST', BASE, { ...body, external_id }),
  ),
  fc.tuple(anySubmission, fc.constantFrom('k-1', 'k-2')).map(
    ([body, key]) =>
      (client: Client) =>
        client.call('POST', BASE, body, { 'idempotency-key': key }),
  ),
  fc
    .array(anySubmission, { minLength: 1, maxLength: 4 })
    .map((feedback) => (client: Client) => client.call('POST', `${BASE}/batch`, { feedback })),
  fc.tuple(ofOwn, fc.constantFrom('lora:a', 'new')).map(
    ([nth, adapter_id]) =>
      (client: Client) =>
        client.call('POST', `${BASE}/${owned(client, nth)}/link`, { adapter_id }),
  ),
  ofOwn.map(
    (nth) => (client: Client) => client.call('POST', `${BASE}/review/${owned(client, nth)}`, { verdict: 'approve' }),
  ),
  ofOwn.map((nth) => (client: Client) => client.call('DELETE', `${BASE}/${owned(client, nth)}`)),
  fc.constant((client: Client) => client.call('DELETE', `${BASE}?user_id=ann`)),
  fc.constant((client: Client) => client.call('POST', '/api/v1/llm/training/batches', { limit: 2 })),
);

const anyRead = fc.constantFrom(
  `${BASE}?limit=2`,
  `${BASE}?user=ann`,
  `${BASE}?adapter=lora:a&limit=1`,
  `${BASE}/stats`,
  `${BASE}/changes?after=0&limit=3`,
  `${BASE}/changes?after=now`,
  `${BASE}/changes?after=4`,
  '/api/v1/llm/training/batches',
  '/api/v1/llm/training/batches/1',
  '/api/v1/llm/training/batches/1/manifest',
);

const anyAct = fc.oneof(
  { weight: 3, arbitrary: anyWrite },
  { weight: 2, arbitrary: anyRead.map((path) => (client: Client) => client.call('GET', path)) },
  fc.constant((client: Client) => client.call('POST', '/graphql', { query: GRAPHQL })),
  fc.constant((client: Client) =>
    client.call('POST', '/api/v1/llm/graph/query', { query: 'MATCH (f:Feedback) RETURN count(*) AS n' }),
  ),
  ofOwn.map((nth) => (client: Client) => client.call('GET', `${BASE}/${owned(client, nth)}/versions`)),
);

/** What an organization sees of its own steps on a server, where another takes its own in between, or nobody does. */
async function run(server: TestServer, steps: readonly Step[], withBusy: boolean): Promise<string> {
  const name = randomUUID();
  const quiet = clientOf(server, `quiet-${name}`);
  const busy = clientOf(server, `busy-${name}`);
  const seen: unknown[] = [];
  for (const { busy: isBusy, act } of steps) {
    if (!isBusy) seen.push(await act(quiet));
    else if (withBusy) await act(busy);
  }
  for (const path of [`${BASE}/changes?after=0`, `${BASE}/stats`, BASE]) seen.push(await quiet.call('GET', path));
  return normalized(seen);
}

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

it('nothing that one organization sees depends on what another does', async () => {
  const steps = fc.array(fc.record({ busy: fc.boolean(), act: anyAct }), { minLength: 10, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      expect(await run(server, script, true)).toBe(await run(server, script, false));
    }),
    // A counterexample of forty calls would take longer to make smaller than a test may take.
    { numRuns: 12, endOnFailure: true },
  );
});

it('a place in the change feed that another organization was told of is refused', async () => {
  const [quiet, busy] = [clientOf(server, 'quiet'), clientOf(server, 'busy')];
  const body = { type: 'positive', question: 'What is a shard?', answer: 'A part.' };
  for (let nth = 0; nth < 5; nth++) await busy.call('POST', BASE, body);
  await quiet.call('POST', BASE, body);
  expect(await quiet.call('GET', `${BASE}/changes?after=5`)).toMatchObject({
    status: 400,
    body: { details: expect.stringContaining('which is 1') as string },
  });
});
