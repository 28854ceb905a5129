import { useApiQuery } from '../../api/hooks.js';
import { Card } from '../../components/card.js';
import { EmptyState, ErrorState, Skeleton } from '../../components/states.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import type { BatchData } from './batch.js';
import styles from './batch.module.css';
import { BatchOutcomeDocument } from './documents.generated.js';
import { batchMessages } from './messages.js';

/** Judgements of the batch's questions before the training and after it. */
export function BatchOutcome({ batch: { number, state } }: { readonly batch: BatchData }) {
  const texts = useMessages(batchMessages);
  const isCommitted = state === 'COMMITTED' || state === 'COMMITTING';
  const answer = useApiQuery(BatchOutcomeDocument, { number }, { pause: !isCommitted, refreshes: true });
  if (!isCommitted) return <EmptyState title={texts.noOutcome}>{texts.noOutcomeAdvice}</EmptyState>;
  if (answer.state === 'loading') return <Skeleton lines={4} height={32} />;
  if (answer.state === 'failed') return <ErrorState problem={answer.problem} retry={answer.retry} />;
  const outcome = answer.data.trainingBatch?.outcome;
  if (outcome == null) return <EmptyState title={texts.noOutcome}>{texts.noOutcomeAdvice}</EmptyState>;
  return (
    <div className={styles['panel']}>
      <Card title={texts.outcome}>
        <p className={styles['note']}>{texts.outcomeIntro}</p>
        <div className={styles['scroll']} tabIndex={0} role="region" aria-label={texts.outcome}>
          <table className={styles['table']}>
            <thead>
              <tr>
                <th scope="col">{texts.part}</th>
                <th scope="col">{texts.questions}</th>
                <th scope="col">{texts.before}</th>
                <th scope="col">{texts.after}</th>
                <th scope="col">{texts.change}</th>
              </tr>
            </thead>
            <tbody>
              {outcome.splits.map(({ split, questions, before, after }) => (
                <SplitRow key={split} name={texts.splits[split]} questions={questions} before={before} after={after} />
              ))}
            </tbody>
          </table>
        </div>
        {outcome.truncated && <p className={styles['note']}>{texts.outcomeTruncated}</p>}
      </Card>
    </div>
  );
}

interface Verdicts {
  readonly positive: number;
  readonly negative: number;
  readonly positiveRatio?: number | null;
}

interface SplitRowProps {
  readonly name: string;
  readonly questions: number;
  readonly before: Verdicts;
  readonly after: Verdicts;
}

function SplitRow({ name, questions, before, after }: SplitRowProps) {
  const texts = useMessages(batchMessages);
  const format = useFormat();
  const change =
    before.positiveRatio == null || after.positiveRatio == null
      ? undefined
      : (after.positiveRatio - before.positiveRatio) * 100;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{format.number(questions)}</td>
      {[before, after].map(({ positive, negative, positiveRatio }, place) => (
        <td key={place}>
          {positiveRatio == null ? (
            texts.noJudgements
          ) : (
            <>
              <span className={styles['share']}>{format.percent(positiveRatio)}</span>{' '}
              {texts.judged(positive, positive + negative)}
            </>
          )}
        </td>
      ))}
      <td className={change === undefined ? undefined : change >= 0 ? styles['success'] : styles['failure']}>
        {change !== undefined && texts.points(change)}
      </td>
    </tr>
  );
}
