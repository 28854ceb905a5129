/** The address bar as a store: every change of it, by us, by the browser's buttons or by a link, is told here. */
import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let navigations = 0;

function notify(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener('popstate', notify);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) removeEventListener('popstate', notify);
  };
}

export interface NavigateOptions {
  /** Whether the current entry of the browser's history is replaced, as for what is typed letter by letter. */
  readonly replace?: boolean;
}

/** Goes to an address of the console: a path and search parameters. */
export function navigate(address: string, { replace = false }: NavigateOptions = {}): void {
  if (address === location.pathname + location.search) return;
  const leavesPath = new URL(address, location.href).pathname !== location.pathname;
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  if (leavesPath) {
    navigations += 1;
    scrollTo(0, 0);
  }
  notify();
}

/** How often this page has gone from one path to another; 0 until it does. */
export function navigationCount(): number {
  return navigations;
}

export function usePathname(): string {
  return useSyncExternalStore(subscribe, () => location.pathname);
}

export function useSearchString(): string {
  return useSyncExternalStore(subscribe, () => location.search);
}
