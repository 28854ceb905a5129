import { checkKey } from '../../byte-order.js';
import { StoreOpenError } from '../../errors.js';
import { SHARED_STREAM } from '../../streams.js';
import type { StoreContents } from '../../transactions/bulk-load.js';
import type { Session } from './session.js';
import { byteaArray, numberAt, toBytes } from './wire.js';

/**
 * Fills an empty store, piece by piece. If it does not come to its end, the store cannot be opened, and the next bulk load
 * starts afresh.
 * @param where the store, for errors
 * @throws StoreOpenError, with nothing touched, if it is not empty or a server uses it; whatever `contents` throws
 */
export async function bulkLoadSession(
  session: Session,
  { entries, sequence }: StoreContents,
  where: string,
): Promise<void> {
  await refuseInUse(session, where);
  await makeEmpty(session, where);
  await session.run('beginLoad');
  for await (const piece of entries) {
    for (const { key } of piece) checkKey(key);
    const last = new Map(piece.map(({ key, value }) => [key, value]));
    await session.run('put', [byteaArray([...last.keys()].map(toBytes)), byteaArray([...last.values()])]);
  }
  await session.command('BEGIN');
  await session.run('setHead', [SHARED_STREAM, sequence]);
  await session.run('endLoad');
  await session.command('COMMIT');
}

/** @throws StoreOpenError if a bulk load has begun and not come to its end */
export async function refuseUnfinished(session: Session, where: string): Promise<void> {
  const [unfinished] = await session.run('isLoading');
  if (unfinished !== undefined) {
    throw new StoreOpenError(`The store ${where} cannot be opened: its restore was interrupted, and must be repeated`);
  }
}

/** @throws StoreOpenError if a server has told within the last seconds that it uses the store */
export async function refuseInUse(session: Session, where: string): Promise<void> {
  const [row] = await session.run('liveServers');
  if (row !== undefined && numberAt(row, 0) > 0) {
    throw new StoreOpenError(`The store ${where} is in use by ${numberAt(row, 0)} server(s); stop them first`);
  }
}

async function makeEmpty(session: Session, where: string): Promise<void> {
  const [unfinished] = await session.run('isLoading');
  if (unfinished !== undefined) {
    await session.run('removeAll');
    return;
  }
  const [any] = await session.run('anything');
  if (any !== undefined) throw new StoreOpenError(`The store ${where} is not empty`);
}
