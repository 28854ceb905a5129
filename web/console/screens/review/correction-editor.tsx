import { type RefObject, useDeferredValue } from 'react';
import { Button } from '../../components/button.js';
import { DiffText } from '../../components/diff-text.js';
import { TextArea } from '../../components/field.js';
import { useMessages } from '../../messages/messages.js';
import styles from './correction-editor.module.css';
import { type Draft, editedCorrection, newCorrection } from './drafts.js';
import { reviewMessages } from './messages.js';
import type { Entry } from './queue.js';
import { Section } from './section.js';
import { ShortKey } from './short-key.js';

export interface CorrectionEditorProps {
  readonly entry: Entry;
  readonly draft: Draft;
  readonly isKept: boolean;
  readonly onChange: (draft: Draft) => void;
  /** Absent while somebody else's decision is in the way. */
  readonly onSave: (() => void) | undefined;
  readonly onLeave: () => void;
  readonly editor: RefObject<HTMLTextAreaElement | null>;
}

/** What the answer should have been, and what that changes, word by word, as it is typed. */
export function CorrectionEditor({ entry, draft, isKept, onChange, onSave, onLeave, editor }: CorrectionEditorProps) {
  const texts = useMessages(reviewMessages);
  const correction = editedCorrection(draft, entry);
  const compared = useDeferredValue(correction);
  const isNew = newCorrection(draft, entry) !== undefined;
  const isCleared = correction.trim() === '' && entry.correction !== null;
  return (
    <Section title={texts.correction}>
      <TextArea
        ref={editor}
        label={texts.correction}
        hidesLabel
        rows={Math.min(12, Math.max(4, correction.split('\n', 12).length + 1))}
        value={correction}
        spellCheck
        hint={
          isCleared ? texts.clearedHint : isNew ? (isKept ? texts.draftKept : texts.draftNotKept) : texts.correctionHint
        }
        onChange={({ target }) => onChange({ ...draft, correction: target.value })}
        onKeyDown={({ key }) => {
          if (key === 'Escape') onLeave();
        }}
      />
      <div className={styles['actions']}>
        {onSave !== undefined && (
          <Button size="small" onClick={onSave}>
            {texts.saveAndNext} <ShortKey keys="$mod+Enter" />
          </Button>
        )}
        {draft.correction !== undefined && draft.correction !== entry.answer && (
          <Button size="small" look="quiet" onClick={() => onChange({ ...draft, correction: entry.answer })}>
            {texts.reset}
          </Button>
        )}
      </div>
      <div className={styles['changes']}>
        <h3 className={styles['heading']}>{texts.changes}</h3>
        {compared === entry.answer ? (
          <p className={styles['none']}>{texts.noChanges}</p>
        ) : (
          <DiffText before={entry.answer} after={compared} />
        )}
      </div>
    </Section>
  );
}
