import type { Problem } from '../../api/problem.js';
import { ErrorState, Notice } from '../../components/states.js';
import { batchStateMessages } from '../../components/training-state.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import type { BatchData } from './batch.js';
import { dialogMessages } from './dialog-messages.js';

export interface StepProblemProps {
  readonly batch: BatchData;
  readonly problem: Problem | undefined;
  readonly retry: () => void;
}

/** Why a step was not done. Where the batch has changed meanwhile it says what has happened, and nothing is tried again. */
export function StepProblem({ batch, problem, retry }: StepProblemProps) {
  const texts = useMessages(dialogMessages);
  const states = useMessages(batchStateMessages);
  const format = useFormat();
  if (problem === undefined) return null;
  if (problem.kind !== 'conflict') return <ErrorState problem={problem} retry={retry} />;
  const { producedAdapterId, committedAt, state } = batch;
  return (
    <Notice>
      {producedAdapterId != null && committedAt != null
        ? texts.alreadyCommitted(producedAdapterId, format.relative(committedAt))
        : texts.otherwise(states[state])}{' '}
      <span lang="en">{problem.details}</span>
    </Notice>
  );
}
