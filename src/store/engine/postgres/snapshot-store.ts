/** A store that is read in one state from its opening to its closing, and never written: a standby will do. */
import { UnavailableError } from '../../../errors.js';
import { checkRange } from '../../byte-order.js';
import type { Entry, KeyRange, Store, Transaction } from '../../contract.js';
import { cannotRead, closing } from '../../errors.js';
import { ORGANIZATION_STREAMS, type Stream } from '../../streams.js';
import { type Session, sqlState } from './session.js';
import type { StatementName } from './statements.js';
import { StreamState } from './stream-state.js';
import { PostgresTransaction, type TransactionSources } from './transaction.js';
import { createVersionedReads, readPieces } from './versioned-reads.js';
import { numberAt, type Row } from './wire.js';

const NOTHING_WRITTEN =
  'The store was opened for reading, and lacks what a server writes when it first starts with it: start one first';

/** Takes over a session that nobody else uses, and closes it with the store. @throws UnavailableError */
export async function openSnapshotStore(session: Session): Promise<Store> {
  const run = async (name: StatementName, values: readonly unknown[] = []): Promise<readonly Row[]> => {
    try {
      return await session.run(name, values);
    } catch (error) {
      throw describeEnd(error);
    }
  };
  await session.command('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY').catch((error: unknown) => {
    throw describeEnd(error);
  });
  // The first statement takes the snapshot.
  const heads = await run('heads');
  const [[purgeDue] = []] = await run('purgeDue');
  const states = new Map<Stream, StreamState>();
  const sources: TransactionSources = {
    reads: createVersionedReads(run),
    streams: ORGANIZATION_STREAMS,
    stateOf: (stream) => {
      const state = states.get(stream) ?? new StreamState(stream);
      states.set(stream, state);
      return state;
    },
    now: Date.now,
  };
  let closed: Promise<void> | undefined;

  async function readWith<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    if (closed !== undefined) throw closing();
    const transaction = new PostgresTransaction(sources);
    try {
      const answer = await work(transaction);
      if (transaction.writes > 0) throw new UnavailableError(NOTHING_WRITTEN, 1);
      return answer;
    } finally {
      transaction.end();
      transaction.release();
    }
  }

  async function* snapshot(range: KeyRange): AsyncGenerator<Entry[], void> {
    const bounded = checkRange(range);
    if (bounded === undefined) return;
    yield* readPieces((name, values) => {
      if (closed !== undefined) throw closing();
      return run(name, values);
    }, bounded);
  }

  return {
    read: readWith,
    readTracked: async (work) => ({ answer: await readWith(work), isCurrent: () => false, bytes: 0 }),
    transact: readWith,
    snapshot,
    purge: () => Promise.reject(new UnavailableError(NOTHING_WRITTEN, 1)),
    compact: () => Promise.resolve(),
    sequence: heads.reduce((sum, row) => sum + numberAt(row, 1), 0),
    health: {
      writable: false,
      reason: 'open for reading only',
      ...(typeof purgeDue === 'string' && { purgeDueSince: Number(purgeDue) }),
    },
    now: Date.now,
    close: () => (closed ??= session.close()),
  };
}

/** Said once the transaction has failed by an earlier error. */
const ABORTED = '25P02';
/** Of a standby: what is read has to go, as the primary has removed it. */
const STANDBY_CONFLICT = '40001';

function describeEnd(error: unknown): UnavailableError {
  const state = sqlState(error);
  if (state === STANDBY_CONFLICT || state === ABORTED) {
    return new UnavailableError(
      'The database ended the read of one state of the store: on a standby, raise max_standby_streaming_delay or turn ' +
        'hot_standby_feedback on, or read from the primary',
      1,
      { cause: error },
    );
  }
  return cannotRead(error);
}
