/** Makes the deliveries of all webhooks that no other server makes, in the background. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { repeat } from '../repeat.js';
import type { Store } from '../store/contract.js';
import { lastComponent, prefixRange, unescapeComponent } from '../store/keys.js';
import { WEBHOOK_STATE, webhookKey, webhookStatePrefix } from '../store/layout.js';
import { leapOrganizations } from '../store/organizations.js';
import type { AttemptResult } from './attempt.js';
import { type Backoff, createBackoff } from './backoff.js';
import { removeRemains } from './manage.js';
import { type Runner, type RunnerServices, startRunner } from './runner.js';
import { type AttemptSlots, createAttemptSlots } from './slots.js';
import { decodeWebhook } from './webhook.js';

/** How often it is looked for webhooks that nobody delivers, ms. */
const LOOK_EVERY = 60_000;
const LOOK_EVERY_OF_SHARED = 5_000;
/** More than any organization has of states, those of deleted webhooks among them. */
const MAX_STATES = 10_000;

/** What an operator watches. */
export interface WebhookCounts {
  /** Attempts since the start, by what became of them. */
  readonly attempts: Readonly<Record<AttemptResult, number>>;
  /** When the oldest delivery that waits was queued, epoch ms, of those that this server makes. */
  readonly oldest: number | undefined;
}

export interface WebhookWorker {
  /** Says that a webhook may have something to deliver. */
  readonly notice: (org: string, id: string) => void;
  readonly counts: () => WebhookCounts;
  readonly stop: () => Promise<void>;
}

export interface WorkerServices extends Omit<RunnerServices, 'slots' | 'onAttempt' | 'backoff'> {
  readonly slots?: AttemptSlots;
  readonly backoff?: Backoff;
  /** Between two looks for webhooks that nobody delivers, ms. */
  readonly lookEvery?: number;
}

export function startWebhookWorker(services: WorkerServices): WebhookWorker {
  const { store, server, logger } = services;
  /** Leaves the request that gave notice: what follows goes on for long, and is no part of its trace. */
  const detached = AsyncLocalStorage.snapshot();
  const attempts = { delivered: 0, failed: 0, dead: 0 };
  const runnerServices: RunnerServices = {
    backoff: createBackoff(),
    slots: createAttemptSlots(),
    ...services,
    onAttempt: (result) => (attempts[result] += 1),
  };
  const runners = new Map<string, Runner | 'starting'>();
  /** Those that were noticed since they were started. */
  const again = new Set<string>();
  const stopping = new AbortController();
  const isStopped = (): boolean => stopping.signal.aborted;

  async function start(org: string, id: string): Promise<void> {
    const name = JSON.stringify([org, id]);
    const before = runners.get(name);
    if (before !== undefined) {
      // It may be about to end, as where the webhook is enabled just after it was disabled.
      again.add(name);
      if (before !== 'starting') before.wake();
      return;
    }
    if (isStopped()) return;
    again.delete(name);
    runners.set(name, 'starting');
    const runner = await startRunner(runnerServices, org, id).catch((error: unknown) => {
      logger.warn({ err: error, org, webhook: id }, 'the deliveries of a webhook could not be started');
      return undefined;
    });
    if (runner === undefined) {
      await end(org, id, name);
      return;
    }
    runners.set(name, runner);
    void runner.ended.then(() => end(org, id, name));
    if (isStopped()) await runner.stop();
    else if (again.has(name)) runner.wake();
  }

  async function end(org: string, id: string, name: string): Promise<void> {
    runners.delete(name);
    if (again.delete(name)) await start(org, id);
  }

  const look = async (): Promise<void> => {
    for await (const { org, id, isDeleted } of findWebhooks(store)) {
      if (isStopped()) return;
      if (isDeleted) await removeRemains(store, org, id);
      else if (!runners.has(JSON.stringify([org, id]))) await start(org, id);
    }
  };
  const looking = repeat(look, {
    every: services.lookEvery ?? (server.isShared ? LOOK_EVERY_OF_SHARED : LOOK_EVERY),
    onFailure: (error) => logger.warn({ err: error }, 'webhooks could not be looked for'),
  });
  looking.runNow();

  return {
    notice: (org, id) => detached(() => void start(org, id)),
    counts: () => {
      const oldest = [...runners.values()].flatMap((each) => (each === 'starting' ? [] : (each.oldest() ?? [])));
      return { attempts, oldest: oldest.length === 0 ? undefined : Math.min(...oldest) };
    },
    stop: async () => {
      stopping.abort();
      await looking.stop();
      await Promise.all([...runners.values()].map((each) => (each === 'starting' ? Promise.resolve() : each.stop())));
    },
  };
}

interface FoundWebhook {
  readonly org: string;
  readonly id: string;
  readonly isDeleted: boolean;
}

/** Webhooks that are enabled, and what is left of those that were deleted. */
async function* findWebhooks(store: Store): AsyncGenerator<FoundWebhook, void> {
  for await (const { component } of leapOrganizations(store, WEBHOOK_STATE)) {
    if (component === undefined) continue;
    const org = unescapeComponent(component);
    const found = await store.read(async (reader) => {
      const keys = await reader.scanKeys({ ...prefixRange(webhookStatePrefix(org)), limit: MAX_STATES });
      const ids = keys.map(lastComponent);
      const values = await reader.getMany(ids.map((id) => webhookKey(org, id)));
      return ids.flatMap((id, nth) => {
        const value = values[nth];
        if (value === undefined) return [{ org, id, isDeleted: true }];
        return decodeWebhook(value).isEnabled ? [{ org, id, isDeleted: false }] : [];
      });
    });
    yield* found;
  }
}
