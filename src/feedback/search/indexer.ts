/** Keeps the search index of each organization up to the change feed, in the background. */
import { UnavailableError } from '../../errors.js';
import { repeat } from '../../repeat.js';
import type { Key, Store } from '../../store/contract.js';
import { splitKey } from '../../store/keys.js';
import { changePrefix } from '../../store/layout.js';
import { findOrganizations } from '../../store/organizations.js';
import { indexChanges } from './index-changes.js';
import { createMerger, type Merger } from './merge.js';

/** How often it is looked whether something has changed, ms: changes of one such time are written together. */
const LOOK_EVERY = 400;
/** How often all organizations are looked at, ms: what other processes commit tells nobody here. */
const LOOK_AT_ALL_EVERY = 60_000;
/** How long nothing is tried after a failure, ms: of an organization, or of the store. */
const PAUSE = 5_000;
/** How long segments of an organization are merged before its next changes are looked at, ms. */
const MERGED_FOR = 300;

export interface SearchIndexer {
  /** Says under which prefixes something was appended. */
  readonly notice: (prefixes: ReadonlySet<Key>) => void;
  readonly stop: () => Promise<void>;
}

/** Starts with what was left when the server stopped. */
export function startSearchIndexer(
  store: Store,
  logger: { warn(fields: object, message: string): void },
): SearchIndexer {
  const merger = createMerger(store);
  /** Those that have, or may have, something to index. */
  const waiting = new Set<string>();
  let lookedAtAll = -Infinity;
  let failedAt = -Infinity;
  const failures = new Map<string, number>();
  const isPaused = (org: string): boolean => performance.now() - (failures.get(org) ?? -Infinity) < PAUSE;

  const round = async (signal: AbortSignal): Promise<void> => {
    if (performance.now() - failedAt < PAUSE) return;
    if (performance.now() - lookedAtAll >= LOOK_AT_ALL_EVERY) {
      for (const kind of ['help_feedback', 'search_index']) {
        for (const org of await findOrganizations(store, kind)) waiting.add(org);
      }
      lookedAtAll = performance.now();
    }
    for (let due = [...waiting]; due.length > 0; due = [...waiting].filter((org) => !isPaused(org))) {
      for (const org of due) {
        if (isPaused(org)) continue;
        if (signal.aborted) return;
        // Taken out first: what comes from here on puts it in again.
        waiting.delete(org);
        try {
          if (await takeTurn(store, merger, org, signal)) waiting.add(org);
          failures.delete(org);
        } catch (error) {
          waiting.add(org);
          // Nobody can be indexed then.
          if (error instanceof UnavailableError) throw error;
          failures.set(org, performance.now());
          logger.warn({ err: error, org }, 'the search index of an organization could not be brought up to date');
        }
      }
    }
  };
  const { runNow, stop } = repeat(round, {
    every: LOOK_EVERY,
    onFailure: (error) => {
      failedAt = performance.now();
      logger.warn({ err: error }, 'the search index could not be brought up to date');
    },
  });
  runNow();
  return {
    notice: (prefixes) => {
      for (const prefix of prefixes) {
        const [, org = ''] = splitKey(prefix);
        if (prefix === changePrefix(org)) waiting.add(org);
      }
    },
    stop,
  };
}

/** Indexes some changes of an organization, then merges segments for a while. @returns whether there is more to do */
async function takeTurn(store: Store, merger: Merger, org: string, signal: AbortSignal): Promise<boolean> {
  const isMoreToIndex = await indexChanges(store, org);
  const end = performance.now() + MERGED_FOR;
  while (!signal.aborted) {
    if (!(await merger.step(org))) return isMoreToIndex;
    if (performance.now() > end) return true;
  }
  return true;
}

/** Brings the search index of an organization up to the change feed, for whoever has the store to itself. */
export async function finishSearchIndex(store: Store, org: string): Promise<void> {
  const merger = createMerger(store);
  const never = new AbortController().signal;
  while (await takeTurn(store, merger, org, never));
}
