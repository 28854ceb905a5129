/** Servers of two releases over one store: what each may do, and in which format they write. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../../../src/store/contract.js';
import { type Abilities, OWN_ABILITIES } from '../../../../src/store/engine/postgres/agreement.js';
import { Heartbeat } from '../../../../src/store/engine/postgres/heartbeat.js';
import { openPostgresStore } from '../../../../src/store/engine/postgres/postgres-store.js';
import { createSessions } from '../../../../src/store/engine/postgres/sessions.js';
import type { StoreLogger } from '../../../../src/store/transactions/committer.js';
import { withStatementListener } from '../../../support/postgres/sessions.js';
import { createTestTables, type TestTables } from '../../../support/postgres/tables.js';

const { schemaVersion, recordFormat } = OWN_ABILITIES;
const NEXT: Abilities = { schemaVersion, recordFormat: recordFormat + 1 };

let tables: TestTables;
let stopping: (() => Promise<void>)[];

beforeEach(async () => {
  tables = await createTestTables();
  stopping = [];
});

afterEach(async () => {
  await Promise.all(stopping.map((stop) => stop()));
});

/** A server that beats when it is told to. */
function server(
  number: number,
  abilities: Abilities,
  {
    openSession = tables.openSession,
    logger,
  }: Partial<Pick<TestTables, 'openSession'>> & { logger?: StoreLogger } = {},
): Heartbeat {
  const sessions = createSessions(openSession, { read: 1, commit: 2, snapshot: 1 }, () => undefined);
  const heartbeat = new Heartbeat({
    sessions,
    server: `00000000-0000-4000-8000-00000000000${number}`,
    version: 'test',
    use: 'server',
    abilities,
    now: Date.now,
    logger,
    isFailing: () => false,
    onSuccess: () => undefined,
    onFailure: () => undefined,
  });
  stopping.push(async () => {
    await heartbeat.stop();
    await sessions.close();
  });
  return heartbeat;
}

async function beat(...heartbeats: readonly Heartbeat[]): Promise<number[]> {
  // One to raise it, one to hear of it.
  for (let round = 0; round < 2; round++) for (const heartbeat of heartbeats) await heartbeat.beat();
  return heartbeats.map((heartbeat) => heartbeat.recordFormat);
}

async function open(abilities: Abilities, logger?: StoreLogger): Promise<Store> {
  const store = await openPostgresStore({ openSession: tables.openSession, version: 'test', abilities, logger });
  stopping.push(() => store.close());
  return store;
}

function put(store: Store): Promise<void> {
  return store.transact((transaction) => {
    transaction.put('a:1', Buffer.from('value'));
    return Promise.resolve();
  });
}

describe('the format of records', () => {
  it('is the newest that every live server reads', async () => {
    const [old, next] = [server(1, OWN_ABILITIES), server(2, NEXT)];
    await old.join();
    await next.join();
    expect(await beat(old, next)).toEqual([recordFormat, recordFormat]);
    await old.stop();
    expect(await beat(next)).toEqual([NEXT.recordFormat]);
    await expect(server(3, OWN_ABILITIES).join()).rejects.toThrow(
      `The store has records of format ${NEXT.recordFormat}, which a later release of feedback-graph wrote; ` +
        `this one knows format ${recordFormat}: install that release`,
    );
  });

  it('stays for a server that was killed or cannot say what it reads, until it has been silent for 10 s', async () => {
    const next = server(2, NEXT);
    await next.join();
    await tables.query(`UPDATE fg_meta SET value = '${recordFormat}' WHERE name = 'record_format'`);
    await tables.query(
      `INSERT INTO fg_server (server, kind, version) VALUES ('00000000-0000-4000-8000-000000000001', 'server', 'before')`,
    );
    expect(await beat(next)).toEqual([1]);
    await tables.query(`UPDATE fg_server SET seen = now() - interval '11 seconds' WHERE version = 'before'`);
    expect(await beat(next)).toEqual([NEXT.recordFormat]);
  });

  it('is not raised over the head of a server that joins at the same moment', async () => {
    const old = server(1, OWN_ABILITIES);
    let joined: Promise<void> | undefined;
    const next = server(2, NEXT, {
      openSession: withStatementListener(tables.openSession, async (name) => {
        // It has seen that nobody is in the way, and is about to raise it.
        if (name === 'lockAgreement' && next.recordFormat === recordFormat && isAlone) await (joined ??= old.join());
      }),
    });
    let isAlone = false;
    await tables.query(
      `INSERT INTO fg_server (server, kind, version) VALUES ('00000000-0000-4000-8000-000000000003', 'server', 'before')`,
    );
    await next.join();
    await tables.query(`DELETE FROM fg_server WHERE version = 'before'`);
    isAlone = true;
    expect(await beat(next)).toEqual([recordFormat]);
    expect(joined).toBeDefined();
  });
});

describe('a server that the others have left behind', () => {
  it.each([
    [
      'records',
      `UPDATE fg_meta SET value = '${recordFormat + 1}' WHERE name = 'record_format'`,
      /has records of format/,
    ],
    [
      'tables',
      `UPDATE fg_meta SET value = '${schemaVersion + 1}' WHERE name IN ('schema_version', 'compatible_with')`,
      /has tables of version/,
    ],
  ])('stops to write, and says so once: %s', async (_what, change, reason) => {
    const lines: string[] = [];
    const logger: StoreLogger = {
      info: () => undefined,
      warn: () => undefined,
      error: (_details, message) => lines.push(message),
    };
    const store = await open(OWN_ABILITIES, logger);
    await put(store);
    await tables.query(change);
    await expect.poll(() => store.health.writable, { timeout: 10_000 }).toBe(false);
    expect(store.health).toMatchObject({ reason: expect.stringMatching(reason) as string });
    await expect(put(store)).rejects.toThrow();
    // Who counts on its reads can still have them.
    expect(await store.read((reader) => reader.get('a:1'))).toEqual(Buffer.from('value'));
    const one = server(1, OWN_ABILITIES, { logger: { ...logger, error: (_details, message) => lines.push(message) } });
    await beat(one);
    expect(lines.filter((line) => reason.test(line))).toHaveLength(2);
    await expect(open(OWN_ABILITIES)).rejects.toThrow(reason);
  });

  it('may use tables that were added to', async () => {
    await tables.query(`UPDATE fg_meta SET value = '${schemaVersion + 1}' WHERE name = 'schema_version'`);
    const store = await open(OWN_ABILITIES);
    await put(store);
    expect(store.health).toEqual({ writable: true });
  });
});
