import { randomBytes } from 'node:crypto';
import { copyFileSync, linkSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { graphql } from 'graphql';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRequestContext } from '../../src/graphql/context.js';
import { verifyStore } from '../../src/maintenance/verify.js';
import { permissionsOf } from '../../src/permissions.js';
import { openStore } from '../../src/store/open.js';
import { APPROVED, BASE } from '../support/feedback.js';
import { openGraph, sharedSchema } from '../support/graph.js';
import { callServer, type ServerProcess, startServerProcess } from '../support/process.js';

const MOMENTS = 50;
/** Of a start, beside the one at which it is killed. Only Linux says whether a process stands still. */
const IMAGES_OF_A_START = process.platform === 'linux' ? 9 : 0;
const STARTS = MOMENTS / (IMAGES_OF_A_START + 1);
const CLIENTS = 12;

const secret = randomBytes(32).toString('base64url');
const token = jsonwebtoken.sign({ roles: ['admin'] }, secret, { subject: 'crash', expiresIn: '1h' });
let directory: string;
let data: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-crash-'));
  data = join(directory, 'data');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

type Server = Pick<ServerProcess, 'url'>;

const call = (server: Server, method: string, path: string, body?: unknown) =>
  callServer(server, token, method, path, body);

/** What the server has acknowledged of one entry. */
interface Known {
  readonly adapters: Set<string>;
  used: boolean;
  erased: boolean;
  version: number;
  /** Whether a request about it is under way: it may have taken place or not. */
  uncertain: boolean;
}

/** The load of one start. */
interface Load {
  readonly known: Map<string, Known>;
  readonly onSubmitted: () => void;
  /** Clients wait for it, so that there is no more to check than what each moment adds. */
  checking: Promise<void> | undefined;
}

async function client(server: Server, name: string, load: Load): Promise<void> {
  for (let turn = 0; ; turn++) {
    await load.checking;
    const submitted = await call(server, 'POST', BASE, {
      ...APPROVED,
      user_id: `user-${name}`,
      model_version: 'm',
      adapter_id: `adapter-${turn % 5}`,
    });
    expect(submitted).toMatchObject({ status: 201 });
    const id = submitted.body['id'] as string;
    const entry: Known = {
      adapters: new Set([`adapter-${turn % 5}`]),
      used: false,
      erased: false,
      version: 1,
      uncertain: true,
    };
    load.known.set(id, entry);
    load.onSubmitted();
    if (turn % 3 === 0) {
      expect(await call(server, 'POST', `${BASE}/${id}/link`, { adapter_id: 'by-hand' })).toMatchObject({
        status: 201,
      });
      entry.adapters.add('by-hand');
      entry.version += 1;
    }
    if (turn % 4 === 0) {
      const body = { feedback_ids: [id], training_batch_id: 3 };
      expect(await call(server, 'POST', `${BASE}/mark-used`, body)).toMatchObject({ status: 200 });
      entry.used = true;
      entry.version += 1;
    }
    if (turn % 10 === 9) {
      expect(await call(server, 'DELETE', `${BASE}/${id}`)).toMatchObject({ status: 200 });
      entry.erased = true;
    }
    entry.uncertain = false;
  }
}

/** Answers a GraphQL request. */
type Ask = (query: string, variables: Record<string, unknown>) => Promise<{ data?: unknown; errors?: unknown }>;

const asking =
  (server: Server): Ask =>
  async (query, variables) =>
    (await call(server, 'POST', '/graphql', { query, variables })).body;

