/** The steps that look at what a claim would take: advice, holdout and the claim itself. */
import { useMemo } from 'react';
import { useApiQuery } from '../../api/hooks.js';
import { AdviceView } from '../../components/advice.js';
import { Facts } from '../../components/facts.js';
import { Field } from '../../components/field.js';
import { EmptyState, ErrorState, Skeleton } from '../../components/states.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import { TrainingForecastDocument, type TrainingForecastQuery } from './documents.generated.js';
import { type StepProps, toNumber } from './filter-step.js';
import { newBatchMessages } from './messages.js';
import styles from './new-batch.module.css';
import { type Draft, toVariables } from './wizard.js';

type ForecastData = TrainingForecastQuery['trainingForecast'];

/** What a claim would take, as soon as it is known. */
function Forecast({
  draft,
  show,
}: {
  readonly draft: Draft;
  readonly show: (forecast: ForecastData) => React.ReactNode;
}) {
  const texts = useMessages(newBatchMessages);
  const signature = JSON.stringify(toVariables(draft));
  // The address has more than what is asked for, and is read anew at every change.
  const variables = useMemo(() => toVariables(draft), [signature]);
  const answer = useApiQuery(TrainingForecastDocument, variables, { refreshes: true });
  if (answer.state === 'loading') return <Skeleton lines={7} height={28} />;
  if (answer.state === 'failed') return <ErrorState problem={answer.problem} retry={answer.retry} />;
  const { trainingForecast } = answer.data;
  if (trainingForecast.entries === 0) return <EmptyState title={texts.nothing}>{texts.nothingAdvice}</EmptyState>;
  return show(trainingForecast);
}

export function AdviceStep({ draft }: StepProps) {
  const texts = useMessages(newBatchMessages);
  return (
    <Forecast
      draft={draft}
      show={({ entries, truncated, advice }) => (
        <>
          <p role="status">{texts.found(entries, truncated)}</p>
          <AdviceView advice={advice} />
        </>
      )}
    />
  );
}

export function HoldoutStep({ draft, problems, change }: StepProps) {
  const texts = useMessages(newBatchMessages);
  return (
    <>
      <p className={styles['intro']}>{texts.holdoutIntro}</p>
      <div className={styles['narrow']}>
        <Field
          label={texts.holdout}
          type="number"
          min={0}
          max={50}
          defaultValue={draft.holdout}
          error={problems.has('holdout') ? texts.holdoutError : undefined}
          onChange={({ target }) => {
            const holdout = toNumber(target.value, 0);
            if (holdout !== undefined) change({ holdout });
          }}
        />
      </div>
      {!problems.has('holdout') && (
        <Forecast
          draft={draft}
          show={({ entries, holdout }) => <p role="status">{texts.split(entries - holdout, holdout)}</p>}
        />
      )}
    </>
  );
}

export function ClaimStep({ draft, problems, change }: StepProps) {
  const texts = useMessages(newBatchMessages);
  const format = useFormat();
  return (
    <>
      <p className={styles['intro']}>{texts.claimIntro}</p>
      <div className={styles['narrow']}>
        <Field
          label={texts.lease}
          hint={texts.leaseHint}
          type="number"
          min={1}
          max={720}
          defaultValue={draft.lease}
          error={problems.has('lease') ? texts.leaseError : undefined}
          onChange={({ target }) => {
            const lease = toNumber(target.value, 1);
            if (lease !== undefined) change({ lease });
          }}
        />
      </div>
      <Forecast
        draft={draft}
        show={({ entries, holdout, truncated }) => {
          const shown = (count: number): string => (truncated ? texts.moreThan(count) : format.number(count));
          return (
            <Facts
              items={[
                [texts.entries, shown(entries)],
                [texts.training, shown(entries - holdout)],
                [texts.heldOut, shown(holdout)],
                [texts.leaseUntil, format.dateTime(Date.now() + draft.lease * 3_600_000)],
              ]}
            />
          );
        }}
      />
    </>
  );
}
