/** What the screen shows and what its controls do: the selected entry, its draft, and each action with what follows it. */
import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import type { Problem } from '../../api/problem.js';
import { commonMessages } from '../../components/messages.js';
import { showToast } from '../../components/toasts.js';
import { useMessages } from '../../messages/messages.js';
import type { FeedbackFilterInput, ReviewVerdict } from './documents.generated.js';
import { type Draft, EMPTY_DRAFT, isWorthKeeping } from './drafts.js';
import { reviewMessages } from './messages.js';
import { findItem, isDecidable, isDone, isOpen, type Item, needsReviewer, nextOpen, type QueueState } from './queue.js';
import type { Sitting } from './sitting.js';
import { useSitting } from './use-sitting.js';

export interface Workbench {
  readonly sitting: Sitting;
  readonly queue: QueueState;
  readonly selected: Item | undefined;
  readonly draft: Draft;
  /** Whether the browser has had room for the draft. */
  readonly isKept: boolean;
  /** What screen readers are told. */
  readonly announcement: string;
  readonly select: (id: string) => void;
  readonly move: (by: 1 | -1) => void;
  readonly changeDraft: (draft: Draft) => void;
  readonly decide: (verdict: ReviewVerdict) => void;
  /** Decides on an entry that somebody else has decided. */
  readonly overrule: (verdict: ReviewVerdict) => void;
  readonly skip: () => void;
  readonly undo: () => void;
  readonly retry: () => void;
  readonly claimAgain: () => void;
}

/**
 * @param selectedId the entry that the address names; empty for none
 * @param onSelect puts another one into the address
 */
export function useWorkbench(
  filter: FeedbackFilterInput,
  selectedId: string,
  onSelect: (id: string) => void,
): Workbench {
  const texts = useMessages(reviewMessages);
  const { problems } = useMessages(commonMessages);
  const { sitting, queue, drafts } = useSitting(filter, selectedId === '' ? undefined : selectedId);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [isKept, setKept] = useState(true);
  const [announcement, announce] = useState('');
  const closeToasts = useRef(new Map<string, () => void>());

  const selected = findItem(queue, selectedId) ?? queue.items.find(isOpen) ?? queue.items.find(needsReviewer);
  const id = selected?.entry.id;
  const draft = (id === undefined ? undefined : drafts.read(id)) ?? EMPTY_DRAFT;

  useEffect(() => {
    sitting.show(id);
    if (id !== undefined && id !== selectedId) onSelect(id);
  }, [sitting, id, selectedId, onSelect]);

  const report = useCallback(
    (about: string, problem: Problem | undefined): void => {
      closeToasts.current.get(about)?.();
      closeToasts.current.delete(about);
      if (problem === undefined) return;
      const isTheirs = problem.kind === 'conflict' || problem.kind === 'not-found';
      const close = showToast({
        text: isTheirs ? texts.changedByOther : texts.notSaved,
        tone: 'negative',
        action: { label: texts.showIt, run: () => onSelect(about) },
      });
      closeToasts.current.set(about, close);
    },
    [texts, onSelect],
  );

  /** Runs what ends the work on the selected entry, and goes on to the next one at once. */
  const finish = (what: string, work: (id: string) => Promise<Problem | undefined>): void => {
    if (id === undefined) return;
    void work(id).then((problem) => report(id, problem));
    const next = nextOpen(sitting.state(), id);
    announce(next === undefined ? what : texts.announce(what, next.entry.question.slice(0, 200)));
    onSelect(next?.entry.id ?? '');
  };

  const isUndecided = selected !== undefined && isDecidable(selected);

  const renew = async (): Promise<boolean> => {
    await sitting.renew();
    return (findItem(sitting.state(), id)?.heldUntil ?? 0) > Date.now();
  };

  return {
    sitting,
    queue,
    selected,
    draft,
    isKept,
    announcement,
    select: onSelect,
    move: (by) => {
      const place = queue.items.findIndex(({ entry }) => entry.id === id);
      const item = queue.items[place + by];
      if (item !== undefined) onSelect(item.entry.id);
    },
    changeDraft: (changed) => {
      if (id === undefined || selected === undefined) return;
      setKept(drafts.write(id, changed));
      if (!isWorthKeeping(changed, selected.entry)) drafts.remove(id);
      sitting.reconsider(id);
      if (selected.state.kind === 'open' && selected.heldUntil <= Date.now()) void renew();
      redraw();
    },
    decide: (verdict) => {
      if (isUndecided) finish(texts.verdicts[verdict], (of) => sitting.decide(of, verdict));
    },
    overrule: (verdict) => finish(texts.verdicts[verdict], (of) => sitting.decide(of, verdict)),
    skip: () => {
      if (isUndecided) finish(texts.states.skipped, (of) => sitting.skip(of));
    },
    undo: () => {
      void sitting.undo(selected !== undefined && isDone(selected) ? id : undefined).then((outcome) => {
        if (!outcome.ok) {
          const [title, advice] = problems[outcome.problem.kind];
          showToast({ text: `${title}. ${advice}`, tone: 'negative' });
        } else if (outcome.data === undefined) showToast({ text: texts.nothingToUndo });
        else {
          onSelect(outcome.data);
          announce(texts.undone);
        }
      });
    },
    retry: () => {
      if (id !== undefined) void sitting.retry(id).then((problem) => report(id, problem));
    },
    claimAgain: () => {
      void renew().then((isHeld) => {
        if (isHeld) showToast({ text: texts.claimedAgain });
      });
    },
  };
}
