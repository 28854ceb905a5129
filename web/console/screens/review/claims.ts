/** What a sitting holds: claiming, keeping, losing and giving back. */
import type { Problem } from '../../api/problem.js';
import type { PageHold } from './alone.js';
import { claimNamed, claimNext, findLost } from './claiming.js';
import { EMPTY_DRAFT, isWorthKeeping } from './drafts.js';
import {
  type Entry,
  findItem,
  heldIds,
  isDone,
  isOpen,
  type Item,
  type QueueAction,
  type QueueState,
} from './queue.js';
import type { Claimed, SittingOptions } from './sitting.js';

/** Entries that one claim asks for. */
export const CLAIMED_AT_ONCE = 10;
/** Ids that one release may name. */
const RELEASED_AT_ONCE = 100;

export interface Claims {
  /** @param wanted an entry to begin with, as one that the address names */
  readonly start: (wanted: string | undefined) => Promise<void>;
  /** Gives everything back. What is still on its way comes back, too, once it is there. */
  readonly leave: () => Promise<void>;
  /** @param takesSkipped whether entries are wanted that the reviewer has skipped */
  readonly claimMore: (takesSkipped?: boolean) => Promise<void>;
  /** Keeps what is held for longer, and claims again what is not held any more. */
  readonly renew: () => Promise<void>;
  /** Names the entry that is being read: it stays on the screen whatever becomes of it. */
  readonly show: (id: string | undefined) => void;
  /** Looks at what has become of an entry. @param problem why its decision was refused */
  readonly check: (id: string, problem?: Problem) => Promise<void>;
  /** Goes on with an entry that somebody has changed, as it is now. */
  readonly accept: (id: string) => Promise<void>;
  /** Drops an entry and its draft. */
  readonly dismiss: (id: string) => void;
  /** Claims an entry again whose decision was undone. */
  readonly reopen: (entry: Entry) => Promise<void>;
}

/** The release of the last sitting, which the next one waits for: it wants the same entries. */
let lastRelease: Promise<void> = Promise.resolve();

