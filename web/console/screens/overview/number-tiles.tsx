import { toDay } from '../../components/day-chart/days.js';
import { positiveShare } from '../../components/share-color.js';
import { Tile, Tiles } from '../../components/tile.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import { feedbackHref } from '../../router/links.js';
import { routePath } from '../../router/routes.js';
import { useSession } from '../../session/session.js';
import type { OverviewDaysQuery, OverviewNumbersQuery } from './documents.generated.js';
import { overviewMessages } from './messages.js';

export type Days = OverviewDaysQuery['feedbackStatsByDay'];

export interface NumberTilesProps {
  readonly numbers: OverviewNumbersQuery;
  /** Undefined until they are loaded. */
  readonly days: Days | undefined;
}

const WEEK = 7;

/** The numbers that tell whether there is something to do; each leads to what it counts. */
export function NumberTiles({ numbers, days }: NumberTilesProps) {
  const texts = useMessages(overviewMessages);
  const format = useFormat();
  const { can } = useSession();
  const { feedbackStats: stats, unusedApproved, validationPlugins } = numbers;
  const failing = validationPlugins?.filter((plugin) => plugin.failing).map(({ name }) => name);
  const share = stats && positiveShare(stats);
  const waiting = stats && stats.flaggedCount + stats.pendingValidation;
  return (
    <Tiles label={texts.numbers}>
      {stats && waiting !== undefined && (
        <Tile
          label={texts.waiting}
          value={format.number(waiting)}
          hint={texts.waitingHint(stats.flaggedCount, stats.pendingValidation)}
          href={can('feedback:review') ? routePath('review', {}) : feedbackHref({ status: 'FLAGGED' })}
        />
      )}
      {unusedApproved && (
        <Tile
          label={texts.unused}
          value={format.number(unusedApproved.totalCount)}
          hint={texts.unusedHint}
          href={feedbackHref({ status: 'APPROVED', isUnused: true })}
        />
      )}
      {stats && (
        <Tile
          label={texts.share}
          value={share === undefined ? '–' : format.percent(share)}
          hint={texts.shareHint(stats.positiveCount, stats.negativeCount)}
          href={feedbackHref({})}
        />
      )}
      {stats && <WeekTile days={days} />}
      {failing && (
        <Tile
          label={texts.plugins}
          value={format.number(failing.length)}
          hint={texts.pluginsHint(failing)}
          href={routePath('settings', {})}
          isUrgent={failing.length > 0}
        />
      )}
    </Tiles>
  );
}

function WeekTile({ days }: { readonly days: Days | undefined }) {
  const texts = useMessages(overviewMessages);
  const format = useFormat();
  if (days === undefined) return <Tile label={texts.week} value="…" />;
  const sum = (part: Days): number => part.reduce((total, { totalFeedback }) => total + totalFeedback, 0);
  const week = days.slice(-WEEK);
  const [now, before] = [sum(week), sum(days.slice(-2 * WEEK, -WEEK))];
  const percent = new Intl.NumberFormat(format.locale, {
    style: 'percent',
    maximumFractionDigits: 0,
    signDisplay: 'exceptZero',
  });
  return (
    <Tile
      label={texts.week}
      value={format.number(now)}
      hint={texts.weekHint(before, before === 0 ? undefined : percent.format(now / before - 1))}
      href={feedbackHref({ since: week[0]?.day ?? toDay(Date.now()) })}
    />
  );
}
