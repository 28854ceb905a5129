import { useEffect, useMemo, useRef, useState } from 'react';
import { useFormat, useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { useThemeChange } from '../../theme/use-theme-change.js';
import { commonMessages } from '../messages.js';
import styles from './day-chart.module.css';
import { type DayCounts, SERIES, totalOf } from './days.js';
import { drawDays } from './draw.js';
import { dayChartMessages } from './messages.js';
import { RangeForm } from './range-form.js';

export interface DayChartProps {
  /** Without gaps, oldest first. */
  readonly days: readonly DayCounts[];
  /** The same numbers as a table, for whoever reads them better. */
  readonly isTable: boolean;
  /** Where the entries of some days are listed, the first and the last included. */
  readonly rangeHref: (since: string, until: string) => string;
  readonly onRange: (since: string, until: string) => void;
}

const HEIGHT = 240;

/** Entries by the day on which they came in, stacked by their status. */
export default function DayChart({ days, isTable, rangeHref, onRange }: DayChartProps) {
  const [hovered, setHovered] = useState<DayCounts>();
  return (
    <>
      {isTable ? (
        <DayTable days={days} rangeHref={rangeHref} />
      ) : (
        <>
          <Legend days={days} hovered={hovered} />
          <Canvas days={days} onHover={setHovered} onRange={onRange} />
        </>
      )}
      <RangeForm days={days} onRange={onRange} />
    </>
  );
}

interface CanvasProps {
  readonly days: readonly DayCounts[];
  readonly onHover: (day: DayCounts | undefined) => void;
  readonly onRange: (since: string, until: string) => void;
}

function Canvas({ days, onHover, onRange }: CanvasProps) {
  const texts = useMessages(dayChartMessages);
  const format = useFormat();
  const root = useRef<HTMLDivElement>(null);
  const theme = useThemeChange();
  const newest = useRef({ onHover, onRange });
  useEffect(() => {
    newest.current = { onHover, onRange };
  });
  const short = useMemo(
    () => new Intl.DateTimeFormat(format.locale, { day: 'numeric', month: 'short', timeZone: 'UTC' }),
    [format],
  );
  useEffect(() => {
    if (root.current === null) return;
    return drawDays(root.current, {
      days,
      height: HEIGHT,
      formatDay: (day) => (day === '' ? '' : short.format(new Date(day))),
      formatCount: (count) => format.compact(count),
      onHover: (day) => newest.current.onHover(day),
      onRange: (since, until) => newest.current.onRange(since.day, until.day),
    });
  }, [days, theme, short, format]);
  const entries = days.reduce((total, day) => total + totalOf(day), 0);
  return (
    <div
      ref={root}
      role="img"
      aria-label={texts.summary(days.length, entries)}
      className={styles['canvas']}
      style={{ height: HEIGHT }}
    />
  );
}

/** What the colours mean, with the counts of the day under the pointer, or of all days. */
function Legend({ days, hovered }: { readonly days: readonly DayCounts[]; readonly hovered: DayCounts | undefined }) {
  const texts = useMessages(dayChartMessages);
  const { statuses } = useMessages(commonMessages);
  const format = useFormat();
  const shown = hovered === undefined ? days : [hovered];
  return (
    <div className={styles['legend']}>
      <strong className={styles['when']}>
        {hovered === undefined ? texts.allDays(days.length) : <Day day={hovered.day} />}
      </strong>
      {SERIES.map(({ field, status, color }) => (
        <span key={status} className={styles['entry']}>
          <span aria-hidden="true" className={styles['swatch']} style={{ background: `var(${color})` }} />
          {statuses[status]}
          <b>{format.number(shown.reduce((total, day) => total + day[field], 0))}</b>
        </span>
      ))}
    </div>
  );
}

function DayTable({ days, rangeHref }: Pick<DayChartProps, 'days' | 'rangeHref'>) {
  const texts = useMessages(dayChartMessages);
  const { statuses } = useMessages(commonMessages);
  const format = useFormat();
  return (
    <div className={styles['scroller']} tabIndex={0} role="region" aria-label={texts.day}>
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">{texts.day}</th>
            {SERIES.map(({ status }) => (
              <th key={status} scope="col">
                {statuses[status]}
              </th>
            ))}
            <th scope="col">{texts.total}</th>
          </tr>
        </thead>
        <tbody>
          {days.toReversed().map((day) => (
            <tr key={day.day}>
              <th scope="row">
                <Link href={rangeHref(day.day, day.day)}>
                  <Day day={day.day} />
                </Link>
              </th>
              {SERIES.map(({ field }) => (
                <td key={field}>{format.number(day[field])}</td>
              ))}
              <td>{format.number(totalOf(day))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A day in UTC, whatever the time zone of whoever reads it. */
function Day({ day }: { readonly day: string }) {
  const { locale } = useFormat();
  const text = useMemo(
    () => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(day)),
    [locale, day],
  );
  return <time dateTime={day}>{text}</time>;
}
