/**
 * Which server validates which pending entries. A claim moves the time at which an entry is due, so that no other server takes
 * it meanwhile; it lapses by itself, so that another one takes the entries of a server that has died.
 */
import { randomUUID } from 'node:crypto';
import type { Feedback } from '../model/feedback.js';
import type { DomainServices } from '../services.js';
import type { Transaction } from '../store/contract.js';
import { lastComponent } from '../store/keys.js';
import { indexRangeUntil } from './index/index-keys.js';
import { findFeedback } from './read.js';
import { replaceFeedback } from './update.js';

/** How long an entry is left to the server that has claimed it, unless that renews its claim, ms. */
export const CLAIM_LASTS = 60_000;
/** How often claims are renewed, ms. */
export const CLAIMS_RENEWED_EVERY = CLAIM_LASTS / 3;

/** The claims of one run over the pending entries of an organization. */
export interface PendingClaims {
  /** Claims the entries that are due, earliest first. @returns the entries as they are now; none if none is due, or others were faster */
  readonly take: (limit: number) => Promise<readonly Feedback[]>;
  /** Whether an entry is still claimed. It is not once its claim has lapsed, as after the process was stopped for a while. */
  readonly holds: (id: string) => boolean;
  /** Says that an entry is dealt with. */
  readonly settle: (id: string) => void;
  /** Keeps what is still claimed for another {@link CLAIM_LASTS}. */
  readonly renew: () => Promise<void>;
  /** Gives back what is still claimed. */
  readonly release: () => Promise<void>;
}

export function createPendingClaims(
  { store, keyedHash, now }: Pick<DomainServices, 'store' | 'keyedHash' | 'now'>,
  org: string,
): PendingClaims {
  const claim = randomUUID();
  /** By id, until when (epoch ms). */
  const held = new Map<string, number>();

  /** Sets the turn of entries. @param isWanted tells by the entry as it is now @returns those that were wanted, as they are then */
  async function moveTurns(
    transaction: Transaction,
    ids: readonly string[],
    judging: { readonly due: number; readonly claim?: string },
    isWanted: (judging: Feedback['judging']) => boolean,
  ): Promise<Feedback[]> {
    const moved: Feedback[] = [];
    for (const current of await findFeedback(transaction, org, ids)) {
      if (current?.validationStatus !== 'pending' || !isWanted(current.judging)) continue;
      const after = { ...current, judging: { failures: current.judging?.failures ?? 0, ...judging } };
      await replaceFeedback(transaction, keyedHash, org, current, after);
      moved.push(after);
    }
    return moved;
  }

  const isOurs = (judging: Feedback['judging']): boolean => judging?.claim === claim;

  return {
    take: async (limit) => {
      // Apart from the transaction, which each new pending entry would otherwise disturb.
      const keys = await store.read((reader) => reader.scanKeys({ ...indexRangeUntil(org, 'due', now()), limit }));
      if (keys.length === 0) return [];
      const at = now();
      const due = at + CLAIM_LASTS;
      const taken = await store.transact((transaction) =>
        moveTurns(transaction, keys.map(lastComponent), { due, claim }, (judging) => (judging?.due ?? 0) <= at),
      );
      for (const { id } of taken) held.set(id, due);
      return taken;
    },
    holds: (id) => now() < (held.get(id) ?? 0),
    settle: (id) => void held.delete(id),
    renew: async () => {
      const ids = [...held.keys()];
      if (ids.length === 0) return;
      const due = now() + CLAIM_LASTS;
      const renewed = await store.transact((transaction) => moveTurns(transaction, ids, { due, claim }, isOurs));
      const kept = new Set(renewed.map(({ id }) => id));
      for (const id of ids) {
        if (!held.has(id)) continue;
        if (kept.has(id)) held.set(id, due);
        else held.delete(id);
      }
    },
    release: async () => {
      const ids = [...held.keys()];
      held.clear();
      if (ids.length === 0) return;
      await store.transact((transaction) => moveTurns(transaction, ids, { due: now() }, isOurs));
    },
  };
}
