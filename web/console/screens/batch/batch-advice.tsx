import { useApiQuery } from '../../api/hooks.js';
import { AdviceView } from '../../components/advice.js';
import { EmptyState, ErrorState, Skeleton } from '../../components/states.js';
import { isHeld } from '../../components/training-state.js';
import { useMessages } from '../../messages/messages.js';
import type { BatchData } from './batch.js';
import styles from './batch.module.css';
import { BatchAdviceDocument } from './documents.generated.js';
import { batchMessages } from './messages.js';

/** Whether the entries of a batch can be read: it holds them, or has used them. */
export function isReadable({ state }: Pick<BatchData, 'state'>): boolean {
  return isHeld(state) || state === 'COMMITTING' || state === 'COMMITTED';
}

/** Says that there is nothing to read of a batch that has given its entries back. */
export function NotHeld() {
  const texts = useMessages(batchMessages);
  return <EmptyState title={texts.notHeld}>{texts.notHeldAdvice}</EmptyState>;
}

export function BatchAdvice({ batch }: { readonly batch: BatchData }) {
  const readable = isReadable(batch);
  const answer = useApiQuery(BatchAdviceDocument, { number: batch.number }, { pause: !readable });
  if (!readable) return <NotHeld />;
  if (answer.state === 'loading') return <Skeleton lines={7} height={28} />;
  if (answer.state === 'failed') return <ErrorState problem={answer.problem} retry={answer.retry} />;
  const advice = answer.data.trainingBatch?.advice;
  return advice === undefined ? (
    <NotHeld />
  ) : (
    <div className={styles['panel']}>
      <AdviceView advice={advice} />
    </div>
  );
}
