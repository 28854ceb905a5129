/** Keeps the search index of each organization up to the change feed, in the background. */
import { UnavailableError } from '../../errors.js';
import { repeat } from '../../repeat.js';
import type { Key, Store } from '../../store/contract.js';
import { splitKey } from '../../store/keys.js';
import { changePrefix } from '../../store/layout.js';
import { findOrganizations } from '../../store/organizations.js';
import { indexChanges } from './index-changes.js';
import { createMerger, type Merger } from './merge.js';
import { type IndexingServer, isAnothersTurn, readSearchIndex } from './state.js';
import { WORD_RULES } from './words.js';

/** How often it is looked whether something has changed, ms. */
const LOOK_EVERY = 400;
/**
 * How long an organization is left alone once all of it is indexed, ms, so that changes of such a time are written together:
 * an entry costs several times as much in a segment of 40 entries as in one of 600. Less than the time between two looks.
 */
const GATHERED_FOR = 300;
/** How often all organizations are looked at, ms: what other processes commit tells nobody here. */
const LOOK_AT_ALL_EVERY = 60_000;
/** How long nothing is tried after a failure, ms: of an organization, or of the store. */
const PAUSE = 5_000;
/** How often an organization is looked at again that another server indexes now, ms; and one that indexes by other rules. */
const LOOK_AFTER_ANOTHER = 1_000;
const LOOK_AFTER_OTHER_RULES = 60_000;
/** How long segments of an organization are merged before its next changes are looked at, ms. */
const MERGED_FOR = 300;

export interface SearchIndexer {
  /** Says under which prefixes something was appended. */
  readonly notice: (prefixes: ReadonlySet<Key>) => void;
  readonly stop: () => Promise<void>;
}

/**
 * Starts with what was left when the server stopped. Of several servers over one store, one at a time indexes an organization:
 * whoever has done so last goes on, and is followed by another once it has nothing more to do.
 * @param by the server that indexes, where others may use the store
 */
export function startSearchIndexer(
  store: Store,
  logger: { warn(fields: object, message: string): void },
  by?: IndexingServer,
): SearchIndexer {
  const merger = createMerger(store, by);
  /** Those that have, or may have, something to index. */
  const waiting = new Set<string>();
  let lookedAtAll = -Infinity;
  let failedAt = -Infinity;
  let isToldOfRules = false;
  /** Until when an organization is left alone, by its name. */
  const pauses = new Map<string, number>();
  const isPaused = (org: string): boolean => performance.now() < (pauses.get(org) ?? -Infinity);
  const pause = (org: string, milliseconds: number): void => {
    pauses.set(org, performance.now() + milliseconds);
  };

  const round = async (signal: AbortSignal): Promise<void> => {
    if (performance.now() - failedAt < PAUSE) return;
    if (performance.now() - lookedAtAll >= LOOK_AT_ALL_EVERY) {
      for (const kind of ['help_feedback', 'search_index']) {
        for (const org of await findOrganizations(store, kind)) waiting.add(org);
      }
      lookedAtAll = performance.now();
    }
    for (const org of pauses.keys()) if (!isPaused(org)) pauses.delete(org);
    for (let due = [...waiting]; due.length > 0; due = [...waiting].filter((org) => !isPaused(org))) {
      for (const org of due) {
        if (isPaused(org)) continue;
        if (signal.aborted) return;
        // Taken out first: what comes from here on puts it in again.
        waiting.delete(org);
        try {
          const begun = performance.now();
          const outcome = await takeTurn(store, merger, org, signal, by);
          if (outcome !== 'done') waiting.add(org);
          if (outcome === 'others') pause(org, LOOK_AFTER_ANOTHER);
          else if (outcome === 'otherRules') pause(org, LOOK_AFTER_OTHER_RULES);
          else if (outcome === 'done') pause(org, GATHERED_FOR - (performance.now() - begun));
          if (outcome === 'otherRules' && !isToldOfRules) {
            isToldOfRules = true;
            logger.warn({ org }, 'another server, perhaps with another version of Node.js, keeps the search index');
          }
        } catch (error) {
          waiting.add(org);
          // Nobody can be indexed then.
          if (error instanceof UnavailableError) throw error;
          pause(org, PAUSE);
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

/**
 * Indexes some changes of an organization, then merges segments for a while.
 * @returns whether all is done, there is more to do, or another server is at it, perhaps by other rules
 */
async function takeTurn(
  store: Store,
  merger: Merger,
  org: string,
  signal: AbortSignal,
  by?: IndexingServer,
): Promise<'done' | 'more' | 'others' | 'otherRules'> {
  if (by !== undefined) {
    const index = await store.read((reader) => readSearchIndex(reader, org));
    if (isAnothersTurn(index, by)) return index?.rules === WORD_RULES ? 'others' : 'otherRules';
  }
  const isMoreToIndex = await indexChanges(store, org, by);
  const end = performance.now() + MERGED_FOR;
  while (!signal.aborted) {
    if (!(await merger.step(org))) return isMoreToIndex ? 'more' : 'done';
    if (performance.now() > end) return 'more';
  }
  return 'more';
}

/** Brings the search index of an organization up to the change feed, for whoever has the store to itself. */
export async function finishSearchIndex(store: Store, org: string): Promise<void> {
  const merger = createMerger(store);
  const never = new AbortController().signal;
  while ((await takeTurn(store, merger, org, never)) !== 'done');
}
