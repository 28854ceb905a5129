/**
 * Whose turn it is to erase what is past its retention: of all servers over a store one at a time, and about once a day,
 * as each round rewrites files and ends the backups under way. Whoever has the turn renews it with each step; one that
 * has died loses it after some minutes, and the next goes on.
 */
import type { Transaction } from '../../store/contract.js';
import { RETENTION_TURN_KEY } from '../../store/layout.js';
import { decodeRecord, encodeRecord } from '../../store/record.js';

/** Stored under {@link RETENTION_TURN_KEY}. */
export interface RetentionTurn {
  /** A name that the server has made for itself; empty between two rounds. */
  readonly holder: string;
  /** Until when (epoch ms) nobody else may begin. */
  readonly until: number;
}

/** For how long a turn is held without a step, ms. */
const HELD_FOR = 5 * 60_000;
/** From the end of a round to the next one, ms. */
const ROUND_EVERY = 24 * 60 * 60_000;

/**
 * Takes the turn, or keeps it.
 * @param force takes it from whoever has it
 * @returns whether it is the holder's
 */
export async function takeTurn(transaction: Transaction, holder: string, now: number, force = false): Promise<boolean> {
  const stored = await transaction.get(RETENTION_TURN_KEY);
  const turn = stored && (decodeRecord(stored) as RetentionTurn);
  // A time that lies further ahead than any turn lasts was written by a clock that was wrong.
  const isFree = turn === undefined || turn.until <= now || turn.until > now + ROUND_EVERY;
  if (!isFree && !force && turn.holder !== holder) return false;
  write(transaction, { holder, until: now + HELD_FOR });
  return true;
}

/** Ends a round, if it still is the holder's. */
export async function endTurn(transaction: Transaction, holder: string, now: number): Promise<void> {
  if (await takeTurn(transaction, holder, now)) write(transaction, { holder: '', until: now + ROUND_EVERY });
}

/** Leaves the rest of a round to whoever comes next. */
export async function passTurn(transaction: Transaction, holder: string, now: number): Promise<void> {
  if (await takeTurn(transaction, holder, now)) write(transaction, { holder: '', until: now });
}

function write(transaction: Transaction, turn: RetentionTurn): void {
  transaction.put(RETENTION_TURN_KEY, encodeRecord(turn));
}
