import { setTimeout as delay } from 'node:timers/promises';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyStore } from '../../src/maintenance/verify.js';
import { openStore } from '../../src/store/open.js';
import { APPROVED, BASE } from '../support/feedback.js';
import { type PostgresProxy, startProxy } from '../support/postgres/proxy.js';
import { PASSWORD, type PostgresServer, startPostgres, SUPERUSER } from '../support/postgres/server.js';
import { type StandbyServer, startStandby } from '../support/postgres/standby.js';
import { callServer, type ServerProcess, startServerProcess } from '../support/process.js';

const SECRET = 'a secret of more than thirty-two bytes';
const TOKEN = jsonwebtoken.sign({ roles: ['admin'] }, SECRET, { subject: 'operator', expiresIn: '1h' });
const CLIENTS_OF_A_SERVER = 8;

/** How servers are named in the list of connections of the database. */
type Name = 'one' | 'two' | 'linked';
const NAMES: readonly Name[] = ['one', 'two', 'linked'];

/** As an operator lives through it: servers under load over a primary and its synchronous standby. */
describe('three servers over PostgreSQL under load', () => {
  let primary: PostgresServer;
  let standby: StandbyServer;
  let proxies: readonly PostgresProxy[];
  let database: string;
  const servers = new Map<Name, ServerProcess>();
  /** By what each submission calls itself: the id that was answered. */
  const acknowledged = new Map<string, string>();
  /** What became of these is unknown to who submitted them. */
  const uncertain = new Set<string>();
  const counts = new Map<Name, number>();
  let submissions = 0;
  let load: { readonly stop: () => Promise<unknown> } | undefined;

  const locationOf = (name: Name): string => {
    const ports = name === 'linked' ? proxies.map(({ port }) => port) : [primary.port, standby.port];
    const hosts = ports.map((port) => `127.0.0.1:${port}`).join(',');
    return `postgres://${SUPERUSER}:${PASSWORD}@${hosts}/${database}?application_name=${name}`;
  };
  const start = async (name: Name): Promise<void> => {
    const environment = { FEEDBACK_STORE: locationOf(name), FEEDBACK_JWT_SECRET: SECRET, FEEDBACK_LOG_LEVEL: 'error' };
    servers.set(name, await startServerProcess(environment));
  };
  const serverOf = (name: Name): ServerProcess => {
    const server = servers.get(name);
    if (server === undefined) throw new Error('The server does not run');
    return server;
  };
  const readiness = (name: Name): Promise<number> =>
    fetch(`${serverOf(name).url}/health/ready`).then(
      ({ status }) => status,
      () => 0,
    );
  const untilReadiness = async (status: number, ...names: readonly Name[]): Promise<void> => {
    for (const name of names) while ((await readiness(name)) !== status) await delay(20);
  };

  /** Submits once, and notes what was answered. */
  const submit = async (name: Name): Promise<void> => {
    const interaction = `${name}-${(submissions += 1)}`;
    const entry = { ...APPROVED, interaction_id: interaction, adapter_id: 'hot' };
    try {
      const { status, body } = await callServer(serverOf(name), TOKEN, 'POST', BASE, entry);
      if (status === 201) {
        acknowledged.set(interaction, String(body['id']));
        counts.set(name, (counts.get(name) ?? 0) + 1);
        return;
      }
      expect(status).toBe(503);
      if (!String(body['details']).includes('did not take place')) uncertain.add(interaction);
    } catch (error) {
      // The server is gone in the middle of it.
      if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
      uncertain.add(interaction);
    }
  };
  const startLoad = (): { readonly stop: () => Promise<unknown> } => {
    let stopped = false;
    const running = Promise.all(
      NAMES.flatMap((name) =>
        Array.from({ length: CLIENTS_OF_A_SERVER }, async () => {
          while (!stopped) {
            await submit(name);
            // Some are always under way, and servers that start and recover meanwhile have time for it.
            await delay(20);
          }
        }),
      ),
    );
    return {
      stop: () => {
        stopped = true;
        return running;
      },
    };
  };
  /** Resolves once these servers have acknowledged some more. */
  const untilCommitted = async (...names: readonly Name[]): Promise<void> => {
    const goals = new Map(names.map((name) => [name, (counts.get(name) ?? 0) + 30]));
    for (const [name, goal] of goals) while ((counts.get(name) ?? 0) < goal) await delay(10);
  };

  /** Every entry that there is, each by what it was called by who submitted it. */
  const listAll = async (): Promise<{ readonly interaction: string; readonly id: string }[]> => {
    const listed: { readonly interaction: string; readonly id: string }[] = [];
    let cursor = '';
    for (;;) {
      const { status, body } = await callServer(serverOf('one'), TOKEN, 'GET', `${BASE}?limit=1000${cursor}`);
      expect(status).toBe(200);
      for (const { id, interaction_id } of body['feedback'] as { id: string; interaction_id: string }[]) {
        listed.push({ id, interaction: interaction_id });
      }
      if (typeof body['next_cursor'] !== 'string') return listed;
      cursor = `&cursor=${encodeURIComponent(body['next_cursor'])}`;
    }
  };

  beforeAll(async () => {
    primary = await startPostgres();
    // Otherwise it waits for five seconds before it looks for a primary that is back.
    standby = await startStandby(primary, { synchronous: true, settings: { wal_retrieve_retry_interval: '100ms' } });
    proxies = [await startProxy(primary), await startProxy(standby)];
    database = new URL(await primary.createDatabase()).pathname.slice(1);
    await start('one');
    await Promise.all([start('two'), start('linked')]);
  });
  afterAll(async () => {
    for (const { child, ended } of servers.values()) {
      child.kill('SIGKILL');
      await ended;
    }
    await Promise.all(proxies.map((proxy) => proxy.stop()));
    await standby.stop();
    await primary.stop();
  });

  beforeEach(async () => {
    load = startLoad();
    await untilCommitted(...NAMES);
  });
  afterEach(async () => {
    await load?.stop();
    // What was answered is there, once, and nothing else than what was submitted.
    const listed = await listAll();
    const byInteraction = new Map(listed.map(({ interaction, id }) => [interaction, id]));
    expect(byInteraction.size).toBe(listed.length);
    const lost = [...acknowledged].filter(([interaction, id]) => byInteraction.get(interaction) !== id);
    expect(lost).toEqual([]);
    const unasked = [...byInteraction.keys()].filter((one) => !acknowledged.has(one) && !uncertain.has(one));
    expect(unasked).toEqual([]);
    const store = await openStore(locationOf('two'));
    try {
      expect((await verifyStore(store)).disagreements).toEqual([]);
    } finally {
      await store.close();
    }
  });

  it('one of them is killed', async () => {
    const { child, ended } = serverOf('two');
    child.kill('SIGKILL');
    await ended;
    await untilCommitted('one', 'linked');
    await start('two');
    await untilCommitted(...NAMES);
  });

  it('one of them stands still while it has the lock', async () => {
    const { child } = serverOf('two');
    for (;;) {
      child.kill('SIGSTOP');
      await delay(20);
      const holding = await current().query(
        `SELECT 1 FROM pg_stat_activity WHERE application_name = 'two' AND state = 'idle in transaction'`,
      );
      if (holding.length > 0) break;
      child.kill('SIGCONT');
      await untilCommitted('two');
    }
    // The database ends its session, and the others go on while it still stands.
    await untilCommitted('one', 'linked');
    child.kill('SIGCONT');
    await untilCommitted(...NAMES);
  });

  it('the link of one of them is cut', async () => {
    await Promise.all(proxies.map((proxy) => proxy.cut()));
    await untilReadiness(503, 'linked');
    await untilCommitted('one', 'two');
    expect(await readiness('one')).toBe(200);
    await Promise.all(proxies.map((proxy) => proxy.repair()));
    await untilReadiness(200, 'linked');
    await untilCommitted(...NAMES);
  });

  it('the database is killed and started again', async () => {
    await current().kill();
    await untilReadiness(503, ...NAMES);
    await current().start();
    await untilReadiness(200, ...NAMES);
    await untilCommitted(...NAMES);
  });

  it('the primary is lost and its standby promoted', async () => {
    await primary.kill();
    await untilReadiness(503, ...NAMES);
    await standby.promote();
    isPromoted = true;
    await untilReadiness(200, ...NAMES);
    await untilCommitted(...NAMES);
    for (const name of NAMES) expect(serverOf(name).errors()).not.toContain('has lost commits');
  });

  let isPromoted = false;
  /** The database server that takes writes. */
  function current(): PostgresServer {
    return isPromoted ? standby : primary;
  }
});
