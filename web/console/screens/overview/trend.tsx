import { positiveShare } from '../../components/share-color.js';
import { Sparkline } from '../../components/sparkline.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import { overviewMessages } from './messages.js';
import styles from './overview.module.css';

interface Judged {
  readonly positiveCount: number;
  readonly negativeCount: number;
}

/** Days of a trend; a point of its line is a week. */
export const TREND_DAYS = 28;
const WEEK = 7;

/** How an adapter's share of positive has changed: the last two weeks against the two before. */
export function Trend({ days }: { readonly days: readonly Judged[] | undefined }) {
  const texts = useMessages(overviewMessages);
  const { locale } = useFormat();
  if (days === undefined) return null;
  const before = positiveShare(sum(days.slice(0, TREND_DAYS / 2)));
  const now = positiveShare(sum(days.slice(TREND_DAYS / 2)));
  const weeks = Array.from({ length: TREND_DAYS / WEEK }, (_, week) =>
    positiveShare(sum(days.slice(week * WEEK, (week + 1) * WEEK))),
  );
  const points = new Intl.NumberFormat(locale, { maximumFractionDigits: 1, signDisplay: 'exceptZero' });
  return (
    <span className={styles['trend']} title={texts.trendHint}>
      <Sparkline shares={weeks} />
      <span>{before === undefined || now === undefined ? '–' : texts.points(points.format((now - before) * 100))}</span>
    </span>
  );
}

function sum(days: readonly Judged[]): Judged {
  return days.reduce(
    (total, day) => ({
      positiveCount: total.positiveCount + day.positiveCount,
      negativeCount: total.negativeCount + day.negativeCount,
    }),
    { positiveCount: 0, negativeCount: 0 },
  );
}