/** Everything acknowledged is there, whole; what is uncertain is there as it was or as it was to become. */
async function check(ask: Ask, known: ReadonlyMap<string, Known>): Promise<void> {
  const ids = [...known.keys()];
  for (let from = 0; from < ids.length; from += ENTRIES_A_QUERY) {
    const some = ids.slice(from, from + ENTRIES_A_QUERY);
    const { data } = await ask(ENTRIES, { ids: some });
    const { nodes } = data as { nodes: (Entry | null)[] };
    for (const [index, id] of some.entries()) {
      const expected = known.get(id)!;
      const entry = nodes[index];
      if (entry === null || entry === undefined) {
        expect([id, expected.erased || expected.uncertain]).toEqual([id, true]);
        const { errors } = await ask('query ($id: ID!) { feedback(id: $id) { id } }', { id });
        expect(errors).toMatchObject([{ extensions: { code: 'GONE' } }]);
      } else {
        expect([id, expected.erased]).toEqual([id, false]);
        checkEntry(entry, expected);
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

/** Copies the store as a kill at this moment would leave it: a process that stands still has written what it has. */
function copyImage(pid: number, image: string): void {
  process.kill(pid, 'SIGSTOP');
  while (!standsStill(pid));
  mkdirSync(image);
  for (const name of readdirSync(data)) {
    // Sorted files never change.
    (name.endsWith('.sst') ? linkSync : copyFileSync)(join(data, name), join(image, name));
  }
  process.kill(pid, 'SIGCONT');
}

function standsStill(pid: number): boolean {
  const threads = `/proc/${pid}/task`;
  return readdirSync(threads).every((thread) => readFileSync(join(threads, thread, 'stat'), 'utf8').includes(') T '));
}

const PRINCIPAL = { sub: 'crash', org: 'default', permissions: permissionsOf('admin'), expiresAt: Infinity };

/** Checks what was acknowledged, without a server, as it takes ten times as long to start one. */
async function checkImage(path: string, known: ReadonlyMap<string, Known>): Promise<void> {
  const store = await openStore(`rocksdb:${path}`);
  const { services } = await openGraph(store);
  await check(async (source, variableValues) => {
    const contextValue = createRequestContext(services, PRINCIPAL, 'crash');
    return graphql({ schema: sharedSchema(), source, variableValues, contextValue });
  }, known);
  await store.close();
}

/** Checks all that is in a store against itself. */
async function verify(path: string): Promise<void> {
  const store = await openStore(`rocksdb:${path}`);
  expect((await verifyStore(store)).disagreements).toEqual([]);
  await store.close();
}

it(
  `killed at any of ${MOMENTS} moments under mixed load, the server loses nothing that it acknowledged`,
  { timeout: 600_000 },
  async () => {
    const environment = { FEEDBACK_STORE: `rocksdb:${data}`, FEEDBACK_JWT_SECRET: secret };
    let acknowledged = 0;
    let known = new Map<string, Known>();
    for (let start = 0; start < STARTS; start++) {
      const server = await startServerProcess(environment);
      await check(asking(server), known);
      known = new Map();
      let missing = 0;
      let reach = (): void => undefined;
      const load: Load = {
        known,
        onSubmitted: () => {
          acknowledged += 1;
          missing -= 1;
          if (missing === 0) reach();
        },
        checking: undefined,
      };
      const clients = Array.from({ length: CLIENTS }, (_, index) =>
        client(server, `${start}-${index}`, load).catch((error: unknown) => error),
      );
      const ended = Promise.all(clients);
      const tooEarly = ended.then(([error]) => Promise.reject(new Error('A client has ended', { cause: error })));
      for (let images = 0; images < IMAGES_OF_A_START; images++) {
        await Promise.race([submissions(), tooEarly]);
        const image = join(directory, 'image');
        const acknowledgedOf = structuredClone(known);
        copyImage(server.child.pid!, image);
        for (const [id, { uncertain }] of acknowledgedOf) if (!uncertain) known.delete(id);
        load.checking = checkImage(image, acknowledgedOf);
        await load.checking;
        await rm(image, { recursive: true });
      }
      await Promise.race([submissions(), tooEarly]);
      server.child.kill('SIGKILL');
      await server.ended;
      if ((start + 1) % (STARTS / 5) === 0) await verify(data);
      for (const error of await ended) {
        // Only the killed connection ends a client, never an answer that was not the expected one.
        if (!(error instanceof TypeError)) throw new Error(server.errors(), { cause: error });
      }

      /** Resolves once some more entries are acknowledged. */
      function submissions(): Promise<void> {
        missing = 5 + Math.floor(Math.random() * 30);
        return new Promise((resolve) => (reach = resolve));
      }
    }
    const server = await startServerProcess(environment);
    await check(asking(server), known);
    const { body } = await call(server, 'GET', `${BASE}/stats`);
    expect(body['total_feedback']).toBeGreaterThan(acknowledged * 0.8);
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  },
);
