import { UnavailableError } from '../../../errors.js';
import { checkRange } from '../../byte-order.js';
import type { Entry, KeyRange } from '../../contract.js';
import { cannotRead } from '../../errors.js';
import type { OpenSession, Session } from './session.js';
import { bytesAt, keyAt, toBytes } from './wire.js';

/** Bytes that a piece of a snapshot is to have, and rows that it has at most. */
const PIECE_BYTES = 1024 * 1024;
const PIECE_ROWS = 1_024;

/** Reads whole ranges as of one moment, each through a session of its own. */
export class RangeSnapshots {
  readonly #openSession: OpenSession;
  readonly #iterating = new Set<Session>();

  constructor(openSession: OpenSession) {
    this.#openSession = openSession;
  }

  async *read(range: KeyRange): AsyncGenerator<Entry[], void> {
    const bounded = checkRange(range);
    if (bounded === undefined) return;
    const session = await this.#openSession('snapshot').catch((error: unknown) => {
      throw cannotRead(error);
    });
    this.#iterating.add(session);
    try {
      await session.command('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const end = toBytes(bounded.lt);
      let from = toBytes(bounded.gte);
      for (let limit = 64; ;) {
        const rows = await session.run('chunk', [from, end, limit]);
        const entries = rows.map((row) => ({ key: keyAt(row, 0), value: bytesAt(row, 1) }));
        const last = entries.at(-1);
        if (last === undefined) return;
        yield entries;
        const bytes = entries.reduce((sum, { value }) => sum + value.length + 100, 0);
        limit = Math.min(PIECE_ROWS, Math.max(1, Math.floor((PIECE_BYTES * entries.length) / bytes)));
        from = toBytes(`${last.key}\0`);
      }
    } catch (error) {
      throw error instanceof UnavailableError ? error : cannotRead(error);
    } finally {
      this.#iterating.delete(session);
      await session.close();
    }
  }

  /** Ends all that are being read, with an UnavailableError. */
  endAll(): void {
    for (const session of this.#iterating) session.destroy();
  }
}
