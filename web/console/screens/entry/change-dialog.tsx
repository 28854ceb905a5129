import { useState } from 'react';
import type { Outcome, Problem } from '../../api/problem.js';
import { FormDialog, type FormDialogProps } from '../../components/form-dialog.js';

export interface ChangeDialogProps extends Pick<
  FormDialogProps,
  'title' | 'action' | 'look' | 'isIncomplete' | 'children' | 'onClose'
> {
  readonly run: () => Promise<Outcome<unknown>>;
  readonly onDone: () => void;
}

/** A form that changes the entry. If that fails, it says why and stays with what was typed, to be sent again. */
export function ChangeDialog({ run, onDone, ...form }: ChangeDialogProps) {
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
  return <FormDialog {...form} isBusy={isBusy} problem={problem} onSubmit={() => void submit()} />;
}
