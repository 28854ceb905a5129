/** Tables and connections that many tests use one after another: to make them takes longer than most tests. */
import { afterAll } from 'vitest';
import type { Session } from '../../../src/store/engine/postgres/session.js';
import type { PostgresInstallation } from './installation.js';
import { type KeptSessions, keepSessions } from './sessions.js';
import { createTestDatabase } from './shared.js';
import { createTestTables, type TestTables } from './tables.js';

/** What makes the tables as they were when they were made. */
const EMPTY_TABLES = `DELETE FROM fg_kv; DELETE FROM fg_log; DELETE FROM fg_writer; DELETE FROM fg_server;
  DELETE FROM fg_limit; UPDATE fg_limit_owner SET owner = NULL, wanted = false;
  DELETE FROM fg_head WHERE stream <> ''; UPDATE fg_head SET seq = 0, clock = 0, epoch = 0`;

export interface KeptTables extends TestTables {
  /** Leaves them to the next test, once every store over them is closed. */
  readonly release: () => void;
}

interface Kept extends TestTables, KeptSessions {
  readonly emptying: Session;
}

/** Answers empty tables at each call. Call it where tests are described: connections are ended after the last of them. */
export function useKeptTables(installation?: PostgresInstallation): () => Promise<KeptTables> {
  let database: Promise<string> | undefined;
  const all: Kept[] = [];
  const free: Kept[] = [];

  const make = async (): Promise<Kept> => {
    const tables = await createTestTables(await (database ??= createTestDatabase(installation)));
    const made = { ...tables, ...keepSessions(tables.openSession), emptying: await tables.openSession('read') };
    all.push(made);
    return made;
  };

  afterAll(async () => {
    await Promise.all(all.splice(0).map(({ emptying, end }) => Promise.all([emptying.close(), end()])));
  });

  return async () => {
    const { emptying, ...tables } = free.pop() ?? (await make());
    await emptying.command(EMPTY_TABLES);
    return { ...tables, release: () => free.push({ emptying, ...tables }) };
  };
}
