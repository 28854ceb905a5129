import { checkKey } from '../../byte-order.js';
import type { Entry, Key } from '../../contract.js';
import { StoreOpenError } from '../../errors.js';
import { RECORD_FORMAT } from '../../record.js';
import { SHARED_STREAM } from '../../streams.js';
import { entriesAfter, type StoreContents } from '../../transactions/bulk-load.js';
import { LoadedClocks } from './loaded-clocks.js';
import type { Session } from './session.js';
import { MAX_KEY_BYTES } from './transaction.js';
import { byteaArray, bytesAt, keyAt, textAt, toBytes } from './wire.js';

/** Marks a load that nothing can go on with. */
const WITHOUT_ORIGIN = '';

/** The end of all keys. */
const END: Key = '\u{10ffff}';
const CHECKED_AT_ONCE = 1_000;

/**
 * Fills an empty store, piece by piece. If it does not come to its end, the store cannot be opened, and the next bulk load
 * starts afresh, or goes on if it is of the same origin. Nobody else may use the store meanwhile.
 * @param where the store, for errors
 * @throws StoreOpenError, with nothing touched, if it is not empty; whatever `contents` throws
 */
export async function bulkLoadSession(session: Session, contents: StoreContents, where: string): Promise<void> {
  const { entries, sequence, origin = WITHOUT_ORIGIN, check } = contents;
  const last = await findStart(session, origin, where);
  // A later release is refused here, so this one raises it at most.
  await session.run('setRecordFormat', [RECORD_FORMAT]);
  const clocks = new LoadedClocks();
  for await (const piece of entriesAfter(clocks.observe(entries), last)) {
    for (const { key } of piece) checkLoaded(key);
    const newest = new Map(piece.map(({ key, value }) => [key, value]));
    await session.run('put', [byteaArray([...newest.keys()].map(toBytes)), byteaArray([...newest.values()])]);
  }
  if (check !== undefined) {
    try {
      await check(readAll(session));
    } catch (error) {
      await session.run('renameLoad', [WITHOUT_ORIGIN]);
      throw error;
    }
  }
  await session.command('BEGIN');
  await session.run('setHead', [SHARED_STREAM, sequence]);
  await session.run('setClocks', clocks.columns);
  await session.run('endLoad');
  await session.command('COMMIT');
}

/** @throws StoreOpenError if a bulk load has begun and not come to its end */
export async function refuseUnfinished(session: Session, where: string): Promise<void> {
  const [unfinished] = await session.run('load');
  if (unfinished !== undefined) {
    throw new StoreOpenError(
      `The store ${where} cannot be opened: its restore or copy was interrupted, and must be repeated`,
    );
  }
}

/** Begins a load, or finds one that it can go on with. @returns the last key that is loaded already */
async function findStart(session: Session, origin: string, where: string): Promise<Key | undefined> {
  const [unfinished] = await session.run('load');
  const [newest] = await session.run('newestKey');
  if (unfinished === undefined) {
    if (newest !== undefined) throw new StoreOpenError(`The store ${where} is not empty`);
    await session.run('beginLoad', [origin]);
    return undefined;
  }
  if (origin !== WITHOUT_ORIGIN && textAt(unfinished, 0) === origin) {
    return newest === undefined ? undefined : keyAt(newest, 0);
  }
  await session.run('removeAll');
  await session.run('renameLoad', [origin]);
  return undefined;
}

function checkLoaded(key: Key): void {
  checkKey(key);
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new StoreOpenError(
      `The data has a key of ${Buffer.byteLength(key)} bytes; on PostgreSQL it may have at most ${MAX_KEY_BYTES}`,
    );
  }
}

async function* readAll(session: Session): AsyncGenerator<Entry[], void> {
  const end = toBytes(END);
  for (let from: Buffer = Buffer.alloc(0); ;) {
    const rows = await session.run('chunk', [from, end, CHECKED_AT_ONCE]);
    const entries = rows.map((row) => ({ key: keyAt(row, 0), value: bytesAt(row, 1) }));
    const last = entries.at(-1);
    if (last === undefined) return;
    yield entries;
    from = toBytes(`${last.key}\0`);
  }
}
