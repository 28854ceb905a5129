import { lazy, Suspense, useMemo } from 'react';
import type { Loaded } from '../../api/hooks.js';
import { Panel } from '../../components/panel.js';
import { Segmented } from '../../components/segmented.js';
import { ErrorState, Skeleton } from '../../components/states.js';
import { useMessages } from '../../messages/messages.js';
import { feedbackHref } from '../../router/links.js';
import { navigate } from '../../router/location.js';
import type { OverviewDaysQuery } from './documents.generated.js';
import { overviewMessages } from './messages.js';
import { type Look, LOOKS, type Range, RANGES } from './options.js';

/** Drawn after the numbers: the chart is not part of what loads first. */
const DayChart = lazy(() => import('../../components/day-chart/day-chart.js'));

export interface DaysPanelProps {
  readonly days: Loaded<OverviewDaysQuery>;
  readonly range: Range;
  readonly look: Look;
  readonly onChange: (part: { readonly range?: Range; readonly look?: Look }) => void;
}

const hrefOf = (since: string, until: string): string => feedbackHref({ since, until });
const openRange = (since: string, until: string): void => navigate(hrefOf(since, until));

/** Entries by day; dragging over some of them opens their list. */
export function DaysPanel({ days, range, look, onChange }: DaysPanelProps) {
  const texts = useMessages(overviewMessages);
  const all = days.state === 'ready' ? days.data.feedbackStatsByDay : undefined;
  const shown = useMemo(() => all?.slice(-Number(range)), [all, range]);
  return (
    <Panel
      title={texts.days}
      actions={
        <>
          <Segmented
            label={texts.range}
            value={range}
            options={RANGES.map((value) => ({ value, label: texts.ranges[value] }))}
            onChange={(value) => onChange({ range: value })}
          />
          <Segmented
            label={texts.look}
            value={look}
            options={LOOKS.map((value) => ({ value, label: texts.looks[value] }))}
            onChange={(value) => onChange({ look: value })}
          />
        </>
      }
    >
      {days.state === 'failed' ? (
        <ErrorState problem={days.problem} retry={days.retry} />
      ) : shown === undefined ? (
        <Skeleton lines={1} height={240} />
      ) : (
        <Suspense fallback={<Skeleton lines={1} height={240} />}>
          <DayChart key={range} days={shown} isTable={look === 'table'} rangeHref={hrefOf} onRange={openRange} />
        </Suspense>
      )}
    </Panel>
  );
}
