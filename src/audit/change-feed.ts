/**
 * The change feed of an organization, read in the order of commits. Whoever follows it has a place in it and reads on
 * from there, a page at a time, as soon as it is woken: nothing is kept for those who lag behind but what is stored
 * anyway, so none misses a change and none is told of one twice. Changes are never removed.
 */
import { UnavailableError } from '../errors.js';
import { repeat } from '../repeat.js';
import type { Entry, Key, Reader, Store } from '../store/contract.js';
import { lastComponent, prefixEnd, prefixRange } from '../store/keys.js';
import { changePrefix } from '../store/layout.js';
import { decodeRecord } from '../store/record.js';
import type { ChangeEvent } from './events.js';

/** A change and its place in the feed. */
export interface Change extends ChangeEvent {
  /**
   * The number of its commit among those of the organization, and behind a dot which further one of the commit it is:
   * `12`, `12.1`. Ascending within an organization. Those of stores from before 0.2.0 count the commits of all
   * organizations, so there are gaps; what comes after goes on from the newest of them.
   */
  readonly id: string;
}

/** The place in front of all changes. */
export const BEFORE_ALL = '0';

/** How many changes are read at once at most. */
export const CHANGES_AT_ONCE = 500;

/** How often it is looked for commits that nobody was told of, as their outcome was unknown. Milliseconds. */
const POLL_EVERY = 1_000;

/** The same where other servers commit as well: one question for all organizations that are followed. Milliseconds. */
const POLL_VERSIONS_EVERY = 100;

const CHANGE_ID = /^(0|[1-9][0-9]{0,15})(?:\.([1-9][0-9]{0,3}))?$/;
const SEQUENCE_DIGITS = 16;
const NTH_DIGITS = 4;

export function isChangeId(text: string): boolean {
  return CHANGE_ID.test(text);
}

/** The end of the key that the store has made of a place, see `Transaction.append`. */
function keyEnd(id: string): string {
  const [sequence = '', nth] = id.split('.');
  const padded = sequence.padStart(SEQUENCE_DIGITS, '0');
  return nth === undefined ? padded : `${padded}.${nth.padStart(NTH_DIGITS, '0')}`;
}

function parseChangeId(key: Key): string {
  const [sequence, nth] = lastComponent(key).split('.');
  return nth === undefined ? String(Number(sequence)) : `${Number(sequence)}.${Number(nth)}`;
}

/** Whether a change comes after another one of the same feed. */
export function isAfter(id: string, other: string): boolean {
  return keyEnd(id) > keyEnd(other);
}

/** The place of the newest change, {@link BEFORE_ALL} where there is none. */
export async function newestChange(reader: Reader, org: string): Promise<string> {
  const [key] = await reader.scanKeys({ ...prefixRange(changePrefix(org)), limit: 1, reverse: true });
  return key === undefined ? BEFORE_ALL : parseChangeId(key);
}

/** At most `limit` changes behind a place, oldest first. */
export async function changesAfter(reader: Reader, org: string, after: string, limit: number): Promise<Change[]> {
  const prefix = changePrefix(org);
  const entries = await reader.scan({ gte: `${prefix}${keyEnd(after)}\0`, lt: prefixEnd(prefix), limit });
  return entries.map(decodeChange);
}

function decodeChange({ key, value }: Entry): Change {
  return { id: parseChangeId(key), ...(decodeRecord(value) as ChangeEvent) };
}

export interface FollowOptions {
  /** The place behind which to start. */
  readonly after: string;
  /** Ends the iteration, also while it waits. `return()` of a generator that waits would wait with it. */
  readonly signal: AbortSignal;
  /** After so many milliseconds without a change an empty page is given. */
  readonly idleMilliseconds?: number;
}

/** The one mechanism behind everything live. */
export interface ChangeFeed {
  /** The place of the newest change. */
  newest(org: string): Promise<string>;
  /**
   * Pages of changes, never more than {@link CHANGES_AT_ONCE}, as they are committed, until `signal` aborts or the feed
   * is closed. While the store cannot be read, it waits.
   */
  follow(org: string, options: FollowOptions): AsyncGenerator<readonly Change[], void>;
  /**
   * Reads what belongs to a page, and again while the store cannot be read; undefined if the iteration is to end in the
   * meantime.
   */
  read<T>(work: (reader: Reader) => Promise<T>, signal: AbortSignal): Promise<T | undefined>;
  /** Tells that something may have been appended under these prefixes. */
  wake(prefixes: ReadonlySet<Key>): void;
  /** How many iterations have begun and not ended. */
  readonly followers: number;
  /** Ends all iterations. */
  close(): void;
}

interface Waiter {
  /** What it has seen; woken by the poll if there is something newer. Undefined wakes it in any case. */
  readonly after: string | undefined;
  readonly wake: () => void;
}

/** What the followers of one organization share. */
interface Followed {
  followers: number;
  /** The newest version of the organization's stream that the poll has seen; undefined before the first. */
  version: number | undefined;
  /** How many times something may have been appended: tells a wake that came while a follower was reading. */
  generation: number;
  readonly waiters: Set<Waiter>;
  /** Reads under way, by generation and place: those who lag by the same share one. */
  readonly reads: Map<string, Promise<readonly Change[]>>;
}

