/** Carries out bulk operations in the background, in turns, and goes on with those that another server has left. */
import { type Repetition, repeat, spreadPeriod } from '../../repeat.js';
import type { DomainServices } from '../../services.js';
import { lastComponent, prefixRange, unescapeComponent } from '../../store/keys.js';
import { BULK_RUNNING, bulkRunningPrefix } from '../../store/layout.js';
import { leapOrganizations } from '../../store/organizations.js';
import { unwatched, type WatchedWork, type WatchWork } from '../../watch-work.js';
import { MAX_RUNNING } from './begin.js';
import { findBulkOperation } from './operation.js';
import { continueBulkOperation } from './run.js';

/** How often new operations are looked at that were noticed just when a round ended, ms. */
const ROUND_EVERY = 1_000;
/** How often operations are looked for that nobody carries on, ms. */
const LOOK_EVERY = 10_000;
/** What has not moved for so long, ms, has nobody any more who carries it on: each step takes some milliseconds. */
export const ABANDONED_AFTER = 10_000;

export interface BulkWorker {
  /** Says that an operation is to be carried out. */
  readonly notice: (org: string, id: string) => void;
  readonly stop: () => Promise<void>;
}

interface Named {
  readonly org: string;
  readonly id: string;
}

/** An operation that this server carries out. */
interface Active extends Named {
  readonly work: WatchedWork;
  /** Transactions of this server. */
  steps: number;
}

/** @param isShared whether other servers may carry out operations of the store */
export function startBulkWorker(
  services: Pick<DomainServices, 'store' | 'keyedHash' | 'now'>,
  logger: { warn(fields: object, message: string): void },
  isShared: boolean,
  watch: WatchWork = unwatched,
): BulkWorker {
  /** By their names. */
  const active = new Map<string, Active>();
  // What was left in the middle before this server started is abandoned where no other can be at it.
  let abandonedAfter = isShared ? ABANDONED_AFTER : 0;
  const lookEvery = spreadPeriod(LOOK_EVERY);
  let lookedAt = -Infinity;

  const add = ({ org, id }: Named, isAsked: boolean): void => {
    const name = JSON.stringify([org, id]);
    if (active.has(name)) return;
    const facts = { 'feedback_graph.organization': org, 'feedback_graph.bulk_operation.id': id };
    active.set(name, { org, id, work: watch({ name: 'bulk operation', facts, isAsked }), steps: 0 });
  };
  const end = (name: string, ended: boolean, failure?: unknown): void => {
    const operation = active.get(name);
    active.delete(name);
    const facts = { 'feedback_graph.bulk_operation.steps': operation?.steps ?? 0 };
    operation?.work.end({ ...facts, 'feedback_graph.bulk_operation.ended': ended }, failure);
  };
  const round = async (signal: AbortSignal): Promise<void> => {
    if (performance.now() - lookedAt >= lookEvery) {
      for (const operation of await findAbandoned(services, abandonedAfter)) add(operation, false);
      abandonedAfter = ABANDONED_AFTER;
      lookedAt = performance.now();
    }
    // Each has a step in turn, and one that is noticed meanwhile has the next ones, too.
    while (active.size > 0) {
      for (const [name, operation] of active) {
        const { org, id, work } = operation;
        if (signal.aborted) return;
        const failed = (error: unknown): void =>
          logger.warn({ err: error, operation: id }, 'an entry could not be changed by a bulk operation');
        try {
          const isLeft = await work.within(() => continueBulkOperation(services, org, id, failed));
          operation.steps += 1;
          if (!isLeft) end(name, true);
        } catch (error) {
          // It is found again once it has not moved for a while.
          end(name, false, error);
          logger.warn({ err: error, operation: id }, 'a bulk operation could not go on');
        }
      }
    }
  };
  const { runNow, stop }: Repetition = repeat(round, {
    every: ROUND_EVERY,
    onFailure: (error) => logger.warn({ err: error }, 'bulk operations could not be looked for'),
  });
  runNow();
  return {
    notice: (org, id) => {
      add({ org, id }, true);
      runNow();
    },
    stop: async () => {
      await stop();
      for (const name of [...active.keys()]) end(name, false);
    },
  };
}

/** The operations of all organizations that are under way and that nobody has carried on for a while. */
export async function findAbandoned(
  { store, now }: Pick<DomainServices, 'store' | 'now'>,
  abandonedAfter: number,
): Promise<readonly Named[]> {
  const abandoned: Named[] = [];
  for await (const { component } of leapOrganizations(store, BULK_RUNNING)) {
    if (component === undefined) continue;
    const org = unescapeComponent(component);
    const at = now();
    const found = await store.read(async (reader) => {
      const keys = await reader.scanKeys({ ...prefixRange(bulkRunningPrefix(org)), limit: MAX_RUNNING });
      const ids = keys.map(lastComponent);
      const operations = await Promise.all(ids.map((id) => findBulkOperation(reader, org, id)));
      // A time far ahead was written by a clock that was wrong. One without a record is to be ended.
      return ids.filter((_, nth) => Math.abs(at - (operations[nth]?.updatedAt ?? 0)) >= abandonedAfter);
    });
    abandoned.push(...found.map((id) => ({ org, id })));
  }
  return abandoned;
}
