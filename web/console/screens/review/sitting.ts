/**
 * One reviewer's work through the queue: claims, decisions, undo and the way back after a failure. It knows nothing of how it
 * is drawn; the server is given as functions.
 */
import type { Outcome, Problem } from '../../api/problem.js';
import type { PageHold } from './alone.js';
import { type Claims, createClaims } from './claims.js';
import type { ReviewVerdict } from './documents.generated.js';
import type { DraftStore } from './drafts.js';
import { EMPTY_DRAFT, newCorrection } from './drafts.js';
import {
  type Decision,
  EMPTY_QUEUE,
  type Entry,
  findItem,
  type QueueAction,
  queueReducer,
  type QueueState,
} from './queue.js';
import { reasonText } from './reasons.js';

export interface Claimed {
  readonly entries: readonly Entry[];
  readonly hasMore: boolean;
  readonly endCursor: string | null;
  readonly areSkipped: boolean;
}

/** What a sitting asks of the server. */
export interface ReviewServer {
  readonly claim: (request: {
    readonly count: number;
    readonly after?: string;
    readonly ids?: readonly string[];
    /** Whether entries are wanted that the filter of the sitting does not select. */
    readonly isUnfiltered?: boolean;
  }) => Promise<Outcome<Claimed>>;
  /** The ids of all that the reviewer holds now. */
  readonly renew: () => Promise<Outcome<readonly string[]>>;
  /** Nobody waits for it: the page may be going away. */
  readonly release: (ids: readonly string[]) => Promise<void>;
  readonly held: () => Promise<Outcome<readonly Entry[]>>;
  /** Null for an entry that does not exist any more. */
  readonly load: (id: string) => Promise<Outcome<Entry | null>>;
  /** Whether no other reviewer has claimed the entry, as far as it tells. */
  readonly mayDecide: (entry: Entry) => boolean;
  readonly decide: (entry: Entry, decision: Decision) => Promise<Outcome<{ readonly version: number }>>;
  readonly undo: (id: string, version: number) => Promise<Outcome<Entry>>;
  readonly skip: (id: string) => Promise<Outcome<unknown>>;
}

export interface Sitting extends Omit<Claims, 'reopen'> {
  readonly state: () => QueueState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Decides on an entry, in the version that is shown or, where somebody has changed it, in the one of now. */
  readonly decide: (id: string, verdict: ReviewVerdict) => Promise<Problem | undefined>;
  /** Saves again what could not be saved. */
  readonly retry: (id: string) => Promise<Problem | undefined>;
  /** Drops the decision that could not be saved, as its text is being changed. */
  readonly reconsider: (id: string) => void;
  readonly skip: (id: string) => Promise<Problem | undefined>;
  /** Takes back what was done with an entry, or the last thing that was; resolves to the entry that is open again. */
  readonly undo: (id?: string) => Promise<Outcome<string | undefined>>;
}

export interface SittingOptions {
  readonly server: ReviewServer;
  readonly drafts: DraftStore;
  readonly now: () => number;
  readonly holdPage: () => PageHold;
  /** How long the server keeps a claim, ms. */
  readonly lease: number;
}

export function createSitting(options: SittingOptions): Sitting {
  const { server, drafts } = options;
  let queue = EMPTY_QUEUE;
  const listeners = new Set<() => void>();
  const dispatch = (action: QueueAction): void => {
    queue = queueReducer(queue, action);
    for (const listener of listeners) listener();
  };
  const claims = createClaims(options, () => queue, dispatch);

  /** What was done, the last at the end, and what is on its way for each entry. */
  let done: readonly string[] = [];
  const onTheWay = new Map<string, Promise<Problem | undefined>>();

  const save = async (entry: Entry, decision: Decision): Promise<Problem | undefined> => {
    const { id } = entry;
    dispatch({ type: 'changed', id, state: { kind: 'saving', decision } });
    done = [...done.filter((other) => other !== id), id];
    const saved = await server.decide(entry, decision);
    if (saved.ok) {
      dispatch({ type: 'changed', id, state: { kind: 'decided', decision, version: saved.data.version } });
      drafts.remove(id);
      goOn();
      return undefined;
    }
    done = done.filter((other) => other !== id);
    const { problem } = saved;
    if (problem.kind === 'conflict' || problem.kind === 'not-found') await claims.check(id, problem);
    else dispatch({ type: 'changed', id, state: { kind: 'unsaved', decision, problem } });
    return problem;
  };

  /** The server takes decisions: those that it could not take are saved now, and more can be claimed. */
  const goOn = (): void => {
    for (const { entry, state } of queue.items) if (state.kind === 'unsaved') void retry(entry.id);
    if (queue.problem !== undefined) void claims.claimMore();
  };

  const track = (id: string, work: () => Promise<Problem | undefined>): Promise<Problem | undefined> => {
    const promise = work().finally(() => onTheWay.delete(id));
    onTheWay.set(id, promise);
    return promise;
  };

  const decide: Sitting['decide'] = async (id, verdict) => {
    const item = findItem(queue, id);
    if (item === undefined || item.state.kind === 'saving' || item.state.kind === 'decided') return undefined;
    const entry = item.state.kind === 'conflict' ? item.state.current : item.entry;
    if (entry === null) return undefined;
    const draft = drafts.read(id) ?? EMPTY_DRAFT;
    const reason = reasonText(draft);
    const correction = entry.type === 'PREFERENCE' ? undefined : newCorrection(draft, entry);
    const decision: Decision = {
      verdict,
      ...(reason !== undefined && { reason }),
      ...(correction !== undefined && { correction }),
      idempotencyKey: randomKey(),
    };
    if (entry !== item.entry) dispatch({ type: 'reopened', entry, heldUntil: item.heldUntil });
    return track(id, () => save(entry, decision));
  };

  const retry: Sitting['retry'] = async (id) => {
    const item = findItem(queue, id);
    if (item?.state.kind !== 'unsaved') return undefined;
    const { decision } = item.state;
    return track(id, () => save(item.entry, decision));
  };

  const skip: Sitting['skip'] = async (id) => {
    const item = findItem(queue, id);
    if (item === undefined || item.state.kind === 'saving' || item.state.kind === 'decided') return undefined;
    const { state } = item;
    dispatch({ type: 'changed', id, state: { kind: 'skipped' } });
    done = [...done.filter((other) => other !== id), id];
    return track(id, async () => {
      const skipped = await server.skip(id);
      if (skipped.ok) return undefined;
      done = done.filter((other) => other !== id);
      dispatch({ type: 'changed', id, state });
      return skipped.problem;
    });
  };

  const undo: Sitting['undo'] = async (given) => {
    const id = given !== undefined && done.includes(given) ? given : done.at(-1);
    if (id === undefined) return { ok: true, data: undefined };
    await onTheWay.get(id);
    const item = findItem(queue, id);
    if (item === undefined) return { ok: true, data: undefined };
    const { entry, state } = item;
    if (state.kind !== 'decided' && state.kind !== 'skipped') return { ok: true, data: id };
    let again = entry;
    if (state.kind === 'decided') {
      const undone = await server.undo(id, state.version);
      if (!undone.ok) return undone;
      again = undone.data;
    }
    done = done.filter((other) => other !== id);
    await claims.reopen(again);
    return { ok: true, data: id };
  };

  return {
    state: () => queue,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ...claims,
    decide,
    retry,
    reconsider: (id) => {
      if (findItem(queue, id)?.state.kind === 'unsaved') dispatch({ type: 'changed', id, state: { kind: 'open' } });
    },
    skip,
    undo,
  };
}

function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
