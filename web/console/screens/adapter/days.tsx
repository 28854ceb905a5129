import { lazy, Suspense, useCallback, useMemo } from 'react';
import { useApiQuery } from '../../api/hooks.js';
import { lastDays, startOf } from '../../components/day-chart/days.js';
import { Segmented } from '../../components/segmented.js';
import { ErrorState, Skeleton } from '../../components/states.js';
import { useMessages } from '../../messages/messages.js';
import { feedbackHref } from '../../router/links.js';
import { navigate } from '../../router/location.js';
import { useSearch } from '../../router/search.js';
import styles from './adapter.module.css';
import { AdapterDaysDocument } from './documents.generated.js';
import { adapterMessages } from './messages.js';
import { codec, LOOKS, RANGES } from './options.js';

const DayChart = lazy(() => import('../../components/day-chart/day-chart.js'));

/** The adapter's entries by day; dragging over some days opens their list. */
export function Days({ id }: { readonly id: string }) {
  const texts = useMessages(adapterMessages);
  const [{ range, look }, change] = useSearch(codec);
  const { since, until } = lastDays(Number(range));
  const variables = useMemo(() => ({ id, since: startOf(since), until: startOf(until) }), [id, since, until]);
  const answer = useApiQuery(AdapterDaysDocument, variables);
  const hrefOf = useCallback(
    (first: string, last: string) => feedbackHref({ adapterId: id, since: first, until: last }),
    [id],
  );
  const days = answer.state === 'ready' ? answer.data.adapter?.statsByDay : undefined;
  return (
    <>
      <div className={styles['choices']}>
        <Segmented
          label={texts.range}
          value={range}
          options={RANGES.map((value) => ({ value, label: texts.ranges[value] }))}
          onChange={(value) => change({ range: value })}
        />
        <Segmented
          label={texts.look}
          value={look}
          options={LOOKS.map((value) => ({ value, label: texts.looks[value] }))}
          onChange={(value) => change({ look: value })}
        />
      </div>
      {answer.state === 'failed' ? (
        <ErrorState problem={answer.problem} retry={answer.retry} />
      ) : days === undefined ? (
        <Skeleton lines={1} height={240} />
      ) : (
        <Suspense fallback={<Skeleton lines={1} height={240} />}>
          <DayChart
            key={range}
            days={days}
            isTable={look === 'table'}
            rangeHref={hrefOf}
            onRange={(first, last) => navigate(hrefOf(first, last))}
          />
        </Suspense>
      )}
    </>
  );
}
