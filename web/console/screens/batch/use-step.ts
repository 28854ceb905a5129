import { useRef, useState } from 'react';
import type { Outcome, Problem } from '../../api/problem.js';
import { showToast } from '../../components/toasts.js';

export interface Step {
  readonly isBusy: boolean;
  readonly problem: Problem | undefined;
  readonly run: () => Promise<void>;
}

export interface StepOptions {
  readonly work: () => Promise<Outcome<unknown>>;
  readonly done: string;
  readonly reload: (() => void) | undefined;
  readonly onClose: () => void;
}

/** A step that is confirmed in a dialog: it closes once it is done, and stays with what was typed where it fails. */
export function useStep({ work, done, reload, onClose }: StepOptions): Step {
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const running = useRef(false);
  const run = async (): Promise<void> => {
    if (running.current) return;
    running.current = true;
    setIsBusy(true);
    setProblem(undefined);
    const outcome = await work();
    running.current = false;
    setIsBusy(false);
    // What was refused for a conflict shows what the batch has become, too.
    reload?.();
    if (!outcome.ok) {
      setProblem(outcome.problem);
      return;
    }
    showToast({ text: done });
    onClose();
  };
  return { isBusy, problem, run };
}
