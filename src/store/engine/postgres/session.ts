import pg from 'pg';
import { STATEMENTS, type StatementName } from './statements.js';
import type { Row } from './wire.js';

/** One connection to the database. What is asked at the same time is sent at once, and answered in that order. */
export interface Session {
  /** Statements that were sent and are not answered. */
  readonly pending: number;
  readonly isLost: boolean;
  /** Calls `listener` once the connection is lost, but not where it is closed. */
  onLost(listener: () => void): void;
  run(name: StatementName, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** A statement without values, such as `BEGIN`; answers the command that was carried out. */
  command(text: string): Promise<string>;
  /** Ends the connection in any case. */
  close(): Promise<void>;
  /** Drops the connection at once, as if the network had. */
  destroy(): void;
}

/** Runs one statement, wherever it is run. */
export type RunStatement = (name: StatementName, values: readonly unknown[]) => Promise<readonly Row[]>;

/** Opens one session. @throws whatever connecting throws */
export type OpenSession = (purpose: SessionPurpose) => Promise<Session>;

/** What a session is for: short reads of many, commits, or one long read of one state. */
export type SessionPurpose = 'read' | 'commit' | 'snapshot';

/** How long closing a connection may take, ms: who does not answer may never do so. */
const CLOSING = 1_000;

/**
 * @param client connected, with `pipeline: true`
 * @param maxSilence how long the database may answer nothing of what it was asked before the connection counts as lost, ms:
 *   where a network drops what is sent, nothing else would tell for many minutes
 */
export function createSession(client: pg.Client, maxSilence = Infinity): Session {
  let pending = 0;
  let isLost = false;
  let isClosing = false;
  let answers = 0;
  let onLost: () => void = () => undefined;
  const noteLoss = (): void => {
    if (isLost || isClosing) return;
    isLost = true;
    onLost();
  };
  let warnings = 0;
  client.on('notice', ({ code }) => {
    // A warning has a code of its own; how severe it is, the database says in the language that it was set up with.
    if (code !== '00000') warnings += 1;
  });
  client.on('error', noteLoss);
  client.on('end', noteLoss);
  const destroy = (): void => {
    noteLoss();
    // Not in the types, and what `pg` itself does where a connection does not answer.
    const { connection } = client as unknown as { readonly connection?: { readonly stream?: { destroy(): void } } };
    connection?.stream?.destroy();
  };
  const silence = maxSilence === Infinity ? undefined : setTimeout(endSilence, maxSilence).unref();
  function endSilence(): void {
    const before = answers;
    // A process that was stopped itself finds the answers only after its timers.
    setImmediate(() => setImmediate(() => (pending > 0 && answers === before ? destroy() : silence?.refresh())));
  }
  const ask = async <Answer>(asking: () => Promise<Answer>): Promise<Answer> => {
    if (isLost || isClosing) throw new ConnectionLostError('The connection to the database is lost');
    if (pending === 0) silence?.refresh();
    pending += 1;
    try {
      return await asking();
    } catch (error) {
      if (isFatal(error)) destroy();
      throw error;
    } finally {
      pending -= 1;
      answers += 1;
      if (pending > 0) silence?.refresh();
    }
  };
  return {
    get pending() {
      return pending;
    },
    get isLost() {
      return isLost || isClosing;
    },
    onLost: (listener) => {
      onLost = listener;
    },
    run: (name, values = []) =>
      ask(async () => {
        const query = { name, text: STATEMENTS[name], values: [...values], rowMode: 'array' as const };
        const { rows } = await client.query<unknown[]>(query);
        return rows;
      }),
    command: (text) =>
      ask(async () => {
        const before = warnings;
        const { command } = await client.query(text);
        // It has stopped waiting for its standby: what is committed may yet be lost with this server.
        if (command === 'COMMIT' && warnings > before)
          throw new UnconfirmedCommitError('A COMMIT ended with a warning');
        return command;
      }),
    close: async () => {
      if (isLost || isClosing) return;
      isClosing = true;
      clearTimeout(silence);
      const timer = setTimeout(destroy, CLOSING);
      await client.end().catch(() => undefined);
      clearTimeout(timer);
    },
    destroy,
  };
}

export class UnconfirmedCommitError extends Error {
  override readonly name = 'UnconfirmedCommitError';
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

/** Whether a lock was not to be had in time. */
export function isLockTimeout(error: unknown): boolean {
  return sqlState(error) === '55P03';
}

/**
 * Whether the database has refused one statement for what is in it, or for what only happened to it: 22xxx and 54xxx say that
 * it cannot hold a value, 57014 that somebody or its timeout has ended it.
 */
export function isRefusalOfOne(error: unknown): boolean {
  return /^(22...|54...|57014)$/.test(sqlState(error) ?? '');
}

/** Whether the database has answered with an error, so that the transaction certainly did not take place. */
export function isRefusal(error: unknown): boolean {
  // 40003: the database itself does not know. After a fatal one, nobody has seen the end.
  return sqlState(error) !== undefined && sqlState(error) !== '40003' && !isFatal(error);
}
