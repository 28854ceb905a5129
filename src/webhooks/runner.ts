/** Makes the deliveries of one webhook: from the change feed into the queue, and from there to the receiver. */
import type { Change, ChangeFeed } from '../audit/change-feed.js';
import { systemActor } from '../audit/events.js';
import { UnavailableError } from '../errors.js';
import { repeat } from '../repeat.js';
import {
  type AttemptResult,
  type AttemptServices,
  isOfServer,
  type PreparedAttempt,
  prepareAttempt,
  recordAttempt,
  sendAttempt,
} from './attempt.js';
import { countWaiting, dueDeliveries, MAX_WAITING, pruneDeliveries } from './deliveries.js';
import { type FeedingServices, queueChanges, queueReadiness } from './feeding.js';
import { disableWebhook, hasSecret } from './manage.js';
import { createNews } from './news.js';
import { ATTEMPT_TIMEOUT, type AttemptOutcome } from './send.js';
import { type AttemptSlots, PROMPT_WITHIN } from './slots.js';
import { type HeldWebhook, releaseLease, RENEW_EVERY, takeLease } from './state.js';

export interface RunnerServices extends AttemptServices, FeedingServices {
  readonly changes: ChangeFeed;
  /** For attempts of all webhooks. */
  readonly slots: AttemptSlots;
  readonly onAttempt: (result: AttemptResult) => void;
}

export interface Runner {
  /** Resolves once it does nothing any more: it was stopped, or the webhook is disabled, gone or another server's. */
  readonly ended: Promise<void>;
  /** When the oldest delivery that waits was queued, epoch ms. */
  readonly oldest: () => number | undefined;
  /** Says that something else may be due, or nothing is to be delivered any more. */
  readonly wake: () => void;
  /** Ends the attempts under way if they take long. */
  readonly stop: () => Promise<void>;
}

/** Attempts of one webhook at once whose last answer came promptly; one alone otherwise. */
const AT_ONCE = 8;
/** Attempts whose outcome is not stored yet: more than are made, as commits that wait together share one; sent again after a crash. */
const MAX_UNSETTLED = 32;
/** For how long a receiver can have all attempts put off, ms: the clock, or what it says, may be wrong. */
const MAX_REST = 60 * 60_000;
/** Changes that are looked at together. */
const CHANGES_AT_ONCE = 100;
/** Changes that are of no interest before their place is stored. */
const UNSTORED_CHANGES = 1_000;
/** After how many attempts it is counted again how many deliveries wait; after any, once a second has passed. */
const RECOUNT_AFTER = 50;
/** Between two tries while the store cannot be used, ms. */
const PAUSE = 1_000;
/** How long attempts under way may take when the server stops, ms. */
const STOP_GRACE = 2_000;
/** After how many attempts, or renewals, deliveries that are over are looked at. */
const PRUNE_AFTER_ATTEMPTS = 500;
const PRUNE_AFTER_ROUNDS = 40;

/** @returns undefined if the webhook is disabled, gone or another server's */
export async function startRunner(services: RunnerServices, org: string, id: string): Promise<Runner | undefined> {
  const { store, server, now } = services;
  const taken = await store.transact(async (transaction) => {
    const lease = await takeLease(transaction, org, id, server, now());
    if (lease === undefined || hasSecret(services, org, lease.webhook)) return lease;
    await disableWebhook(transaction, systemActor(org, 'webhooks'), lease.webhook, 'restored', now());
    return undefined;
  });
  return taken === undefined ? undefined : run(services, org, id, taken);
}

/** An attempt whose outcome is not stored yet. */
interface Made {
  readonly prepared: PreparedAttempt;
  readonly outcome: AttemptOutcome;
  readonly startedAt: number;
}

type Lease = HeldWebhook & { readonly until: number };

