import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { callServer, type ServerProcess, startServerProcess } from '../support/process.js';

const ROUNDS = 50;
const CLIENTS = 12;
/** Between two checks of the whole store. */
const ROUNDS_A_CHECK = 10;

const secret = randomBytes(32).toString('base64url');
const token = jsonwebtoken.sign({ roles: ['admin'] }, secret, { subject: 'crash', expiresIn: '1h' });
let directory: string;
let environment: Record<string, string>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-crash-'));
  environment = { FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}`, FEEDBACK_JWT_SECRET: secret };
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const call = (server: ServerProcess, method: string, path: string, body?: unknown) =>
  callServer(server, token, method, path, body);

/** What the server has acknowledged of one entry. */
interface Known {
  readonly adapters: Set<string>;
  used: boolean;
  erased: boolean;
  version: number;
  /** Whether a request about it was under way when the server was killed: it may have taken place or not. */
  uncertain: boolean;
}

async function client(
  server: ServerProcess,
  known: Map<string, Known>,
  name: string,
  onSubmitted: () => void,
): Promise<void> {
  for (let turn = 0; ; turn++) {
    const submitted = await call(server, 'POST', BASE, {
      ...APPROVED,
      user_id: `user-${name}`,
      model_version: 'm',
      adapter_id: `adapter-${turn % 5}`,
    });
    expect(submitted.status).toBe(201);
    const id = submitted.body['id'] as string;
    const entry: Known = {
      adapters: new Set([`adapter-${turn % 5}`]),
      used: false,
      erased: false,
      version: 1,
      uncertain: true,
    };
    known.set(id, entry);
    onSubmitted();
    if (turn % 3 === 0) {
      expect((await call(server, 'POST', `${BASE}/${id}/link`, { adapter_id: 'by-hand' })).status).toBe(201);
      entry.adapters.add('by-hand');
      entry.version += 1;
    }
    if (turn % 4 === 0) {
      const body = { feedback_ids: [id], training_batch_id: 3 };
      expect((await call(server, 'POST', `${BASE}/mark-used`, body)).status).toBe(200);
      entry.used = true;
      entry.version += 1;
    }
    if (turn % 50 === 49) {
      expect((await call(server, 'DELETE', `${BASE}/${id}`)).status).toBe(200);
      entry.erased = true;
    }
    entry.uncertain = false;
  }
}

/** Everything acknowledged is there, whole; what is uncertain is there as it was or as it was to become. */
async function check(server: ServerProcess, fresh: ReadonlyMap<string, Known>): Promise<void> {
  const ids = [...fresh.keys()];
  for (let from = 0; from < ids.length; from += ENTRIES_A_QUERY) {
    const some = ids.slice(from, from + ENTRIES_A_QUERY);
    const { body } = await call(server, 'POST', '/graphql', { query: ENTRIES, variables: { ids: some } });
    const { nodes } = body['data'] as { nodes: (Entry | null)[] };
    for (const [index, id] of some.entries()) {
      const known = fresh.get(id)!;
      const entry = nodes[index];
      if (entry === null || entry === undefined) {
        expect([id, known.erased || known.uncertain]).toEqual([id, true]);
        expect((await call(server, 'GET', `${BASE}/${id}`)).status).toBe(410);
      } else {
        expect([id, known.erased]).toEqual([id, false]);
        checkEntry(entry, known);
      }
    }
  }
}

function checkEntry({ version, usedForTraining, versions, audit, adapters }: Entry, known: Known): void {
  if (known.uncertain) {
    expect(version).toBeGreaterThanOrEqual(known.version);
  } else {
    expect([version, usedForTraining]).toEqual([known.version, known.used]);
  }
  const numbers = Array.from({ length: version }, (_, index) => version - index);
  expect(versions.edges.map((edge) => edge.node.version)).toEqual(numbers);
  expect(audit.edges.map((edge) => edge.node.versionAfter)).toEqual(numbers);
  const linked = adapters.edges.map((edge) => edge.node.id);
  for (const adapter of known.adapters) expect(linked).toContain(adapter);
}

const ENTRIES_A_QUERY = 25;
const ENTRIES = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Feedback { version usedForTraining
  versions { edges { node { version } } } audit { edges { node { versionAfter } } } adapters { edges { node { id } } } } } }`;

interface Edges<Node> {
  readonly edges: readonly { readonly node: Node }[];
}
interface Entry {
  readonly version: number;
  readonly usedForTraining: boolean;
  readonly versions: Edges<{ version: number }>;
  readonly audit: Edges<{ versionAfter: number }>;
  readonly adapters: Edges<{ id: string }>;
}

it(
  `killed ${ROUNDS} times under mixed load, the server loses nothing that it acknowledged`,
  { timeout: 600_000 },
  async () => {
    let acknowledged = 0;
    let fresh = new Map<string, Known>();
    for (let round = 0; round < ROUNDS; round++) {
      const server = await startServerProcess(environment);
      await check(server, fresh);
      fresh = new Map();
      const enough = 10 + Math.floor(Math.random() * 60);
      const killWhenEnough = (): void => {
        if (fresh.size === enough) server.child.kill('SIGKILL');
      };
      const clients = Array.from({ length: CLIENTS }, (_, index) =>
        client(server, fresh, `${round}-${index}`, killWhenEnough).catch((error: unknown) => error),
      );
      const errors = await Promise.all(clients);
      server.child.kill('SIGKILL');
      await server.ended;
      expect(fresh.size).toBeGreaterThanOrEqual(enough);
      for (const error of errors) {
        // Only the killed connection ends a client, never an answer that was not the expected one.
        expect((error as Error).name).toBe('TypeError');
      }
      acknowledged += fresh.size;
      if (round % ROUNDS_A_CHECK === ROUNDS_A_CHECK - 1) {
        const { stdout } = await promisify(execFile)(process.execPath, ['dist/bundle/cli.js', 'verify'], {
          env: { PATH: process.env['PATH'] ?? '', ...environment },
        });
        expect(stdout).toContain('agree');
      }
    }
    const server = await startServerProcess(environment);
    await check(server, fresh);
    const { body } = await call(server, 'GET', `${BASE}/stats`);
    expect(body['total_feedback']).toBeGreaterThan(acknowledged * 0.9);
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  },
);
