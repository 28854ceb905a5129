/** Validates pending entries in the background, a few at a time, and tries again where a plugin had no verdict. */
import { systemActor } from '../audit/events.js';
import type { Feedback } from '../model/feedback.js';
import { type Repetition, repeat } from '../repeat.js';
import type { ValidationServices } from '../services.js';
import type { Store } from '../store/contract.js';
import { findOrganizations } from '../store/organizations.js';
import { unwatched, type WatchWork } from '../watch-work.js';
import { indexRangeUntil } from './index/index-keys.js';
import { CLAIMS_RENEWED_EVERY, createPendingClaims, type PendingClaims } from './pending-claims.js';
import { validateStored, postpone, storeVerdict } from './validate-stored.js';

/** How many entries are validated at once. */
const AT_ONCE = 4;
/** How many entries are claimed at once. */
const CLAIMED_AT_ONCE = 32;
/** How long an entry waits after each failure, ms; after the last of these it is flagged. */
export const RETRY_AFTER: readonly number[] = [1_000, 5_000, 30_000, 300_000];
/** How often due entries are looked for, ms. */
const LOOK_EVERY = 1_000;
/** How often all organizations are looked at, ms: of what another server has accepted before it died nobody tells. */
const LOOK_AT_ALL_EVERY = 60_000;

/**
 * Validates the due entries of an organization, earliest due first, until none is left or `signal` ends it in its middle. Each
 * is claimed before, so that of several servers only one validates it.
 * @param onValidated called for each entry, whether plugins had a verdict or failed
 * @returns whether entries are left that wait for a later turn, or that another server has claimed
 */
export async function validatePending(
  services: ValidationServices,
  org: string,
  signal?: AbortSignal,
  onValidated: () => void = () => undefined,
): Promise<boolean> {
  const claims = createPendingClaims(services, org);
  let renewing: Repetition | undefined;
  try {
    while (signal?.aborted !== true) {
      const claimed = await claims.take(CLAIMED_AT_ONCE);
      if (claimed.length === 0) break;
      // A renewal that fails is tried again; a claim that has lapsed ends by itself.
      renewing ??= repeat(claims.renew, { every: CLAIMS_RENEWED_EVERY, onFailure: () => undefined });
      await validateClaimed(services, org, claims, claimed, signal, onValidated);
    }
  } finally {
    await renewing?.stop();
    // What cannot be given back now is due again once its claim has lapsed.
    await claims.release().catch(() => undefined);
  }
  return hasPending(services.store, org);
}

/** Validates claimed entries, a few at a time. @throws the first failure, once nothing is under way any more */
async function validateClaimed(
  services: ValidationServices,
  org: string,
  claims: PendingClaims,
  claimed: readonly Feedback[],
  signal: AbortSignal | undefined,
  onValidated: () => void,
): Promise<void> {
  const waiting = claimed[Symbol.iterator]();
  let failed = false;
  const work = async (): Promise<void> => {
    // The iterator is shared: each takes the next one that none has taken.
    for (const feedback of waiting) {
      const isHeld = claims.holds(feedback.id);
      if (failed || !(await validateOne(services, org, claims, feedback, signal))) return;
      if (isHeld) onValidated();
    }
  };
  const workers = Array.from({ length: AT_ONCE }, () =>
    work().catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  const outcomes = await Promise.allSettled(workers);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/** @returns whether to go on with others */
async function validateOne(
  services: ValidationServices,
  org: string,
  claims: PendingClaims,
  feedback: Feedback,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { id, judging } = feedback;
  const isEnded = (): boolean => signal?.aborted === true;
  if (isEnded()) return false;
  if (!claims.holds(id)) return true;
  const validated = validateStored(services, org, feedback);
  const verdict = await (signal === undefined ? validated : unlessAborted(validated, signal));
  // Plugins that end with the server fail over it: its next start, or another server, validates the entry.
  if (verdict === undefined || isEnded()) return false;
  const failures = (judging?.failures ?? 0) + 1;
  const wait = verdict.failed === true && verdict.status !== 'rejected' ? RETRY_AFTER[failures - 1] : undefined;
  if (wait !== undefined) await postpone(services, org, feedback, { failures, due: services.now() + wait });
  else await storeVerdict(services, systemActor(org, 'validation'), feedback, verdict);
  claims.settle(id);
  return true;
}

/** Whether an organization has pending entries, due or not. */
async function hasPending(store: Store, org: string): Promise<boolean> {
  const range = indexRangeUntil(org, 'due', Number.MAX_SAFE_INTEGER - 1);
  return (await store.read((reader) => reader.scanKeys({ ...range, limit: 1 }))).length > 0;
}

/**
 * What work resolves to, or undefined once the signal aborts. Leaves nothing on the signal, which outlives all work: a race
 * with a promise as old as the server would keep each verdict for as long.
 */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const end = (): void => resolve(undefined);
    const forget = (): void => signal.removeEventListener('abort', end);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    work.finally(forget).then(resolve, reject);
  });
}

export interface PendingKeeper {
  /** Says that an organization has a new pending entry. */
  readonly notice: (org: string) => void;
  readonly stop: () => Promise<void>;
}

/** Validates pending entries from now on, starting with those left when the server stopped, or another one of the store. */
export function startPendingKeeper(
  services: ValidationServices,
  logger: { warn(fields: object, message: string): void },
  watch: WatchWork = unwatched,
): PendingKeeper {
  const { store } = services;
  /** Those that have, or may have, something pending. */
  const waiting = new Set<string>();
  let lookedAtAll = -Infinity;

  const round = async (signal: AbortSignal): Promise<void> => {
    if (performance.now() - lookedAtAll >= LOOK_AT_ALL_EVERY) {
      for (const org of await findOrganizations(store)) {
        if (!waiting.has(org) && (await hasPending(store, org))) waiting.add(org);
      }
      lookedAtAll = performance.now();
    }
    for (const org of [...waiting]) {
      if (signal.aborted) return;
      // Taken out first: what comes from here on puts it in again.
      waiting.delete(org);
      const work = watch({ name: 'validate pending entries', facts: { 'feedback_graph.organization': org } });
      let entries = 0;
      const told = () => ({ 'feedback_graph.validation.entries': entries });
      try {
        if (await work.within(() => validatePending(services, org, signal, () => (entries += 1)))) waiting.add(org);
        if (entries > 0) work.end(told());
      } catch (error) {
        waiting.add(org);
        work.end(told(), error);
        throw error;
      }
    }
  };
  const { runNow, stop } = repeat(round, {
    every: LOOK_EVERY,
    onFailure: (error) => logger.warn({ err: error }, 'pending feedback could not be validated'),
  });
  runNow();
  return {
    notice: (org) => {
      waiting.add(org);
      runNow();
    },
    stop,
  };
}
