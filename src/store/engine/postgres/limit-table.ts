/** The table that all servers count requests in, and the row that says whether one of them counts alone, in its memory. */
import { createHash } from 'node:crypto';
import { isSerializationFailure, type Session } from './session.js';
import type { StatementName } from './statements.js';
import { numberAt, type Row, textAt } from './wire.js';

/** What is to be counted of a name in a window. */
export interface TablePoints {
  readonly name: string;
  readonly points: number;
  readonly maximum: number;
  /** The length of a window. */
  readonly milliseconds: number;
}

/** Where a name stands, and until when. */
export interface TableRow {
  readonly used: number;
  readonly milliseconds: number;
}

export interface TableCount {
  /** By name; names that the table does not have are missing. */
  readonly rows: ReadonlyMap<string, TableRow>;
  readonly isCounted: boolean;
  /** Whether nothing was counted because another server counts alone. */
  readonly isOwned: boolean;
}

export interface LimitTable {
  /** Counts all or nothing, of different names. */
  count(points: readonly TablePoints[]): Promise<TableCount>;
  /** Adds rows for names that the table does not have. */
  add(names: readonly string[]): Promise<void>;
  /** Adds what was counted in memory, without looking at limits, and lets others count. */
  share(
    points: readonly { readonly name: string; readonly points: number; readonly milliseconds: number }[],
  ): Promise<void>;
  /** What was counted in windows that are under way; of those that end last if there are more than `limit`. */
  load(limit: number): Promise<ReadonlyMap<string, TableRow>>;
  /** @returns whether this server has become the one that counts alone, once nobody is left that counts in the table */
  own(): Promise<boolean>;
  /** Asks another server that counts alone to share. @returns whether there still is one that is alive */
  want(): Promise<boolean>;
  /** Removes rows of windows that ended long ago, a bounded number of them. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

/** Whoever reads the table is not to read the names of users in it. */
export function toTableName(name: string): string {
  return createHash('sha256').update(name).digest('base64url');
}

/** How long a statement may take until the connection counts as lost, ms. */
const PATIENCE = 2_000;
const MAX_ATTEMPTS = 10;

/** @param open opens the connection that counting has for itself: it waits for no commit and no long read */
export function createLimitTable(server: string, open: () => Promise<Session>): LimitTable {
  let session: Session | undefined;
  let opening: Promise<Session> | undefined;
  let isClosed = false;

  async function openOnce(): Promise<Session> {
    const opened = await open();
    // Whoever waits for a row is to see it as it is then, and no error, whatever the database does unless told.
    await opened.command('SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED');
    if (isClosed) await opened.close();
    session = opened;
    return opened;
  }

  async function usable(): Promise<Session> {
    if (session?.isLost === false) return session;
    opening ??= openOnce().finally(() => (opening = undefined));
    return opening;
  }

  /** @throws if the database does not answer in time, or refuses */
  async function withSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        session?.destroy();
        reject(new Error('The database does not answer'));
      }, PATIENCE);
    });
    try {
      return await Promise.race([attempt(work), tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  async function attempt<T>(work: (session: Session) => Promise<T>): Promise<T> {
    for (let attempts = 1; ; attempts++) {
      const used = await usable();
      try {
        return await work(used);
      } catch (error) {
        if (!isSerializationFailure(error) || attempts >= MAX_ATTEMPTS) throw error;
      }
    }
  }

  const run = (name: StatementName, values: readonly unknown[]): Promise<readonly Row[]> =>
    withSession((open) => open.run(name, values));

  return {
    count: async (points) => {
      const rows = await run('count', [
        server,
        points.map(({ name }) => name),
        points.map(({ points: asked }) => asked),
        points.map(({ maximum }) => maximum),
        points.map(({ milliseconds }) => milliseconds),
      ]);
      return {
        rows: toRows(rows),
        isCounted: rows[0]?.[3] === true,
        isOwned: rows[0]?.[4] === true,
      };
    },
    add: async (names) => {
      // In one order, so that no two servers wait for each other.
      await run('addLimits', [[...names].sort()]);
    },
    share: async (points) => {
      const ordered = [...points].sort((one, other) => (one.name < other.name ? -1 : 1));
      await withSession(async (open) => {
        const [, , , ended] = await Promise.all([
          open.command('BEGIN ISOLATION LEVEL READ COMMITTED'),
          open.run('addCounts', [
            ordered.map(({ name }) => name),
            ordered.map(({ points: counted }) => counted),
            ordered.map(({ milliseconds }) => Math.ceil(milliseconds)),
          ]),
          open.run('shareCounts', [server]),
          open.command('COMMIT'),
        ]);
        if (ended !== 'COMMIT') throw new Error('The database has not taken the counts');
      });
    },
    load: async (limit) => toRows(await run('counts', [limit])),
    own: async () => (await run('ownCounts', [server])).length > 0,
    want: async () => {
      const [row] = await run('wantCounts', [server]);
      return row !== undefined && row[0] !== null;
    },
    forget: async () => {
      await run('forgetCounts', []);
    },
    close: async () => {
      isClosed = true;
      await session?.close();
    },
  };
}

function toRows(rows: readonly Row[]): Map<string, TableRow> {
  return new Map(rows.map((row) => [textAt(row, 0), { used: numberAt(row, 1), milliseconds: numberAt(row, 2) }]));
}
