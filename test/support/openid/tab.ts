/** A tab of a browser that is open on the console, without the browser. */
import { webcrypto } from 'node:crypto';
import type { Platform, TabChannel } from '../../../web/console/session/platform.js';

export interface TestTab extends Platform {
  readonly kept: Map<string, string>;
  /** Runs the timers that are due within so many ms, and has the time pass. */
  advance(milliseconds: number): void;
}

/** Tabs of one browser: what one posts, the others hear at once. */
export interface TestTabs {
  open(): TabChannel;
  readonly exclusive: NonNullable<Platform['exclusive']>;
}

export function createTabs(): TestTabs {
  const listeners = new Set<(message: unknown) => void>();
  let last: Promise<unknown> = Promise.resolve();
  return {
    open: () => {
      let own: ((message: unknown) => void) | undefined;
      return {
        post: (message) => {
          const copy: unknown = structuredClone(message);
          for (const listener of listeners) if (listener !== own) listener(copy);
        },
        listen: (listener) => {
          own = listener;
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      };
    },
    exclusive: (act) => {
      const result = last.then(act);
      last = result.catch(() => undefined);
      return result;
    },
  };
}

/**
 * @param origin that of the server
 * @param others the other tabs of the browser; the tab is alone unless given
 */
export function openTab(origin: string, parts: Partial<Platform> = {}, others?: TestTabs): TestTab {
  const kept = new Map<string, string>();
  let time = Date.now();
  const timers = new Map<object, { readonly at: number; readonly act: () => void }>();
  return {
    kept,
    fetch: (resource, init) => {
      if (typeof resource !== 'string') throw new Error('Pages ask for paths');
      const method = init?.method ?? 'GET';
      return fetch(new URL(resource, origin), {
        ...init,
        headers: {
          ...(method === 'GET' ? {} : { 'content-type': 'application/json', origin }),
          'sec-fetch-site': 'same-origin',
        },
      });
    },
    storage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    },
    getRandomValues: (bytes) => webcrypto.getRandomValues(bytes),
    digest: (bytes) => webcrypto.subtle.digest('SHA-256', bytes),
    origin,
    now: () => time,
    startTimer: (act, milliseconds) => {
      const timer = {};
      timers.set(timer, { at: time + milliseconds, act });
      return () => timers.delete(timer);
    },
    advance: (milliseconds) => {
      const end = time + milliseconds;
      for (;;) {
        const [next] = [...timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at);
        if (next === undefined) break;
        timers.delete(next[0]);
        time = Math.max(time, next[1].at);
        next[1].act();
      }
      time = end;
    },
    ...(others !== undefined && { tabs: others.open(), exclusive: others.exclusive }),
    ...parts,
  };
}
