import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useApiLoader } from '../../api/load.js';
import { isOfConnection, useReconnected } from '../../api/reconnected.js';
import { useSession } from '../../session/session.js';
import { type Contexts, contextOf, type ContextState, createContexts, type EntryContext } from './contexts.js';
import { ReviewContextsDocument } from './documents.generated.js';
import { findItem, isDone, isOpen, type QueueState } from './queue.js';

export interface ContextsView {
  readonly contexts: Contexts;
  /** Of the entry that is read; undefined where there is none. */
  readonly shown: ContextState | undefined;
}

/** What is known about the entry that is read, loaded together with what is known about those that follow. */
export function useContexts(queue: QueueState, id: string | undefined): ContextsView {
  const withSimilar = useSession().can('feedback:read');
  const load = useApiLoader(ReviewContextsDocument);
  const [contexts] = useState(() =>
    createContexts(async (ids) => {
      const outcome = await load({ ids: [...ids], withSimilar });
      if (!outcome.ok) return outcome;
      return {
        ok: true,
        data: outcome.data.nodes.filter((node): node is EntryContext => node !== null && 'audit' in node),
      };
    }),
  );
  const known = useSyncExternalStore(contexts.subscribe, contexts.known);
  useChanges(contexts, queue);
  const wanted = id === undefined ? '' : [id, ...following(queue, id)].join(' ');
  useEffect(() => {
    if (wanted !== '') contexts.want(wanted.split(' '));
  }, [contexts, known, wanted]);
  const shown = id === undefined ? undefined : contextOf(contexts, known, id);
  const problem = shown?.state === 'failed' ? shown.problem : undefined;
  useReconnected(() => id !== undefined && contexts.retry(id), isOfConnection(problem));
  return { contexts, shown };
}

/** The entries that are read next, from `id` on and around. */
function following({ items }: QueueState, id: string): readonly string[] {
  const place = items.findIndex(({ entry }) => entry.id === id);
  return [...items.slice(place + 1), ...items.slice(0, Math.max(place, 0))].filter(isOpen).map(({ entry }) => entry.id);
}

/** Tells of each entry that is decided here, or taken back. */
function useChanges(contexts: Contexts, queue: QueueState): void {
  const before = useRef(queue);
  useEffect(() => {
    for (const item of queue.items) {
      const { id, version } = item.entry;
      const last = findItem(before.current, id);
      if (last !== undefined && (isDone(last) !== isDone(item) || last.entry.version !== version)) contexts.changed(id);
    }
    before.current = queue;
  }, [contexts, queue]);
}
