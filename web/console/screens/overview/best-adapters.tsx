import { useMemo } from 'react';
import { useApiQuery } from '../../api/hooks.js';
import { lastDays, startOf } from '../../components/day-chart/days.js';
import { Panel } from '../../components/panel.js';
import { positiveShare } from '../../components/share-color.js';
import { Share } from '../../components/share.js';
import { EmptyState, ErrorState, Notice, Skeleton } from '../../components/states.js';
import { VisibleText } from '../../components/text-block.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { routePath } from '../../router/routes.js';
import { AdapterTrendsDocument, type AdapterTrendsQuery, OverviewAdaptersDocument } from './documents.generated.js';
import { overviewMessages } from './messages.js';
import styles from './overview.module.css';
import { Trend, TREND_DAYS } from './trend.js';

const SHOWN = 8;
const NOTHING = {};

/** The adapters that were judged best. */
export function BestAdapters() {
  const texts = useMessages(overviewMessages);
  const format = useFormat();
  const answer = useApiQuery(OverviewAdaptersDocument, NOTHING);
  const adapters = answer.state === 'ready' ? answer.data.adapters : undefined;
  const best = useMemo(
    () =>
      adapters?.edges
        .flatMap(({ node }) => {
          const share = positiveShare(node.stats);
          return share === undefined ? [] : [{ ...node, share }];
        })
        .sort((a, b) => b.share - a.share || b.stats.totalFeedback - a.stats.totalFeedback)
        .slice(0, SHOWN),
    [adapters],
  );
  const trends = useTrends(best);
  return (
    <Panel
      title={texts.adapters}
      actions={<Link href={routePath('adapters', {}, '?view=list&sort=share')}>{texts.allAdapters}</Link>}
    >
      {answer.state === 'failed' && <ErrorState problem={answer.problem} retry={answer.retry} />}
      {answer.state === 'loading' && <Skeleton lines={SHOWN} height={24} />}
      {best?.length === 0 && <EmptyState title={texts.nothingJudged}>{texts.nothingJudgedAdvice}</EmptyState>}
      {best !== undefined && best.length > 0 && (
        <table className={styles['best']}>
          <thead>
            <tr>
              <th scope="col">{texts.columns.adapter}</th>
              <th scope="col">{texts.columns.share}</th>
              <th scope="col" title={texts.trendHint}>
                {texts.columns.trend}
              </th>
              <th scope="col">{texts.columns.entries}</th>
            </tr>
          </thead>
          <tbody>
            {best.map(({ id, share, stats }) => (
              <tr key={id}>
                <th scope="row">
                  <Link href={routePath('adapter', { id })}>
                    <VisibleText text={id} />
                  </Link>
                </th>
                <td>
                  <Share share={share} />
                </td>
                <td>
                  <Trend days={trends.get(id)} />
                </td>
                <td>{format.number(stats.totalFeedback)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {adapters?.pageInfo.hasNextPage === true && <Notice>{texts.firstOnly(adapters.edges.length)}</Notice>}
    </Panel>
  );
}

type Days = Extract<AdapterTrendsQuery['nodes'][number], { readonly statsByDay: unknown }>['statsByDay'];

/** The days of the adapters that are shown, by id; empty until they are loaded. */
function useTrends(adapters: readonly { readonly id: string }[] | undefined): ReadonlyMap<string, Days> {
  const { since, until } = lastDays(TREND_DAYS);
  const variables = useMemo(
    () => ({ ids: adapters?.map(({ id }) => id) ?? [], since: startOf(since), until: startOf(until) }),
    [adapters, since, until],
  );
  const answer = useApiQuery(AdapterTrendsDocument, variables, { pause: variables.ids.length === 0 });
  const nodes = answer.state === 'ready' ? answer.data.nodes : undefined;
  return useMemo(
    () =>
      new Map(
        nodes?.flatMap((node) => (node !== null && 'statsByDay' in node ? [[node.id, node.statsByDay] as const] : [])),
      ),
    [nodes],
  );
}
