/** Erases what is past its retention, as an erasure by hand would, in the background. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemActor } from '../../audit/events.js';
import { UnavailableError } from '../../errors.js';
import { ERASED_AT_ONCE, type ErasedChunk, eraseOldest, finishErasure } from '../../feedback/erase.js';
import { planFilter } from '../../feedback/index/filter.js';
import { selectedIds } from '../../feedback/index/selected-ids.js';
import { countFeedback } from '../../feedback/list.js';
import { repeat } from '../../repeat.js';
import type { DomainServices } from '../../services.js';
import { findOrganizations } from '../../store/organizations.js';
import { unwatched, type WatchWork } from '../../watch-work.js';
import { expiredFilter, type RetentionClass, type RetentionPolicy, ruleText } from './policy.js';
import { endTurn, passTurn, takeTurn } from './turn.js';

/** How many entries of an organization and class are past their retention. */
export interface Expired {
  readonly organization: string;
  readonly kind: RetentionClass;
  /** As the setting has it. */
  readonly rule: string;
  readonly count: number;
}

/** What a round would erase now; nothing is written. */
export async function findExpired(services: DomainServices, policy: RetentionPolicy): Promise<Expired[]> {
  const { store, keyedHash, now } = services;
  const found: Expired[] = [];
  for (const organization of await findOrganizations(store)) {
    for (const [kind, seconds] of policy) {
      const plan = planFilter(organization, expiredFilter(kind, seconds, now()), keyedHash);
      const { count } = await store.read((reader) => countFeedback(reader, plan));
      if (count > 0) found.push({ organization, kind, rule: ruleText(kind, seconds), count });
    }
  }
  return found;
}

/** After so many transactions the files are rewritten, so that what is to be rewritten is bounded. */
const REWRITTEN_AFTER = 100;

export interface ExpireOptions {
  /** Ends it before all is done, for another round to go on. */
  readonly signal?: AbortSignal;
  /** Between two transactions, ms, in which others have their turn. */
  readonly pause?: number;
  /** Whoever's turn it is: for whoever has the store to itself. */
  readonly force?: boolean;
}

interface Round {
  readonly holder: string;
  readonly options: ExpireOptions;
}

/**
 * Erases what is past its retention, {@link ERASED_AT_ONCE} entries at a time, unless it is another server's turn or was
 * done within the last day. May be broken off at any time: what is left is found again.
 * @returns how many entries of each organization and class it has erased; undefined if it is not this server's turn
 * @throws {UnavailableError} if the store cannot write now; else the first failure, after the other organizations
 */
export async function eraseExpired(
  services: DomainServices,
  policy: RetentionPolicy,
  options: ExpireOptions = {},
): Promise<Expired[] | undefined> {
  const { store, now } = services;
  const round = { holder: randomUUID(), options };
  const { force = false } = options;
  if (!(await store.transact((transaction) => takeTurn(transaction, round.holder, now(), force)))) return undefined;
  const erased: Expired[] = [];
  const failures: unknown[] = [];
  for (const organization of await findOrganizations(store)) {
    for (const [kind, seconds] of policy) {
      const count = await eraseClass(services, round, organization, kind, seconds).catch((error: unknown) => {
        if (error instanceof UnavailableError) throw error;
        // Damage in one organization is not to keep the entries of others.
        failures.push(error);
        return 0;
      });
      if (count > 0) erased.push({ organization, kind, rule: ruleText(kind, seconds), count });
      if (options.signal?.aborted === true) {
        await store.transact((transaction) => passTurn(transaction, round.holder, now()));
        return erased;
      }
    }
  }
  if (failures.length > 0) throw failures[0];
  await store.transact((transaction) => endTurn(transaction, round.holder, now()));
  return erased;
}

async function eraseClass(
  services: DomainServices,
  { holder, options }: Round,
  organization: string,
  kind: RetentionClass,
  seconds: number,
): Promise<number> {
  const { store, keyedHash, now } = services;
  const { signal, pause = 0 } = options;
  const plan = planFilter(organization, expiredFilter(kind, seconds, now()), keyedHash);
  const actor = systemActor(organization, 'retention');
  const reason = `Retention: ${ruleText(kind, seconds)}`;
  let count = 0;
  const chunks: ErasedChunk[] = [];
  while (signal?.aborted !== true) {
    const chunk = await store.transact(async (transaction) => {
      const isAny = (await (await selectedIds(transaction, plan, false))(plan.bounds, 1)).length > 0;
      if (!isAny || !(await takeTurn(transaction, holder, now()))) return undefined;
      return eraseOldest(services, transaction, actor, plan, reason);
    });
    if (chunk === undefined) break;
    count += chunk.count;
    if (chunks.push(chunk) >= REWRITTEN_AFTER) await finishErasure(store, chunks.splice(0));
    if (chunk.count < ERASED_AT_ONCE) break;
    if (pause > 0) await sleep(pause, undefined, { ref: false });
  }
  if (chunks.length > 0) await finishErasure(store, chunks);
  return count;
}

/** How often it is looked whose turn it is, ms. */
const LOOK_EVERY = 60_000;
/** Between two transactions, ms: a hundred entries each. */
const PAUSE = 50;

export interface RetentionLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Keeps to the policy from now on: about once a day, starting now. */
export function startRetention(
  services: DomainServices,
  policy: RetentionPolicy,
  logger: RetentionLogger,
  watch: WatchWork = unwatched,
): { readonly stop: () => Promise<void> } {
  const round = async (signal: AbortSignal): Promise<void> => {
    const work = watch({ name: 'retention', facts: {} });
    const expired = work.within(() => eraseExpired(services, policy, { signal, pause: PAUSE }));
    const erased = await expired.catch((error: unknown) => {
      work.end({}, error);
      throw error;
    });
    // It is not this server's turn.
    if (erased === undefined) return;
    let total = 0;
    for (const { organization, rule, count } of erased) {
      logger.info({ org: organization, rule, count }, 'entries past their retention were erased');
      total += count;
    }
    work.end({ 'feedback_graph.retention.erased': total });
  };
  const running = repeat(round, {
    every: LOOK_EVERY,
    onFailure: (error) => logger.warn({ err: error }, 'entries past their retention could not be erased'),
  });
  running.runNow();
  return running;
}
