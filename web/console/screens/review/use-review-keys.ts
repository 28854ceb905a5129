import type { RefObject } from 'react';
import { type KeyBinding, useKeys } from '../../keys/keys.js';
import { useMessages } from '../../messages/messages.js';
import { reviewMessages } from './messages.js';
import { REASONS, toggleReason } from './reasons.js';
import type { Workbench } from './use-workbench.js';

/** The keys of the screen. */
export function useReviewKeys(workbench: Workbench, editor: RefObject<HTMLTextAreaElement | null>): void {
  const texts = useMessages(reviewMessages);
  const { move, decide, skip, undo, draft, changeDraft } = workbench;
  const reasons = REASONS.map((reason, place): [string, KeyBinding] => [
    String(place + 1),
    { label: texts.toggleReason(texts.reasonNames[reason]), run: () => changeDraft(toggleReason(draft, reason)) },
  ]);
  useKeys({
    j: { label: texts.next, run: () => move(1) },
    k: { label: texts.previous, run: () => move(-1) },
    a: { label: texts.approve, run: () => decide('APPROVE') },
    r: { label: texts.reject, run: () => decide('REJECT') },
    e: { label: texts.edit, run: () => focusAtEnd(editor.current) },
    s: { label: texts.skip, run: skip },
    u: { label: texts.undo, run: undo },
    '$mod+Enter': { label: texts.saveAndNext, run: () => decide('APPROVE'), whileTyping: true },
    ...Object.fromEntries(reasons),
  });
}

function focusAtEnd(editor: HTMLTextAreaElement | null): void {
  editor?.focus();
  editor?.setSelectionRange(editor.value.length, editor.value.length);
}
