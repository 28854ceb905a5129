import { useEffect, useState } from 'react';
import { useApiQuery } from '../../api/hooks.js';
import { useMessages } from '../../messages/messages.js';
import { type FeedbackFilterInput, ReviewsLeftDocument, type ReviewsLeftQuery } from './documents.generated.js';
import { reviewMessages } from './messages.js';
import type { QueueState } from './queue.js';
import styles from './workbench.module.css';

/** The server is asked again when nothing was decided for this long, ms: in between, what was decided here is counted here. */
const PAUSE = 2_000;

export interface CountersProps {
  readonly filter: FeedbackFilterInput;
  readonly queue: QueueState;
}

/** How many entries are left, and how many this reviewer has decided today. */
export function Counters({ filter, queue: { decidedCount, isClaiming } }: CountersProps) {
  const texts = useMessages(reviewMessages);
  const answer = useApiQuery(ReviewsLeftDocument, {
    filter,
    today: `${new Date().toISOString().slice(0, 10)}T00:00:00Z`,
  });
  const reload = answer.state === 'ready' ? answer.reload : undefined;
  const data = answer.state === 'ready' ? answer.data : undefined;
  // What the server has counted, and how many decisions of this sitting are among them.
  const [counted, setCounted] = useState<{
    readonly data: ReviewsLeftQuery | undefined;
    readonly decidedCount: number;
  }>();
  if (counted?.data !== data) setCounted({ data, decidedCount });
  useEffect(() => {
    const timer = setTimeout(() => reload?.(), PAUSE);
    return () => clearTimeout(timer);
  }, [reload, decidedCount, isClaiming]);
  if (data === undefined || counted === undefined) return <p className={styles['counters']} />;
  const since = decidedCount - counted.decidedCount;
  return (
    <p className={styles['counters']}>
      <span>{texts.left(Math.max(data.reviewQueue.totalCount - since, 0))}</span>
      <span title={texts.todayHint}>{texts.today(Math.max((data.reviewsByDay[0]?.count ?? 0) + since, 0))}</span>
    </p>
  );
}
