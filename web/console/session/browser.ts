/** The platform of a real browser. */
import type { SessionKeeper } from './keeper.js';
import type { Platform, TabChannel } from './platform.js';

const CHANNEL = 'feedback-graph-session';

export function browserPlatform(): Platform {
  // Both are missing on pages over plain HTTP, but for this machine's.
  const { subtle } = crypto as { readonly subtle?: SubtleCrypto };
  const { locks } = navigator as { readonly locks?: LockManager };
  return {
    fetch: (resource, init) => fetch(resource, init),
    storage: sessionStorage,
    getRandomValues: (bytes) => crypto.getRandomValues(bytes),
    digest: subtle && ((bytes) => subtle.digest('SHA-256', bytes)),
    origin: location.origin,
    now: Date.now,
    startTimer: (act, milliseconds) => {
      const timer = setTimeout(act, milliseconds);
      return () => clearTimeout(timer);
    },
    tabs: createTabChannel(),
    exclusive: locks && (async (act) => locks.request(CHANNEL, act)),
  };
}

function createTabChannel(): TabChannel {
  const channel = new BroadcastChannel(CHANNEL);
  return {
    post: (message) => channel.postMessage(message),
    listen: (listener) => {
      const receive = ({ data }: MessageEvent): void => listener(data);
      channel.addEventListener('message', receive);
      return () => channel.removeEventListener('message', receive);
    },
  };
}

/** Renews as soon as the tab is looked at again: the timers of a hidden one are slow. The answer stops it. */
export function wakeWithTab(keeper: Pick<SessionKeeper, 'wake'>): () => void {
  const look = (): void => {
    if (document.visibilityState === 'visible') keeper.wake();
  };
  document.addEventListener('visibilitychange', look);
  return () => document.removeEventListener('visibilitychange', look);
}
