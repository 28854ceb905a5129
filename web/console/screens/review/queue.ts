/** The entries of one reviewer's sitting and what became of each, as data: `queueReducer` is the only thing that changes it. */
import type { Problem } from '../../api/problem.js';
import type { ReviewEntryFragment, ReviewVerdict } from './documents.generated.js';

export type Entry = ReviewEntryFragment;

export interface Decision {
  readonly verdict: ReviewVerdict;
  readonly reason?: string;
  readonly correction?: string;
  /** The same for each attempt to save the decision, so that it is made once. */
  readonly idempotencyKey: string;
}

export type ItemState =
  /** Awaits the decision. */
  | { readonly kind: 'open' }
  | { readonly kind: 'saving'; readonly decision: Decision }
  /** Could not be saved, and can be tried again. */
  | { readonly kind: 'unsaved'; readonly decision: Decision; readonly problem: Problem }
  /** Somebody else has changed, claimed, decided or erased it. */
  | { readonly kind: 'conflict'; readonly current: Entry | null; readonly problem?: Problem }
  | { readonly kind: 'decided'; readonly decision: Decision; readonly version: number }
  | { readonly kind: 'skipped' };

export interface Item {
  readonly entry: Entry;
  /** When the claim ends, by this browser's clock, epoch ms. */
  readonly heldUntil: number;
  readonly state: ItemState;
}

export interface QueueState {
  readonly items: readonly Item[];
  /** Whether the server may have more. */
  readonly hasMore: boolean;
  /** Whether the entries are ones that the reviewer has skipped before. */
  readonly areSkipped: boolean;
  readonly isClaiming: boolean;
  /** Why the last claim failed. */
  readonly problem: Problem | undefined;
  /** Entries decided here, undone ones left out. */
  readonly decidedCount: number;
}

export const EMPTY_QUEUE: QueueState = {
  items: [],
  hasMore: true,
  areSkipped: false,
  isClaiming: true,
  problem: undefined,
  decidedCount: 0,
};

/** Entries that are done with stay in the list so that one can go back to them, up to this many. */
const KEPT_DONE = 30;

export type QueueAction =
  | { readonly type: 'claiming' }
  | { readonly type: 'claimFailed'; readonly problem: Problem }
  | {
      readonly type: 'claimed';
      readonly entries: readonly Entry[];
      readonly heldUntil: number;
      readonly hasMore: boolean;
      readonly areSkipped: boolean;
    }
  /** Entries that are held again, as they were or in a newer version. */
  | { readonly type: 'held'; readonly ids: readonly string[]; readonly heldUntil: number }
  | { readonly type: 'reopened'; readonly entry: Entry; readonly heldUntil: number }
  | { readonly type: 'changed'; readonly id: string; readonly state: ItemState }
  | { readonly type: 'removed'; readonly id: string };

export function queueReducer(queue: QueueState, action: QueueAction): QueueState {
  switch (action.type) {
    case 'claiming':
      return { ...queue, isClaiming: true, problem: undefined };
    case 'claimFailed':
      return { ...queue, isClaiming: false, problem: action.problem };
    case 'claimed': {
      const { entries, heldUntil, hasMore, areSkipped } = action;
      const ids = new Set(entries.map(({ id }) => id));
      const added = entries.map((entry): Item => ({ entry, heldUntil, state: { kind: 'open' } }));
      const items = withoutOldest([...queue.items.filter(({ entry }) => !ids.has(entry.id)), ...added]);
      return { ...queue, items, hasMore, areSkipped, isClaiming: false, problem: undefined };
    }
    case 'held': {
      const ids = new Set(action.ids);
      return mapItems(queue, (item) => (ids.has(item.entry.id) ? { ...item, heldUntil: action.heldUntil } : item));
    }
    case 'reopened': {
      const { entry, heldUntil } = action;
      const item: Item = { entry, heldUntil, state: { kind: 'open' } };
      const before = findItem(queue, entry.id);
      if (before === undefined) return { ...queue, items: [item, ...queue.items] };
      const undone = before.state.kind === 'decided' ? 1 : 0;
      return {
        ...mapItems(queue, (other) => (other === before ? item : other)),
        decidedCount: queue.decidedCount - undone,
      };
    }
    case 'changed': {
      const { id, state } = action;
      const decided = state.kind === 'decided' && findItem(queue, id)?.state.kind !== 'decided' ? 1 : 0;
      return {
        ...mapItems(queue, (item) => (item.entry.id === id ? { ...item, state } : item)),
        decidedCount: queue.decidedCount + decided,
      };
    }
    case 'removed':
      return { ...queue, items: queue.items.filter(({ entry }) => entry.id !== action.id) };
  }
}

function mapItems(queue: QueueState, change: (item: Item) => Item): QueueState {
  return { ...queue, items: queue.items.map(change) };
}

function withoutOldest(items: readonly Item[]): readonly Item[] {
  let excess = items.filter(isDone).length - KEPT_DONE;
  return items.filter((item) => !isDone(item) || excess-- <= 0);
}

export function findItem({ items }: QueueState, id: string | undefined): Item | undefined {
  return items.find(({ entry }) => entry.id === id);
}

export function isDone({ state }: Item): boolean {
  return state.kind === 'decided' || state.kind === 'skipped';
}

/** Whether the entry waits for the reviewer: its decision, or what to do about one that was not saved. */
export function needsReviewer({ state }: Item): boolean {
  return state.kind === 'open' || state.kind === 'unsaved' || state.kind === 'conflict';
}

/** Whether a key or a button may decide it; what somebody else has changed needs a second look first. */
export function isDecidable({ state }: Item): boolean {
  return state.kind === 'open' || state.kind === 'unsaved';
}

export function isOpen({ state }: Item): boolean {
  return state.kind === 'open';
}

/** The entry to go on with: the next one that waits for a decision, from `id` on and around. */
export function nextOpen({ items }: QueueState, id: string | undefined): Item | undefined {
  const place = items.findIndex(({ entry }) => entry.id === id);
  const around = [...items.slice(place + 1), ...items.slice(0, Math.max(0, place))];
  return around.find(isOpen);
}

/** The ids of the entries that this reviewer holds as far as this page knows. */
export function heldIds({ items }: QueueState): readonly string[] {
  return items.filter(needsReviewer).map(({ entry }) => entry.id);
}
