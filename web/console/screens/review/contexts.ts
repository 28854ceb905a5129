/** What is loaded about entries besides their texts: what is like them, and what happened to them. */
import type { Outcome, Problem } from '../../api/problem.js';
import type { ReviewContextFragment } from './documents.generated.js';

export type EntryContext = ReviewContextFragment;

export type ContextState =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly problem: Problem; readonly retry: () => void }
  | { readonly state: 'ready'; readonly context: EntryContext | undefined };

/** Entries that one request asks about: what a claim brings, so that a decision costs no request of its own. */
export const ASKED_AT_ONCE = 10;

interface Known {
  readonly context?: EntryContext | undefined;
  readonly problem?: Problem;
  /** Whether it is being asked for. */
  readonly isLoading: boolean;
  /** Whether an entry that it shows has changed since. */
  readonly isOld: boolean;
}

export interface Contexts {
  readonly subscribe: (listener: () => void) => () => void;
  readonly known: () => ReadonlyMap<string, Known>;
  /** Loads what is missing. @param ids the entry that is read, and those that follow, the next one first */
  readonly want: (ids: readonly string[]) => void;
  /** Asks again for what could not be loaded. */
  readonly retry: (id: string) => void;
  /** An entry has changed: what shows it is asked for again before it is read. */
  readonly changed: (id: string) => void;
}

type LoadContexts = (ids: readonly string[]) => Promise<Outcome<readonly EntryContext[]>>;

export function createContexts(load: LoadContexts): Contexts {
  const listeners = new Set<() => void>();
  let all: ReadonlyMap<string, Known> = new Map();

  const set = (changes: readonly (readonly [id: string, known: Known])[]): void => {
    all = new Map([...all, ...changes]);
    for (const listener of listeners) listener();
  };

  const ask = async (ids: readonly string[]): Promise<void> => {
    set(ids.map((id) => [id, { context: all.get(id)?.context, isLoading: true, isOld: false }]));
    const outcome = await load(ids);
    const found = new Map(outcome.ok ? outcome.data.map((context) => [context.id, context]) : []);
    set(
      ids.map((id) => {
        const isOld = all.get(id)?.isOld ?? false;
        if (outcome.ok) return [id, { context: found.get(id), isLoading: false, isOld }];
        const { context } = all.get(id) ?? {};
        return [id, { context, problem: outcome.problem, isLoading: false, isOld: false }];
      }),
    );
  };

  const isMissing = (id: string): boolean => {
    const known = all.get(id);
    return known === undefined || (known.isOld && !known.isLoading);
  };

  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    known: () => all,
    want: (ids) => {
      // What comes after the next one can wait until there is reason to ask.
      if (ids.slice(0, 2).some(isMissing)) void ask(ids.filter(isMissing).slice(0, ASKED_AT_ONCE));
    },
    retry: (id) => void ask([id]),
    changed: (id) => {
      const showing = [...all].filter(
        ([of, { context }]) => of === id || context?.similar?.some(({ node }) => node.id === id) === true,
      );
      if (showing.length > 0) set(showing.map(([of, known]) => [of, { ...known, isOld: true }]));
    },
  };
}

/** What is shown of an entry: an old context until there is a new one. */
export function contextOf(contexts: Contexts, known: ReadonlyMap<string, Known>, id: string): ContextState {
  const found = known.get(id);
  if (found?.context !== undefined) return { state: 'ready', context: found.context };
  if (found?.problem !== undefined) {
    return { state: 'failed', problem: found.problem, retry: () => contexts.retry(id) };
  }
  return found === undefined || found.isLoading ? { state: 'loading' } : { state: 'ready', context: undefined };
}
