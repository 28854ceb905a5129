import { useApiQuery } from '../../api/hooks.js';
import { Panel } from '../../components/panel.js';
import { PlainTable } from '../../components/plain-table.js';
import { EmptyState, ErrorState, Skeleton } from '../../components/states.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import type { BatchData } from './batch.js';
import styles from './batch.module.css';
import { BatchOutcomeDocument } from './documents.generated.js';
import { batchMessages } from './messages.js';

/** Judgements of the batch's questions before the training and after it. */
export function BatchOutcome({ batch: { number, state } }: { readonly batch: BatchData }) {
  const texts = useMessages(batchMessages);
  const format = useFormat();
  const isCommitted = state === 'COMMITTED' || state === 'COMMITTING';
  const answer = useApiQuery(BatchOutcomeDocument, { number }, { pause: !isCommitted, refreshes: true });
  if (!isCommitted) return <EmptyState title={texts.noOutcome}>{texts.noOutcomeAdvice}</EmptyState>;
  if (answer.state === 'loading') return <Skeleton lines={4} height={32} />;
  if (answer.state === 'failed') return <ErrorState problem={answer.problem} retry={answer.retry} />;
  const outcome = answer.data.trainingBatch?.outcome;
  if (outcome == null) return <EmptyState title={texts.noOutcome}>{texts.noOutcomeAdvice}</EmptyState>;
  return (
    <div className={styles['panel']}>
      <Panel title={texts.outcome}>
        <p className={styles['note']}>{texts.outcomeIntro}</p>
        <PlainTable
          label={texts.outcome}
          rows={outcome.splits}
          rowKey={({ split }) => split}
          columns={[
            { id: 'part', header: texts.part, cell: ({ split }) => texts.splits[split] },
            {
              id: 'questions',
              header: texts.questions,
              cell: ({ questions }) => format.number(questions),
              isNumber: true,
            },
            { id: 'before', header: texts.before, cell: ({ before }) => <Share verdicts={before} /> },
            { id: 'after', header: texts.after, cell: ({ after }) => <Share verdicts={after} /> },
            { id: 'change', header: texts.change, cell: (row) => <Change before={row.before} after={row.after} /> },
          ]}
        />
        {outcome.truncated && <p className={styles['note']}>{texts.outcomeTruncated}</p>}
      </Panel>
    </div>
  );
}

interface Verdicts {
  readonly positive: number;
  readonly negative: number;
  readonly positiveRatio?: number | null;
}

function Share({ verdicts: { positive, negative, positiveRatio } }: { readonly verdicts: Verdicts }) {
  const texts = useMessages(batchMessages);
  const format = useFormat();
  if (positiveRatio == null) return texts.noJudgements;
  return (
    <>
      <span className={styles['share']}>{format.percent(positiveRatio)}</span>{' '}
      {texts.judged(positive, positive + negative)}
    </>
  );
}

function Change({ before, after }: { readonly before: Verdicts; readonly after: Verdicts }) {
  const texts = useMessages(batchMessages);
  if (before.positiveRatio == null || after.positiveRatio == null) return null;
  const change = (after.positiveRatio - before.positiveRatio) * 100;
  return <span className={change >= 0 ? styles['success'] : styles['failure']}>{texts.points(change)}</span>;
}
