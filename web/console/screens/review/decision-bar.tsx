import { useState } from 'react';
import { Button } from '../../components/button.js';
import { Field } from '../../components/field.js';
import { useMessages } from '../../messages/messages.js';
import styles from './decision-bar.module.css';
import type { Draft } from './drafts.js';
import { reviewMessages } from './messages.js';
import { noteLimit, REASONS, toggleReason } from './reasons.js';
import { ShortKey } from './short-key.js';

export interface DecisionBarProps {
  /** Whether the entry waits for a decision. */
  readonly isOpen: boolean;
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  readonly onApprove: () => void;
  readonly onReject: () => void;
  readonly onSkip: () => void;
  readonly onUndo: () => void;
}

/** The reasons and the decision, always in reach. */
export function DecisionBar({ isOpen, draft, onDraft, onApprove, onReject, onSkip, onUndo }: DecisionBarProps) {
  const texts = useMessages(reviewMessages);
  const [isNoteOpen, setNoteOpen] = useState(false);
  return (
    <div className={styles['bar']}>
      {isOpen && (
        <div role="group" aria-label={texts.reasons} className={styles['reasons']}>
          {REASONS.map((reason, place) => (
            <button
              key={reason}
              type="button"
              aria-pressed={draft.reasons.includes(reason)}
              className={styles['reason']}
              onClick={() => onDraft(toggleReason(draft, reason))}
            >
              <span aria-hidden="true" className={styles['number']}>
                {place + 1}
              </span>
              {texts.reasonNames[reason]}
            </button>
          ))}
          {!isNoteOpen && draft.note === '' && (
            <button type="button" className={styles['reason']} onClick={() => setNoteOpen(true)}>
              {texts.noteShort}
            </button>
          )}
        </div>
      )}
      {isOpen && (isNoteOpen || draft.note !== '') && (
        <Field
          label={texts.note}
          hidesLabel
          placeholder={texts.note}
          autoFocus={isNoteOpen}
          value={draft.note}
          maxLength={noteLimit(draft)}
          onChange={({ target }) => onDraft({ ...draft, note: target.value })}
          onKeyDown={({ key, currentTarget }) => {
            if (key === 'Escape' || key === 'Enter') currentTarget.blur();
          }}
        />
      )}
      <div className={styles['decisions']}>
        {isOpen && (
          <>
            <Button look="primary" onClick={onApprove}>
              {texts.approve} <ShortKey keys="a" />
            </Button>
            <Button look="danger" onClick={onReject}>
              {texts.reject} <ShortKey keys="r" />
            </Button>
            <Button look="quiet" onClick={onSkip}>
              {texts.skip} <ShortKey keys="s" />
            </Button>
          </>
        )}
        <Button look="quiet" className={styles['undo']} onClick={onUndo}>
          {texts.undo} <ShortKey keys="u" />
        </Button>
      </div>
    </div>
  );
}
