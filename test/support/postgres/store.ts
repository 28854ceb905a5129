/** Stores over a test's PostgreSQL, as servers open them, and what a test asks of them whatever fails. */
import { expect } from 'vitest';
import { UnavailableError } from '../../../src/errors.js';
import type { Store } from '../../../src/store/contract.js';
import { connectPostgres } from '../../../src/store/engine/postgres/connection.js';
import { readPostgresLocation } from '../../../src/store/engine/postgres/location.js';
import { sessionsAt } from '../../../src/store/engine/postgres/open.js';
import { openPostgresStore, type PostgresStoreOptions } from '../../../src/store/engine/postgres/postgres-store.js';
import { prepareSchema } from '../../../src/store/engine/postgres/schema.js';
import type { OpenSession, Session } from '../../../src/store/engine/postgres/session.js';
import type { Streams } from '../../../src/store/streams.js';

/** The stream of a key is what stands before its slash. */
export const SLASH_STREAMS: Streams = {
  ofKey: (key) => key.slice(0, key.indexOf('/')),
  ofRange: ({ gte, lt }) => {
    const prefix = gte.slice(0, gte.indexOf('/') + 1);
    return prefix !== '' && lt.startsWith(prefix) ? prefix.slice(0, -1) : undefined;
  },
};

/** Makes the tables in an empty database. */
export async function createTables(url: string): Promise<void> {
  const { client, place, version } = await connectPostgres(readPostgresLocation(url, {}), { role: 'test' });
  await prepareSchema({ client, place, version }, { create: true, migrate: true, write: true });
  await client.end();
}

export interface TestStoreOptions extends Partial<PostgresStoreOptions> {
  /** After how many ms without an answer a connection counts as lost. */
  readonly maxSilence?: number;
  readonly wrap?: (session: Session, purpose: Parameters<OpenSession>[0]) => Session;
}

/** Opens a store with the timeouts of a server, on tables that exist. */
export function openStoreAt(
  url: string,
  { maxSilence, wrap = (session) => session, ...options }: TestStoreOptions = {},
): Promise<Store> {
  const silence = maxSilence === undefined ? undefined : { read: maxSilence, commit: maxSilence, snapshot: maxSilence };
  const open = sessionsAt(readPostgresLocation(url, {}), silence);
  return openPostgresStore({
    openSession: async (purpose) => wrap(await open(purpose), purpose),
    version: 'test',
    streams: SLASH_STREAMS,
    ...options,
  });
}

export const KINDS = ['blind', 'reading', 'scanning', 'two streams', 'read one, write another', 'exclusive'] as const;
export type Kind = (typeof KINDS)[number];

/**
 * Transactions that each count themselves and append to a log, and what became of them as far as their caller was told.
 */
export class Journal {
  readonly acknowledged = new Map<string, Kind>();
  readonly refused = new Map<string, Kind>();
  readonly unknown = new Map<string, Kind>();
  /** The last that was refused or unknown: why. */
  lastFailure: UnavailableError | undefined;
  #ids = 0;

  /** Commits one transaction, if the store can. */
  async commit(store: Store, kind: Kind): Promise<boolean> {
    const id = `${kind}-${(this.#ids += 1)}`;
    try {
      await store.transact(async (transaction) => {
        if (kind === 'exclusive') await transaction.scan({ gte: 'a/own:', lt: 'b/own;', limit: 3 });
        if (kind === 'reading') {
          await transaction.get('a/newest');
          await transaction.counters(['a/total']);
        }
        if (kind === 'scanning') await transaction.scanKeys({ gte: 'a/log:', lt: 'a/log;', limit: 2, reverse: true });
        // The first of the streams, in their order, is only read.
        if (kind === 'read one, write another') await transaction.get('0/never written');
        transaction.add(`a/own:${id}`, 1);
        transaction.add('a/total', 1);
        transaction.put('a/newest', Buffer.from(id));
        transaction.append('a/log:', Buffer.from(id));
        if (kind === 'two streams') {
          transaction.add('b/total', 1);
          transaction.append('b/log:', Buffer.from(id));
        }
      });
      this.acknowledged.set(id, kind);
      return true;
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      this.lastFailure = error;
      (error.message.includes('unknown') ? this.unknown : this.refused).set(id, kind);
      return false;
    }
  }

  /** Nothing acknowledged is lost, nothing refused is there, nothing is there twice, and what belongs together agrees. */
  async check(store: Store): Promise<void> {
    const all = await store.read((reader) => reader.scan({ gte: 'a/', lt: 'b0', limit: Infinity }));
    const values = new Map(all.map(({ key, value }) => [key, value.toString()]));
    const logOf = (stream: string): string[] =>
      all.filter(({ key }) => key.startsWith(`${stream}/log:`)).map(({ value }) => value.toString());
    const log = logOf('a');
    expect(new Set(log).size).toBe(log.length);
    const numbers = all.filter(({ key }) => key.startsWith('a/log:')).map(({ key }) => Number(key.slice(6)));
    expect(numbers).toEqual(log.map((_, index) => index + 1));
    const known = [...this.acknowledged.keys(), ...this.unknown.keys()];
    expect(known).toEqual(expect.arrayContaining(log));
    expect(log).toEqual(expect.arrayContaining([...this.acknowledged.keys()]));
    const counted = [...values].filter(([key]) => key.startsWith('a/own:'));
    expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(log.map((id) => [`a/own:${id}`, '1'])));
    expect(values.get('a/total')).toBe(log.length === 0 ? undefined : String(log.length));
    expect(values.get('a/newest')).toBe(log.at(-1));
    const across = log.filter((id) => id.startsWith('two streams'));
    expect(logOf('b')).toEqual(across);
    expect(values.get('b/total')).toBe(across.length === 0 ? undefined : String(across.length));
  }
}

/** Repeats `work` until it answers true. */
export async function until(work: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await work())) await new Promise((resolve) => setTimeout(resolve, 20));
}
