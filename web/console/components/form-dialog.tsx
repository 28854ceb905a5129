import { type ReactNode, useId } from 'react';
import type { Problem } from '../api/problem.js';
import { useMessages } from '../messages/messages.js';
import { Button } from './button.js';
import { Dialog } from './dialog.js';
import styles from './form-dialog.module.css';
import { commonMessages } from './messages.js';

export interface FormDialogProps {
  readonly title: string;
  /** What the button says that sends the form; without it there is nothing to send any more. */
  readonly action?: string | undefined;
  readonly look?: 'primary' | 'danger';
  /** What the button says that leaves; to cancel, by default. */
  readonly leave?: string;
  /** Whether what the form needs is missing. */
  readonly isIncomplete?: boolean;
  /** Whether it has been sent, and is not answered yet. */
  readonly isBusy?: boolean;
  /** Why sending it has failed. */
  readonly problem?: Problem | undefined;
  readonly children: ReactNode;
  /** Called when the form is sent, unless something is missing or it is under way. */
  readonly onSubmit: () => void;
  readonly onClose: () => void;
}

/** A form in a dialog: what it asks, a button to send it, also with Enter, and one to leave. */
export function FormDialog(props: FormDialogProps) {
  const { title, action, look = 'primary', isIncomplete = false, isBusy = false, problem } = props;
  const { cancel, problems } = useMessages(commonMessages);
  const form = useId();
  return (
    <Dialog
      title={title}
      isOpen
      onClose={props.onClose}
      actions={
        <>
          <Button onClick={props.onClose}>{props.leave ?? cancel}</Button>
          {action !== undefined && (
            <Button type="submit" form={form} look={look} disabled={isIncomplete} aria-disabled={isBusy || undefined}>
              {action}
            </Button>
          )}
        </>
      }
    >
      <form
        id={form}
        noValidate
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy && !isIncomplete) props.onSubmit();
        }}
      >
        {problem !== undefined && (
          <p role="alert" className={styles['problem']}>
            <strong>{problems[problem.kind][0]}.</strong> {problem.details ?? problems[problem.kind][1]}
          </p>
        )}
        {props.children}
      </form>
    </Dialog>
  );
}
