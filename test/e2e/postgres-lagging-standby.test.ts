import { setTimeout as delay } from 'node:timers/promises';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { type PostgresProxy, startProxy } from '../support/postgres/proxy.js';
import { PASSWORD, type PostgresServer, startPostgres, SUPERUSER } from '../support/postgres/server.js';
import { type StandbyServer, startStandby } from '../support/postgres/standby.js';
import { callServer, type ServerProcess, startServerProcess } from '../support/process.js';

const SECRET = 'a secret of more than thirty-two bytes';
const TOKEN = jsonwebtoken.sign({ roles: ['admin', 'operator'] }, SECRET, { subject: 'operator', expiresIn: '1h' });

/** What docs/postgres.md says of asynchronous replication, with a real standby that lags. */
describe('a standby that lags is promoted', () => {
  let primary: PostgresServer;
  let link: PostgresProxy;
  let standby: StandbyServer;
  let servers: readonly ServerProcess[] = [];

  beforeAll(async () => {
    primary = await startPostgres();
    link = await startProxy(primary);
    standby = await startStandby({ ...primary, port: link.port });
    const database = new URL(await primary.createDatabase()).pathname.slice(1);
    const hosts = [primary, standby].map(({ port }) => `127.0.0.1:${port}`).join(',');
    const environment = {
      FEEDBACK_STORE: `postgres://${SUPERUSER}:${PASSWORD}@${hosts}/${database}`,
      FEEDBACK_JWT_SECRET: SECRET,
      FEEDBACK_LOG_LEVEL: 'error',
    };
    servers = [await startServerProcess(environment), await startServerProcess(environment)];
  });
  afterAll(async () => {
    for (const { child, ended } of servers) {
      child.kill('SIGKILL');
      await ended;
    }
    await link.stop();
    await standby.stop();
    await primary.stop();
  });

  const submit = async (server: ServerProcess): Promise<string | undefined> => {
    const { status, body } = await callServer(server, TOKEN, 'POST', BASE, APPROVED);
    expect([201, 503]).toContain(status);
    return status === 201 ? String(body['id']) : undefined;
  };
  const submitOften = async (server: ServerProcess, times: number): Promise<(string | undefined)[]> => {
    const ids = [];
    for (let time = 0; time < times; time += 1) ids.push(await submit(server));
    return ids;
  };
  const listIds = async (server: ServerProcess): Promise<string[]> => {
    const { body } = await callServer(server, TOKEN, 'GET', `${BASE}?limit=1000`);
    return (body['feedback'] as { id: string }[]).map(({ id }) => id).sort();
  };
  const lossesFound = async (server: ServerProcess): Promise<string | undefined> => {
    const metrics = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
    return /^feedback_graph_store_losses_found_total (\d+)$/m.exec(await metrics.text())?.[1];
  };

  it('is said loudly by every server that knew of more, and all go on with what there is', async () => {
    const [one, two] = servers;
    if (one === undefined || two === undefined) throw new Error('The servers do not run');
    const kept = [...(await submitOften(one, 5)), ...(await submitOften(two, 5))];
    const [{ position } = { position: '' }] = await primary.query<{ position: string }>(
      'SELECT pg_current_wal_lsn()::text AS position',
    );
    const hasReplayed = `SELECT pg_last_wal_replay_lsn() >= '${position}'::pg_lsn AS done`;
    while ((await standby.query<{ done: boolean }>(hasReplayed))[0]?.done !== true) await delay(20);
    await link.cut();
    const lost = [...(await submitOften(one, 5)), ...(await submitOften(two, 5))];
    expect([...kept, ...lost]).not.toContain(undefined);

    await primary.kill();
    await standby.promote();

    const after = [];
    for (const server of servers) {
      let id: string | undefined;
      while (id === undefined) id = await submit(server);
      after.push(id, ...(await submitOften(server, 5)));
    }
    expect(after).not.toContain(undefined);
    for (const server of servers) {
      expect(server.errors()).toContain('has lost commits');
      expect(await lossesFound(server)).toBe('1');
      expect(await listIds(server)).toEqual([...kept, ...after].sort());
      for (const id of lost) expect((await callServer(server, TOKEN, 'GET', `${BASE}/${id}`)).status).toBe(404);
    }
  });
});