export function createClaims(
  { server, drafts, now, lease, holdPage }: SittingOptions,
  queue: () => QueueState,
  dispatch: (action: QueueAction) => void,
): Claims {
  let hasLeft = false;
  let shown: string | undefined;
  let hold: PageHold | undefined;
  let claiming: Promise<void> | undefined;

  const isHere = (): boolean => !hasLeft;

  const hasDraft = ({ entry }: Item): boolean => isWorthKeeping(drafts.read(entry.id) ?? EMPTY_DRAFT, entry);

  const take = (
    entries: readonly Entry[],
    since: number,
    { hasMore, areSkipped }: Pick<Claimed, 'hasMore' | 'areSkipped'>,
  ): void => {
    if (hasLeft) {
      if (entries.length > 0) lastRelease = server.release(entries.map(({ id }) => id));
    } else dispatch({ type: 'claimed', entries, heldUntil: since + lease, hasMore, areSkipped });
  };

  const claimOldest = async (takesSkipped: boolean): Promise<void> => {
    dispatch({ type: 'claiming' });
    const since = now();
    const claimed = await claimNext(server, CLAIMED_AT_ONCE, takesSkipped);
    if (claimed.ok) take(claimed.data.entries, since, claimed.data);
    else dispatch({ type: 'claimFailed', problem: claimed.problem });
  };

  const claimMore: Claims['claimMore'] = (takesSkipped = false) => {
    claiming ??= claimOldest(takesSkipped).finally(() => {
      claiming = undefined;
    });
    return claiming;
  };

  const check: Claims['check'] = async (id, problem) => {
    const answer = await server.load(id);
    const item = findItem(queue(), id);
    const isOnTheWay = item?.state.kind === 'saving' && problem === undefined;
    if (item === undefined || isDone(item) || isOnTheWay) return;
    if (!answer.ok) {
      if (item.state.kind === 'saving') {
        const { decision } = item.state;
        dispatch({ type: 'changed', id, state: { kind: 'unsaved', decision, problem: answer.problem } });
      }
      return;
    }
    const current = answer.data;
    const isSame = current !== null && current.version === item.entry.version && current.validationStatus === 'FLAGGED';
    if (isSame && problem === undefined && server.mayDecide(current)) {
      if (item.state.kind === 'conflict') await goOnWith(current);
      return;
    }
    if (problem === undefined && id !== shown && !hasDraft(item)) dispatch({ type: 'removed', id });
    else dispatch({ type: 'changed', id, state: { kind: 'conflict', current, ...(problem && { problem }) } });
  };

  const goOnWith = async (entry: Entry): Promise<void> => {
    dispatch({ type: 'reopened', entry, heldUntil: now() });
    await claimAgain([entry.id]);
  };

  const claimAgain = async (ids: readonly string[]): Promise<void> => {
    const since = now();
    const answer = await server.claim({ count: ids.length, ids, isUnfiltered: true });
    if (!answer.ok) return;
    for (const entry of answer.data.entries) {
      const isSame = findItem(queue(), entry.id)?.entry.version === entry.version;
      if (isSame) dispatch({ type: 'held', ids: [entry.id], heldUntil: since + lease });
    }
    await Promise.all(ids.map((id) => check(id)));
  };

  const renew: Claims['renew'] = async () => {
    const since = now();
    const expected = queue().items.filter(({ state }) => state.kind === 'open' || state.kind === 'unsaved');
    const answer = await server.renew();
    if (!answer.ok) return;
    const held = new Set(answer.data);
    dispatch({ type: 'held', ids: answer.data, heldUntil: since + lease });
    const lost = expected.map(({ entry }) => entry.id).filter((id) => !held.has(id));
    for (let from = 0; from < lost.length; from += CLAIMED_AT_ONCE) {
      await claimAgain(lost.slice(from, from + CLAIMED_AT_ONCE));
    }
  };

  const start: Claims['start'] = async (wanted) => {
    hasLeft = false;
    dispatch({ type: 'claiming' });
    hold = holdPage();
    const isAlone = await hold.isAlone;
    await lastRelease;
    const ids = [...new Set([...(wanted === undefined ? [] : [wanted]), ...drafts.ids()])].slice(0, CLAIMED_AT_ONCE);
    const since = now();
    const got = await claimNamed(server, ids, wanted, isAlone);
    if (!got.ok) {
      dispatch({ type: 'claimFailed', problem: got.problem });
      return;
    }
    if (got.data.length > 0) take(got.data, since, { hasMore: true, areSkipped: false });
    const missing = ids.filter((id) => !got.data.some((entry) => entry.id === id));
    for (const entry of await findLost({ server, drafts }, missing, wanted)) {
      dispatch({ type: 'reopened', entry, heldUntil: 0 });
      dispatch({ type: 'changed', id: entry.id, state: { kind: 'conflict', current: entry } });
    }
    if (isHere() && queue().items.filter(isOpen).length < CLAIMED_AT_ONCE) await claimMore();
  };

  return {
    start,
    claimMore,
    renew,
    check,
    show: (id) => {
      shown = id;
    },
    leave: async () => {
      hasLeft = true;
      hold?.end();
      const ids = heldIds(queue());
      const parts: Promise<void>[] = [];
      for (let from = 0; from < ids.length; from += RELEASED_AT_ONCE) {
        parts.push(server.release(ids.slice(from, from + RELEASED_AT_ONCE)));
      }
      lastRelease = Promise.all(parts).then(() => undefined);
      await lastRelease;
    },
    accept: async (id) => {
      const state = findItem(queue(), id)?.state;
      if (state?.kind !== 'conflict' || state.current === null) return;
      await goOnWith(state.current);
    },
    dismiss: (id) => {
      drafts.remove(id);
      dispatch({ type: 'removed', id });
    },
    reopen: async (entry) => {
      const since = now();
      const answer = await server.claim({ count: 1, ids: [entry.id], isUnfiltered: true });
      const [claimed] = answer.ok ? answer.data.entries : [];
      dispatch({ type: 'reopened', entry: claimed ?? entry, heldUntil: claimed === undefined ? now() : since + lease });
      drafts.restore(entry.id);
      if (claimed === undefined) await check(entry.id);
    },
  };
}
