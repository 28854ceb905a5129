/** What an organization's audit log says of reads of much of it, and of what was refused: nothing has changed. */
import { omitNullish } from '../omit-nullish.js';
import { repeat } from '../repeat.js';
import type { Store } from '../store/contract.js';
import { ERASED_NAME } from './actor-note.js';
import { type AccessAction, type Actor, type EventDetails, systemActor } from './events.js';
import type { KeyedHash } from './keyed-hash.js';
import { lastErasedNames, recordOrganizationEvents } from './trail.js';

/** What happens often is counted, and recorded so often, ms. */
const RECORDED_EVERY = 60_000;
/** Things of one actor that are counted apart in that time; others are counted together. */
const COUNTED_APART = 50;
/** Things of one organization that are counted apart; beyond, its others are counted together. No other organization tells. */
const MAX_COUNTED = 10_000;
/** Events of one transaction. */
const RECORDED_AT_ONCE = 100;

export interface AccessTrail {
  /**
   * Records what somebody does, before they have it.
   * @param details never a text, or the name of a person, which could not be erased
   */
  readonly record: (actor: Actor, action: AccessAction, details: EventDetails, reason?: string) => Promise<void>;
  /**
   * Counts what happens often. Each minute has one event for each actor, action and subject, with `count` and the sums of
   * `amounts`; a crash loses what was counted since.
   * @param subject a route, a field, or the hash of a query
   */
  readonly count: (
    actor: Actor,
    action: AccessAction,
    subject: string,
    amounts?: Readonly<Record<string, number>>,
  ) => void;
  /** Records what was counted, of one organization or of all. */
  readonly flush: (organization?: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

interface Counted {
  readonly actor: Actor;
  readonly action: AccessAction;
  readonly subject: string;
  count: number;
  readonly amounts: Map<string, number>;
}

/** What was counted of one organization. */
interface Tally {
  readonly counted: Map<string, Counted>;
  /** How many of them are of one actor. */
  readonly ofActor: Map<string, number>;
}

export interface AccessTrailServices {
  readonly store: Pick<Store, 'transact'>;
  readonly keyedHash: KeyedHash;
  /** Epoch ms. */
  readonly now: () => number;
}

export function createAccessTrail(
  { store, keyedHash, now }: AccessTrailServices,
  onFailure: (error: unknown) => void,
): AccessTrail {
  const byOrganization = new Map<string, Tally>();

  function tallyOf(org: string): Tally {
    const tally = byOrganization.get(org) ?? {
      counted: new Map<string, Counted>(),
      ofActor: new Map<string, number>(),
    };
    byOrganization.set(org, tally);
    return tally;
  }

  async function record(org: string, tally: Tally): Promise<void> {
    const entries = [...tally.counted];
    tally.ofActor.clear();
    for (let from = 0; from < entries.length; from += RECORDED_AT_ONCE) {
      const some = entries.slice(from, from + RECORDED_AT_ONCE);
      // What is counted from here on is for the next time.
      for (const [key] of some) tally.counted.delete(key);
      try {
        await store.transact(async (transaction) => {
          // Another server may have erased a person since this one has counted what the person did.
          const erased = await lastErasedNames(transaction, org, now());
          const events = some.map(toEvent).map(({ actor, event }) => {
            const isErased = erased.size > 0 && erased.has(keyedHash(org, actor.sub));
            return { actor: isErased ? { ...actor, sub: ERASED_NAME } : actor, event };
          });
          await recordOrganizationEvents(transaction, org, events);
        });
      } catch (error) {
        const { counted } = tallyOf(org);
        for (const [key, entry] of some) if (!counted.has(key)) counted.set(key, entry);
        throw error;
      }
    }
    if (tally.counted.size === 0) byOrganization.delete(org);
  }

  async function flush(organization?: string): Promise<void> {
    for (const [org, tally] of byOrganization) {
      if (organization === undefined || org === organization) await record(org, tally);
    }
  }

  const toEvent = ([, { actor, action, subject, count, amounts }]: [string, Counted]) => ({
    actor,
    event: { at: now(), action, details: { subject, count, ...Object.fromEntries(amounts) } },
  });

  const flushing = repeat(() => flush(), { every: RECORDED_EVERY, onFailure });
  return {
    record: (actor, action, details, reason) => {
      const event = { at: now(), action, details, ...omitNullish({ reason }) };
      return store.transact((transaction) => recordOrganizationEvents(transaction, actor.org, [{ actor, event }]));
    },
    count: (actor, action, subject, amounts = {}) => {
      const entry = counterFor(tallyOf(actor.org), actor, action, subject);
      entry.count += 1;
      for (const [name, amount] of Object.entries(amounts)) {
        entry.amounts.set(name, (entry.amounts.get(name) ?? 0) + amount);
      }
    },
    flush,
    stop: async () => {
      await flushing.stop();
      await flush().catch(onFailure);
    },
  };
}

/** The subject of what is counted together. */
const OTHERS = 'others';

/** What something counts as: itself, or together with others of the actor, or of the organization. */
function counterFor({ counted, ofActor }: Tally, actor: Actor, action: AccessAction, subject: string): Counted {
  const { org, sub } = actor;
  const add = (key: string, by: Actor, what: string): Counted => {
    const entry = { actor: by, action, subject: what, count: 0, amounts: new Map<string, number>() };
    counted.set(key, entry);
    return entry;
  };
  const itself = JSON.stringify([sub, action, subject]);
  const known = counted.get(itself);
  if (known !== undefined) return known;
  const apart = ofActor.get(sub) ?? 0;
  const isFull = counted.size >= MAX_COUNTED;
  if (!isFull && apart < COUNTED_APART) {
    ofActor.set(sub, apart + 1);
    return add(itself, actor, subject);
  }
  const together = JSON.stringify([sub, action]);
  if (!isFull || counted.has(together)) return counted.get(together) ?? add(together, actor, OTHERS);
  const everybody = JSON.stringify([action]);
  return counted.get(everybody) ?? add(everybody, systemActor(org, 'access-trail'), OTHERS);
}
