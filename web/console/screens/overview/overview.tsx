import { useMemo } from 'react';
import { useApiQuery } from '../../api/hooks.js';
import { buttonClass } from '../../components/button.js';
import { lastDays, startOf } from '../../components/day-chart/days.js';
import { Screen } from '../../components/screen.js';
import { EmptyState, ErrorState, IgnoredFilters, Skeleton } from '../../components/states.js';
import { useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { routePath } from '../../router/routes.js';
import { choice, searchCodec, useSearch } from '../../router/search.js';
import { useSession } from '../../session/session.js';
import { BestAdapters } from './best-adapters.js';
import { DaysPanel } from './days-panel.js';
import { OverviewDaysDocument, OverviewNumbersDocument } from './documents.generated.js';
import { LiveReload } from './live-reload.js';
import { overviewMessages } from './messages.js';
import { NumberTiles } from './number-tiles.js';
import { LOOKS, RANGES } from './options.js';
import styles from './overview.module.css';

/** What the address of the screen says. */
const codec = searchCodec({ range: choice(RANGES, '28'), look: choice(LOOKS, 'chart') });

/** Days that the comparison of two weeks needs. */
const TWO_WEEKS = 14;

export default function OverviewScreen() {
  const texts = useMessages(overviewMessages);
  const { can } = useSession();
  const readsFeedback = can('feedback:read');
  const [{ range, look }, change, ignored] = useSearch(codec);
  const variables = useMemo(() => ({ readsFeedback, operates: can('server:operate') }), [readsFeedback, can]);
  const { since, until } = lastDays(Math.max(TWO_WEEKS, Number(range)));
  const numbers = useApiQuery(OverviewNumbersDocument, variables);
  const wanted = useMemo(() => ({ since: startOf(since), until: startOf(until) }), [since, until]);
  const days = useApiQuery(OverviewDaysDocument, wanted, { pause: !readsFeedback });
  const stats = numbers.state === 'ready' ? numbers.data.feedbackStats : undefined;
  const isEmpty = stats?.totalFeedback === 0;
  return (
    <Screen title={texts.title}>
      <IgnoredFilters names={ignored} />
      {readsFeedback && numbers.state === 'ready' && days.state === 'ready' && (
        <LiveReload reload={[numbers.reload, days.reload]} />
      )}
      {numbers.state === 'loading' ? (
        <Skeleton lines={1} height={104} />
      ) : numbers.state === 'failed' ? (
        <ErrorState problem={numbers.problem} retry={numbers.retry} />
      ) : (
        <NumberTiles numbers={numbers.data} days={days.state === 'ready' ? days.data.feedbackStatsByDay : undefined} />
      )}
      {!readsFeedback ? (
        <EmptyState
          title={texts.ownOnly}
          action={
            can('feedback:read:own') && (
              <Link href={routePath('feedback', {})} className={buttonClass()}>
                {texts.ownFeedback}
              </Link>
            )
          }
        >
          {texts.ownOnlyAdvice}
        </EmptyState>
      ) : isEmpty ? (
        <EmptyState title={texts.empty} action={<a href="/docs/">{texts.api}</a>}>
          {texts.emptyAdvice}
        </EmptyState>
      ) : (
        <div className={styles['parts']}>
          <DaysPanel days={days} range={range} look={look} onChange={change} />
          {can('adapters:read') && <BestAdapters />}
        </div>
      )}
    </Screen>
  );
}
