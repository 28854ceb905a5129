import type { RefObject } from 'react';
import { JudgementBadge } from '../../components/badge.js';
import { TextBlock } from '../../components/text-block.js';
import { useMessages } from '../../messages/messages.js';
import { AnswerView } from './answer-view.js';
import { CorrectionEditor } from './correction-editor.js';
import styles from './entry-panel.module.css';
import { ItemNotice } from './item-notice.js';
import { LeaseBadge } from './lease-badge.js';
import { reviewMessages } from './messages.js';
import { isDecidable, type Item, needsReviewer } from './queue.js';
import { Section } from './section.js';
import type { Workbench } from './use-workbench.js';

export interface EntryPanelProps {
  readonly item: Item;
  readonly workbench: Workbench;
  readonly editor: RefObject<HTMLTextAreaElement | null>;
  readonly onLeaveEditor: () => void;
}

/** The conversation with the judged answer, and the correction. */
export function EntryPanel({ item, workbench, editor, onLeaveEditor }: EntryPanelProps) {
  const texts = useMessages(reviewMessages);
  const { entry, state, heldUntil } = item;
  const { id } = entry;
  const { sitting, draft, isKept, decide, changeDraft } = workbench;
  return (
    <article className={styles['entry']}>
      <p className={styles['facts']}>
        <JudgementBadge type={entry.type} />
        {state.kind === 'open' && <LeaseBadge heldUntil={heldUntil} />}
      </p>
      <ItemNotice
        item={item}
        draft={draft}
        actions={{
          claimAgain: workbench.claimAgain,
          retry: workbench.retry,
          undo: workbench.undo,
          approve: () => workbench.overrule('APPROVE'),
          reject: () => workbench.overrule('REJECT'),
          dismiss: () => sitting.dismiss(id),
          accept: () => void sitting.accept(id),
          check: () => void sitting.check(id),
        }}
      />
      <AnswerView entry={entry} />
      {entry.comment !== null && (
        <Section title={texts.comment}>
          <TextBlock text={entry.comment} />
        </Section>
      )}
      {entry.type !== 'PREFERENCE' && needsReviewer(item) && (
        <CorrectionEditor
          entry={entry}
          draft={draft}
          isKept={isKept}
          editor={editor}
          onChange={changeDraft}
          onSave={isDecidable(item) ? () => decide('APPROVE') : undefined}
          onLeave={onLeaveEditor}
        />
      )}
    </article>
  );
}
