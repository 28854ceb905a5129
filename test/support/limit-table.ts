/** What several servers count in, in memory: as the tables of PostgreSQL do, by a clock that a test moves. */
import type { LimitTable, TableCount } from '../../src/store/engine/postgres/limit-table.js';
import type { SeenServers } from '../../src/store/engine/postgres/shared-counts.js';

export interface FakeTables {
  /** Epoch of both the servers and the database, ms. */
  time: number;
  owner: string | undefined;
  isWanted: boolean;
  readonly rows: Map<string, { used: number; ends: number }>;
  /** When each server was last seen. */
  readonly servers: Map<string, number>;
  /** How many statements were sent. */
  statements: number;
  /** Statements that are on their way. */
  underway: number;
  isAway: boolean;
}

export function createFakeTables(): FakeTables {
  return {
    time: 1_000_000,
    owner: undefined,
    isWanted: false,
    rows: new Map(),
    servers: new Map(),
    statements: 0,
    underway: 0,
    isAway: false,
  };
}

const isAlive = ({ servers, time }: FakeTables, server: string, milliseconds: number): boolean =>
  (servers.get(server) ?? -Infinity) > time - milliseconds;

const othersOf = (tables: FakeTables, server: string): number =>
  [...tables.servers.keys()].filter((other) => other !== server && isAlive(tables, other, 10_000)).length;

/** @param travel comes before and after each statement, which itself takes place in one moment */
export function fakeLimitTable(tables: FakeTables, server: string, travel: () => Promise<void>): LimitTable {
  const statement = async <T>(run: () => T): Promise<T> => {
    tables.statements += 1;
    tables.underway += 1;
    try {
      await travel();
      if (tables.isAway) throw new Error('The database is away');
      const answer = run();
      await travel();
      return answer;
    } finally {
      tables.underway -= 1;
    }
  };
  const rowAt = (name: string, milliseconds: number) => {
    const row = tables.rows.get(name);
    if (row !== undefined && (row.used === 0 || row.ends <= tables.time)) {
      row.used = 0;
      row.ends = tables.time + milliseconds;
    }
    return row;
  };
  return {
    count: (points) =>
      statement((): TableCount => {
        const found = points.map((asked) => ({ asked, row: rowAt(asked.name, asked.milliseconds) }));
        const isOwned = tables.owner !== undefined && tables.owner !== server;
        const isCounted =
          !isOwned && found.every(({ asked, row }) => row !== undefined && row.used + asked.points <= asked.maximum);
        if (isCounted) for (const { asked, row } of found) row!.used += asked.points;
        const known = found.flatMap(({ asked, row }) =>
          row === undefined ? [] : [[asked.name, { used: row.used, milliseconds: row.ends - tables.time }] as const],
        );
        return { rows: new Map(known), isCounted, isOwned: isOwned && known.length > 0 };
      }),
    add: (names) =>
      statement(() => {
        for (const name of names) if (!tables.rows.has(name)) tables.rows.set(name, { used: 0, ends: 0 });
      }),
    share: (points) =>
      statement(() => {
        for (const { name, points: counted, milliseconds } of points) {
          const row = rowAt(name, milliseconds);
          if (row === undefined) tables.rows.set(name, { used: counted, ends: tables.time + milliseconds });
          else row.used += counted;
        }
        if (tables.owner === server) [tables.owner, tables.isWanted] = [undefined, false];
      }),
    load: () =>
      statement(() => {
        const rows = [...tables.rows].filter(([, { ends }]) => ends > tables.time);
        rows.sort(([, one], [, other]) => other.ends - one.ends);
        return new Map(rows.map(([name, { used, ends }]) => [name, { used, milliseconds: ends - tables.time }]));
      }),
    own: () =>
      statement(() => {
        if (tables.owner !== undefined || othersOf(tables, server) > 0) return false;
        [tables.owner, tables.isWanted] = [server, false];
        return true;
      }),
    want: () =>
      statement(() => {
        const { owner } = tables;
        if (owner === undefined || owner === server) return false;
        tables.isWanted = true;
        if (!isAlive(tables, owner, 3_000)) tables.owner = undefined;
        return tables.owner !== undefined;
      }),
    forget: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

/** The heartbeat of a server. */
export async function fakeBeat(tables: FakeTables, server: string, travel: () => Promise<void>): Promise<SeenServers> {
  const startedAt = tables.time;
  await travel();
  if (tables.isAway) throw new Error('The database is away');
  tables.servers.set(server, tables.time);
  const { owner, isWanted } = tables;
  const seen = { startedAt, owner, isWanted, others: othersOf(tables, server) };
  await travel();
  return seen;
}
