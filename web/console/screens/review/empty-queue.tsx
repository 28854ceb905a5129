import { Button } from '../../components/button.js';
import { EmptyState, ErrorState, Skeleton } from '../../components/states.js';
import { useMessages } from '../../messages/messages.js';
import { reviewMessages } from './messages.js';
import type { QueueState } from './queue.js';

export interface EmptyQueueProps {
  readonly queue: QueueState;
  readonly isFiltered: boolean;
  readonly onClaim: (takesSkipped?: boolean) => void;
  readonly onClearFilter: () => void;
}

/** What stands in place of an entry: one is on its way, there is none, or it could not be claimed. */
export function EmptyQueue({ queue, isFiltered, onClaim, onClearFilter }: EmptyQueueProps) {
  const texts = useMessages(reviewMessages);
  if (queue.isClaiming) return <Skeleton lines={9} height={20} />;
  if (queue.problem !== undefined) return <ErrorState problem={queue.problem} retry={onClaim} />;
  if (queue.areSkipped) {
    return (
      <EmptyState title={texts.skippedOnly} action={<Button onClick={() => onClaim(true)}>{texts.showSkipped}</Button>}>
        {texts.skippedAdvice}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={isFiltered ? texts.emptyFilter : texts.emptyTitle}
      action={
        isFiltered ? (
          <Button onClick={onClearFilter}>{texts.clearFilter}</Button>
        ) : (
          <Button onClick={() => onClaim()}>{texts.lookAgain}</Button>
        )
      }
    >
      {isFiltered ? texts.emptyFilterAdvice : texts.emptyAdvice}
    </EmptyState>
  );
}