export function createChangeFeed(
  store: Pick<Store, 'read' | 'versions'>,
  pollMilliseconds = store.versions === undefined ? POLL_EVERY : POLL_VERSIONS_EVERY,
): ChangeFeed {
  const followed = new Map<string, Followed>();
  let followers = 0;
  let closed = false;
  const pauses = new Set<() => void>();
  const woken = new Set<Key>();

  function wakeAll(state: Followed): void {
    state.generation += 1;
    for (const waiter of [...state.waiters]) waiter.wake();
  }

  const polling = repeat(() => (store.versions === undefined ? poll() : pollVersions()), {
    every: pollMilliseconds,
    // Reads that fail are met where they are made.
    onFailure: () => undefined,
  });

  /** Whatever was committed between the reads of followers and the first poll is found by waking them at that one. */
  async function pollVersions(): Promise<void> {
    const polled = [...followed];
    if (polled.length === 0) return;
    const versions = await store.versions?.(polled.map(([org]) => org));
    for (const [org, state] of polled) {
      const version = versions?.get(org) ?? 0;
      if (state.version !== version) wakeAll(state);
      else for (const waiter of [...state.waiters]) if (waiter.after === undefined) waiter.wake();
      state.version = version;
    }
  }

  async function poll(): Promise<void> {
    for (const [org, state] of [...followed]) {
      if (state.waiters.size === 0) continue;
      // One that cannot be read now is looked at again next time.
      const newest = await store.read((reader) => newestChange(reader, org)).catch(() => undefined);
      if (newest === undefined) continue;
      for (const waiter of [...state.waiters]) {
        if (waiter.after === undefined || isAfter(newest, waiter.after)) waiter.wake();
      }
    }
  }

  function enter(org: string): Followed {
    const state = followed.get(org) ?? {
      followers: 0,
      version: undefined,
      generation: 0,
      waiters: new Set<Waiter>(),
      reads: new Map<string, Promise<readonly Change[]>>(),
    };
    followed.set(org, state);
    state.followers += 1;
    followers += 1;
    return state;
  }

  function leave(org: string, state: Followed): void {
    state.followers -= 1;
    followers -= 1;
    if (state.followers === 0) followed.delete(org);
  }

  function read(org: string, state: Followed, after: string): Promise<readonly Change[]> {
    const name = `${state.generation} ${after}`;
    const underWay = state.reads.get(name);
    if (underWay !== undefined) return underWay;
    const pages = store.read((reader) => changesAfter(reader, org, after, CHANGES_AT_ONCE));
    const shared = pages.finally(() => state.reads.delete(name));
    state.reads.set(name, shared);
    return shared;
  }

  /** Resolves to whether it was woken, rather than idle for too long. */
  function wait(state: Followed, after: string | undefined, options: FollowOptions): Promise<boolean> {
    const { signal, idleMilliseconds } = options;
    return new Promise((resolve) => {
      const end = (wasWoken: boolean): void => {
        clearTimeout(idle);
        signal.removeEventListener('abort', waiter.wake);
        state.waiters.delete(waiter);
        resolve(wasWoken);
      };
      const waiter: Waiter = { after, wake: () => end(true) };
      const idle = idleMilliseconds === undefined ? undefined : setTimeout(() => end(false), idleMilliseconds);
      state.waiters.add(waiter);
      signal.addEventListener('abort', waiter.wake);
      if (signal.aborted || closed) end(true);
    });
  }

  /** Resolves at the next poll, or when the iteration is to end. */
  function pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(pausing);
        signal.removeEventListener('abort', end);
        pauses.delete(end);
        resolve();
      };
      const pausing = setTimeout(end, pollMilliseconds);
      pauses.add(end);
      signal.addEventListener('abort', end);
    });
  }

  return {
    read: async (work, signal) => {
      while (!signal.aborted && !closed) {
        const answer = await store.read(async (reader) => ({ value: await work(reader) })).catch(unlessUnavailable);
        if (answer !== undefined) return answer.value;
        await pause(signal);
      }
      return undefined;
    },
    newest: (org) => store.read((reader) => newestChange(reader, org)),
    get followers() {
      return followers;
    },
    wake: (prefixes) => {
      // Commits of one turn of the event loop wake once.
      if (woken.size === 0) {
        setImmediate(() => {
          for (const [org, state] of followed) if (woken.has(changePrefix(org))) wakeAll(state);
          woken.clear();
        });
      }
      for (const prefix of prefixes) woken.add(prefix);
    },
    follow: async function* (org, options) {
      const { signal } = options;
      const state = enter(org);
      let { after } = options;
      try {
        while (!signal.aborted && !closed) {
          const { generation } = state;
          const page = await read(org, state, after).catch(unlessUnavailable);
          const last = page?.at(-1);
          if (page !== undefined && last !== undefined) {
            after = last.id;
            yield page;
          } else if (page === undefined || generation === state.generation) {
            const wasWoken = await wait(state, page && after, options);
            if (!wasWoken) yield [];
          }
        }
      } finally {
        leave(org, state);
      }
    },
    close: () => {
      closed = true;
      void polling.stop();
      for (const end of [...pauses]) end();
      for (const { waiters } of followed.values()) for (const waiter of [...waiters]) waiter.wake();
    },
  };
}

/** A store that cannot be read now may be read again later. */
function unlessUnavailable(error: unknown): undefined {
  if (!(error instanceof UnavailableError)) throw error;
}
