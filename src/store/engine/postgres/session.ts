import pg from 'pg';
import { STATEMENTS, type StatementName } from './statements.js';
import type { Row } from './wire.js';

/** One connection to the database. What is asked at the same time is sent at once, and answered in that order. */
export interface Session {
  /** Statements that were sent and are not answered. */
  readonly pending: number;
  readonly isLost: boolean;
  run(name: StatementName, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** A statement without values, such as `BEGIN`; answers the command that was carried out. */
  command(text: string): Promise<string>;
  /** Ends the connection in any case. */
  close(): Promise<void>;
  /** Drops the connection at once, as if the network had. */
  destroy(): void;
}

/** Opens one session. @throws whatever connecting throws */
export type OpenSession = (purpose: SessionPurpose) => Promise<Session>;

/** What a session is for: short reads of many, commits, or one long read of one state. */
export type SessionPurpose = 'read' | 'commit' | 'snapshot';

/** @param client connected, with `pipeline: true` */
export function createSession(client: pg.Client): Session {
  let pending = 0;
  let isLost = false;
  client.on('error', () => {
    isLost = true;
  });
  client.on('end', () => {
    isLost = true;
  });
  const destroy = (): void => {
    isLost = true;
    // Not in the types, and what `pg` itself does where a connection does not answer.
    const { connection } = client as unknown as { readonly connection?: { readonly stream?: { destroy(): void } } };
    connection?.stream?.destroy();
  };
  const ask = async <Answer>(asking: () => Promise<Answer>): Promise<Answer> => {
    if (isLost) throw new ConnectionLostError('The connection to the database is lost');
    pending += 1;
    try {
      return await asking();
    } catch (error) {
      if (isFatal(error)) destroy();
      throw error;
    } finally {
      pending -= 1;
    }
  };
  return {
    get pending() {
      return pending;
    },
    get isLost() {
      return isLost;
    },
    run: (name, values = []) =>
      ask(async () => {
        const query = { name, text: STATEMENTS[name], values: [...values], rowMode: 'array' as const };
        const { rows } = await client.query<unknown[]>(query);
        return rows;
      }),
    command: (text) => ask(async () => (await client.query(text)).command),
    close: async () => {
      if (isLost) return;
      isLost = true;
      await client.end().catch(() => undefined);
    },
    destroy,
  };
}

export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
}

/** The five characters by which SQL tells errors apart; undefined if the database has not answered. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

/**
 * Whether nothing more is to be expected of the connection: the database did not answer in time, is going away, or takes no
 * writes because another one has become the primary (25006, and 25P03 of a transaction that was idle for too long).
 */
function isFatal(error: unknown): boolean {
  const state = sqlState(error);
  return state === undefined || /^(57P0[1-5]|08...|25006|25P0[34])$/.test(state);
}

/** Whether the database has said that nothing of a transaction took place because of another one. */
export function isSerializationFailure(error: unknown): boolean {
  // 23502: a head that had moved. 55P03: the lock was not to be had in time.
  return /^(40001|40P01|23502|55P03)$/.test(sqlState(error) ?? '');
}

/** Whether the database has answered with an error, so that the transaction certainly did not take place. */
export function isRefusal(error: unknown): boolean {
  // 40003: the database itself does not know. After a fatal one, nobody has seen the end.
  return sqlState(error) !== undefined && sqlState(error) !== '40003' && !isFatal(error);
}
