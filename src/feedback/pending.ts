/** Validates pending entries in the background, a few at a time, and tries again where a plugin had no verdict. */
import { systemActor } from '../audit/events.js';
import { repeat } from '../repeat.js';
import type { ValidationServices } from '../services.js';
import { lastComponent } from '../store/keys.js';
import { findOrganizations } from '../store/organizations.js';
import { indexRangeUntil } from './index/index-keys.js';
import { findFeedback } from './read.js';
import { validateStored, postpone, storeVerdict } from './validate-stored.js';

/** How many entries are validated at once. */
const AT_ONCE = 4;
/** How many ids are read at once. */
const READ_AT_ONCE = 100;
/** How long an entry waits after each failure, ms; after the last of these it is flagged. */
export const RETRY_AFTER: readonly number[] = [1_000, 5_000, 30_000, 300_000];
/** How often due entries are looked for, ms. */
const LOOK_EVERY = 1_000;

/**
 * Validates the due entries of an organization, earliest due first, until none is left or `signal` ends it in its middle.
 * @returns whether entries are left that wait for a later turn
 */
export async function validatePending(
  services: ValidationServices,
  org: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const { store, now } = services;
  const ended = (): boolean => signal?.aborted === true;
  while (!ended()) {
    const due = await store.read(async (reader) => {
      const keys = await reader.scanKeys({ ...indexRangeUntil(org, 'due', now()), limit: READ_AT_ONCE });
      const found = await findFeedback(reader, org, keys.map(lastComponent));
      return found.filter((each) => each !== undefined);
    });
    if (due.length === 0) break;
    const waiting = due[Symbol.iterator]();
    const workers = Array.from({ length: AT_ONCE }, async () => {
      // The iterator is shared: each takes the next one that none has taken.
      for (const feedback of waiting) {
        if (ended()) return;
        const validated = validateStored(services, org, feedback);
        const verdict = await (signal === undefined ? validated : unlessAborted(validated, signal));
        // Plugins that end with the server fail over it: its next start validates the entry.
        if (verdict === undefined || ended()) return;
        const failures = (feedback.judging?.failures ?? 0) + 1;
        const wait = verdict.failed === true && verdict.status !== 'rejected' ? RETRY_AFTER[failures - 1] : undefined;
        if (wait !== undefined) await postpone(services, org, feedback, { failures, due: now() + wait });
        else await storeVerdict(services, systemActor(org, 'validation'), feedback, verdict);
      }
    });
    await Promise.all(workers);
  }
  const left = await store.read((reader) =>
    reader.scanKeys({ ...indexRangeUntil(org, 'due', Number.MAX_SAFE_INTEGER - 1), limit: 1 }),
  );
  return left.length > 0;
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

/** Validates pending entries from now on, starting with those left when the server stopped. */
export function startPendingKeeper(
  services: ValidationServices,
  logger: { warn(fields: object, message: string): void },
): PendingKeeper {
  const { store } = services;
  /** Those that have, or may have, something pending. */
  const waiting = new Set<string>();
  let known = false;

  const round = async (signal: AbortSignal): Promise<void> => {
    if (!known) for (const org of await findOrganizations(store)) waiting.add(org);
    known = true;
    for (const org of [...waiting]) {
      if (signal.aborted) return;
      // Taken out first: what comes from here on puts it in again.
      waiting.delete(org);
      try {
        if (await validatePending(services, org, signal)) waiting.add(org);
      } catch (error) {
        waiting.add(org);
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
