import { type ReactNode, useId, useState } from 'react';
import type { Outcome } from '../../api/hooks.js';
import type { Problem } from '../../api/problem.js';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { commonMessages } from '../../components/messages.js';
import { useMessages } from '../../messages/messages.js';
import styles from './form-dialog.module.css';

export interface FormDialogProps {
  readonly title: string;
  readonly action: string;
  readonly look?: 'primary' | 'danger';
  /** Whether what the form needs is missing. */
  readonly isIncomplete?: boolean;
  readonly children: ReactNode;
  readonly run: () => Promise<Outcome<unknown>>;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** A form that changes the entry. If that fails, it says why and stays with what was typed, to be sent again. */
export function FormDialog(props: FormDialogProps) {
  const { title, action, look = 'primary', isIncomplete = false, children, run, onDone, onClose } = props;
  const { cancel, problems } = useMessages(commonMessages);
  const form = useId();
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    const outcome = await run();
    setBusy(false);
    if (outcome.ok) onDone();
    else setProblem(outcome.problem);
  };
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{cancel}</Button>
          <Button type="submit" form={form} look={look} disabled={isIncomplete} aria-disabled={isBusy || undefined}>
            {action}
          </Button>
        </>
      }
    >
      <form
        id={form}
        noValidate
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy && !isIncomplete) void submit();
        }}
      >
        {problem !== undefined && (
          <p role="alert" className={styles['problem']}>
            <strong>{problems[problem.kind][0]}.</strong> {problem.details ?? problems[problem.kind][1]}
          </p>
        )}
        {children}
      </form>
    </Dialog>
  );
}
