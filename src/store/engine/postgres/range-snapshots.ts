import { UnavailableError } from '../../../errors.js';
import { checkRange } from '../../byte-order.js';
import type { Entry, KeyRange } from '../../contract.js';
import { cannotRead } from '../../errors.js';
import type { OpenSession, Session } from './session.js';
import { readPieces } from './versioned-reads.js';

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
      yield* readPieces((name, values) => session.run(name, values), bounded);
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
