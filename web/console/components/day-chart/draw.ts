/** The chart itself: stacked bars by day on a canvas. uPlot writes no style sheet of its own; its file is ours to bundle. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { type DayCounts, SERIES, totalOf } from './days.js';

export interface ChartOptions {
  readonly days: readonly DayCounts[];
  readonly height: number;
  /** A day as the axis has it. */
  readonly formatDay: (day: string) => string;
  readonly formatCount: (count: number) => string;
  /** Called with the day under the pointer, or without one. */
  readonly onHover: (day: DayCounts | undefined) => void;
  /** Called with the first and the last day that somebody has dragged over. */
  readonly onRange: (since: DayCounts, until: DayCounts) => void;
}

/** Draws into an element, as wide as it is, until the returned function is called. */
export function drawDays(root: HTMLElement, options: ChartOptions): () => void {
  const { days, height, formatDay, formatCount, onHover, onRange } = options;
  const [text = '', grid = '', ...colors] = resolveColors(root, [
    '--text-muted',
    '--line',
    ...SERIES.map(({ color }) => color),
  ]);
  const font = `12px ${getComputedStyle(root).fontFamily}`;
  const axis = { stroke: text, font, ticks: { show: false }, grid: { stroke: grid, width: 1 } };
  const places = days.map((_, place) => place);
  // The uppermost series is drawn first and to the full height, the others in front of it.
  const stacked = SERIES.map((_, top) =>
    days.map((day) => SERIES.slice(0, top + 1).reduce((sum, { field }) => sum + day[field], 0)),
  );
  const bars = uPlot.paths.bars?.({ size: [0.78, 44], radius: days.length > 120 ? 0 : 0.12 });
  const most = Math.max(4, ...days.map(totalOf));
  const dayAt = (place: number): DayCounts | undefined => days[Math.max(0, Math.min(days.length - 1, place))];

  const chart = new uPlot(
    {
      width: root.clientWidth,
      height,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: false, range: () => [-0.6, days.length - 0.4] },
        y: { range: () => [0, most * 1.05] },
      },
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false, dist: 6 } },
      series: [
        {},
        ...SERIES.map((_, place) => ({
          fill: colors[SERIES.length - 1 - place] ?? text,
          stroke: colors[SERIES.length - 1 - place] ?? text,
          width: 0,
          points: { show: false },
          ...(bars && { paths: bars }),
        })),
      ],
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 28,
          space: 64,
          incrs: [1, 2, 7, 14, 28, 56, 91, 182],
          values: (_, splits) => splits.map((split) => formatDay(days[split]?.day ?? '')),
        },
        {
          ...axis,
          size: 48,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6],
          values: (_, splits) => splits.map(formatCount),
        },
      ],
      hooks: {
        setCursor: [({ cursor }) => onHover(cursor.idx == null ? undefined : days[cursor.idx])],
        setSelect: [
          (self) => {
            const { left, width } = self.select;
            if (width === 0) return;
            const since = dayAt(Math.round(self.posToVal(left, 'x')));
            const until = dayAt(Math.round(self.posToVal(left + width, 'x')));
            if (since !== undefined && until !== undefined) onRange(since, until);
          },
        ],
      },
    },
    [places, ...stacked.toReversed()],
    root,
  );
  const observer = new ResizeObserver(() => chart.setSize({ width: root.clientWidth, height }));
  observer.observe(root);
  return () => {
    observer.disconnect();
    chart.destroy();
  };
}

/** Colours of tokens as a canvas takes them, in the theme of this moment. */
function resolveColors(root: HTMLElement, names: readonly string[]): readonly string[] {
  const probe = document.createElement('span');
  root.append(probe);
  const colors = names.map((name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return colors;
}