function run(services: RunnerServices, org: string, id: string, { state, until: leasedUntil }: Lease): Runner {
  const { store, changes, server, now, logger, slots } = services;
  const stopping = new AbortController();
  const cutting = new AbortController();
  const { signal } = stopping;
  const news = createNews(signal, now);
  /** Those that are being sent, and those of which is being stored what became of them. */
  const inFlight = new Map<string, Promise<void>>();
  let sending = 0;
  let until = leasedUntil;
  /** What the last attempt says of the receiver; nothing is known before the first. */
  let pace: 'unknown' | 'prompt' | 'slow' = state.failingSince === undefined ? 'unknown' : 'slow';
  /** Until when (epoch ms) the receiver has asked to be left alone. */
  let restUntil = 0;
  let place = state.position;
  let unstored = 0;
  let oldest: number | undefined;
  let attempts = 0;
  let rounds = 0;

  /** Does work of the store once it can; undefined if the runner is to end before. */
  async function persist<T>(work: () => Promise<T>): Promise<T | undefined> {
    while (!signal.aborted) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
        await news.pause(PAUSE);
      }
    }
    return undefined;
  }

  /** Whatever finds that the webhook is this server's no more ends all. */
  async function persistHeld<T>(work: () => Promise<T | undefined>): Promise<T | undefined> {
    const done = await persist(work);
    if (done === undefined) stopping.abort();
    return done;
  }

  async function feed(): Promise<void> {
    for await (const page of changes.follow(org, { after: place, signal })) {
      for (let from = 0; from < page.length && !signal.aborted; from += CHANGES_AT_ONCE) {
        await untilFewWait();
        await take(page.slice(from, from + CHANGES_AT_ONCE));
      }
    }
  }

  async function take(some: readonly Change[]): Promise<void> {
    unstored += some.length;
    const storesPlace = unstored >= UNSTORED_CHANGES;
    const fed = await persistHeld(() => queueChanges(services, org, id, some, storesPlace));
    if (fed === undefined) return;
    place = some.at(-1)?.id ?? place;
    if (fed.isStored) unstored = 0;
    if (fed.queued > 0) news.tell();
  }

  /** What more there is to deliver stays in the change feed meanwhile. */
  async function untilFewWait(): Promise<void> {
    while (!signal.aborted) {
      const waiting = await persist(() => store.read((reader) => countWaiting(reader, org, id)));
      if (waiting === undefined || waiting < MAX_WAITING) return;
      const [counted, soon] = [attempts, now() + PAUSE];
      const mayBeFewer = (): boolean => attempts >= counted + (now() < soon ? RECOUNT_AFTER : 1);
      const isOver = (): boolean => signal.aborted || mayBeFewer();
      while (!isOver()) await news.next(news.seen, now() < soon ? soon : undefined);
    }
  }

  async function dispatch(): Promise<void> {
    while (!signal.aborted) {
      const { seen } = news;
      const atOnce = pace === 'prompt' ? AT_ONCE : 1;
      const room = Math.min(atOnce - sending, MAX_UNSETTLED - inFlight.size);
      let next: number | undefined;
      const rest = restUntil - now();
      if (rest > 0 && rest <= MAX_REST) next = restUntil;
      else if (room > 0 && canAttempt()) {
        const limit = inFlight.size + room + 1;
        const due = await persist(() => store.read((reader) => dueDeliveries(reader, org, id, now(), limit)));
        if (due === undefined) return;
        ({ next, oldest } = due);
        const others = due.ids.filter((delivery) => !inFlight.has(delivery));
        for (const delivery of others.slice(0, room)) inFlight.set(delivery, attempt(delivery));
      }
      await news.next(seen, next);
    }
  }

  /** Whoever takes over once the lease has run out must find no attempt under way. */
  function canAttempt(): boolean {
    return !signal.aborted && (!server.isShared || until - now() > ATTEMPT_TIMEOUT);
  }

  async function attempt(delivery: string): Promise<void> {
    try {
      const made = await makeInTurn(delivery);
      if (made !== undefined) await settleAttempt(made);
    } catch (error) {
      fail(error);
    } finally {
      inFlight.delete(delivery);
      news.tell();
    }
  }

  async function makeInTurn(delivery: string): Promise<Made | undefined> {
    sending += 1;
    try {
      const leave = await slots.take({ isSlow: pace === 'slow', signal, onSlow: () => (pace = 'slow') });
      if (leave === undefined) return undefined;
      try {
        return await make(delivery);
      } finally {
        leave();
      }
    } finally {
      sending -= 1;
      news.tell();
    }
  }

  async function make(delivery: string): Promise<Made | undefined> {
    if (!canAttempt()) return undefined;
    const prepared = await persist(() => prepareAttempt(services, org, id, delivery));
    // A webhook that was disabled has deliveries that are due: they would be tried again and again.
    if (prepared === 'notHeld') stopping.abort();
    if (prepared === undefined || prepared === 'none' || prepared === 'notHeld') return undefined;
    // The store may have taken long to answer.
    if (!canAttempt()) return undefined;
    const startedAt = now();
    const outcome = await sendAttempt(services, org, prepared, startedAt, cutting.signal);
    // What was cut off is made again.
    return cutting.signal.aborted ? undefined : { prepared, outcome, startedAt };
  }

  async function settleAttempt(made: Made): Promise<void> {
    const { problem, milliseconds, retryAfter = 0 } = made.outcome;
    // At once, as it is about to be seen how many more may be sent.
    if (!isOfServer(problem)) pace = problem === undefined && milliseconds < PROMPT_WITHIN ? 'prompt' : 'slow';
    if (retryAfter > 0) restUntil = now() + Math.min(retryAfter, MAX_REST);
    const result = await settleOnce(made);
    if (result === undefined) return;
    services.onAttempt(result);
    attempts += 1;
    if (attempts % PRUNE_AFTER_ATTEMPTS === 0) await pruneDeliveries(store, org, id, now());
  }

  /** Also while the server stops: the receiver has the delivery. */
  async function settleOnce({ prepared, outcome, startedAt }: Made): Promise<AttemptResult | undefined> {
    for (;;) {
      try {
        return await store.transact((transaction) =>
          recordAttempt(services, transaction, org, prepared, outcome, startedAt),
        );
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
        if (signal.aborted) return undefined;
        await news.pause(PAUSE);
      }
    }
  }

  const round = async (): Promise<void> => {
    if (server.isShared) {
      const lease = await persistHeld(() =>
        store.transact((transaction) => takeLease(transaction, org, id, server, now(), place)),
      );
      if (lease !== undefined) ({ until } = lease);
    }
    const told = await persistHeld(() => queueReadiness(services, org, id));
    if (told !== undefined && told.queued > 0) news.tell();
    if (rounds++ % PRUNE_AFTER_ROUNDS === 0) await persist(() => pruneDeliveries(store, org, id, now()));
    news.tell();
  };
  const renewal = repeat(round, { every: RENEW_EVERY, onFailure: fail });
  renewal.runNow();

  function fail(error: unknown): void {
    if (!signal.aborted) logger.warn({ err: error, org, webhook: id }, 'the deliveries of a webhook have failed');
    stopping.abort();
  }

  const ended = Promise.all([feed().catch(fail), dispatch().catch(fail)]).then(async () => {
    // Ended by itself, as where another server has it, or from outside.
    stopping.abort();
    await renewal.stop();
    const cut = setTimeout(() => cutting.abort(), STOP_GRACE);
    await Promise.all(inFlight.values());
    clearTimeout(cut);
    await store.transact((transaction) => releaseLease(transaction, org, id, server, place)).catch(() => undefined);
  });
  return {
    ended,
    oldest: () => oldest,
    wake: () => {
      // Whoever changes or tries the webhook wants to see what comes of it.
      restUntil = 0;
      renewal.runNow();
      news.tell();
    },
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}
