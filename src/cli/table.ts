/** Tables: cut to the width of a terminal, whole anywhere else. */
import { fit, measureWidth, paint, type Style, toOneLine, wrap } from './screen.js';
import type { Screen } from './terminal.js';

export interface Column<Row> {
  readonly heading: string;
  readonly text: (row: Row) => string;
  readonly style?: (row: Row) => Style | undefined;
  readonly align?: 'right';
  /** May be cut, down to this many columns. Others, such as ids, are of use only whole. */
  readonly min?: number;
  /** Where the terminal is too narrow, columns with the highest number are left out first; without one it stays. */
  readonly leftOut?: number;
}

const GAP = '  ';

/** The rows below their headings. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], screen: Screen | undefined): string {
  const measured = columns.map((column) => {
    const texts = rows.map((row) => toOneLine(column.text(row)));
    const width = Math.max(...[column.heading, ...texts].map(measureWidth));
    return { column, texts, width };
  });
  const shown = screen === undefined ? measured : fitted(measured, screen.columns);
  const line = (textOf: (index: number) => string, paintCell: (text: string, index: number) => string): string => {
    const cells = shown.map(({ column, width }, index) => {
      const text = fit(textOf(index), width);
      const padding = ' '.repeat(Math.max(0, width - measureWidth(text)));
      const painted = paintCell(text, index);
      if (column.align === 'right') return padding + painted;
      return index === shown.length - 1 ? painted : painted + padding;
    });
    return `${cells.join(GAP).trimEnd()}\n`;
  };
  const heading = line(
    (index) => shown[index]?.column.heading ?? '',
    (text) => paint(text, 'bold', screen),
  );
  const body = rows.map((row, number) =>
    line(
      (index) => shown[index]?.texts[number] ?? '',
      (text, index) => paint(text, shown[index]?.column.style?.(row), screen),
    ),
  );
  return heading + body.join('');
}

interface Measured<Row> {
  readonly column: Column<Row>;
  readonly texts: readonly string[];
  readonly width: number;
}

/** The columns that have room, the cuttable ones as wide as what is left. */
function fitted<Row>(measured: readonly Measured<Row>[], room: number): readonly Measured<Row>[] {
  const least = ({ column, width }: Measured<Row>): number => Math.min(width, column.min ?? width);
  const gaps = (count: number): number => GAP.length * (count - 1);
  let shown = measured;
  for (;;) {
    const needed = shown.reduce((sum, each) => sum + least(each), gaps(shown.length));
    if (needed <= room) break;
    const last = Math.max(...shown.map(({ column }) => column.leftOut ?? 0));
    if (last === 0) break;
    shown = shown.filter(({ column }) => column.leftOut !== last);
  }
  let spare = room - shown.reduce((sum, each) => sum + least(each), gaps(shown.length));
  return shown.map((each) => {
    const width = Math.min(each.width, least(each) + Math.max(0, spare));
    spare -= width - least(each);
    return { ...each, width };
  });
}

/** A name and what it is, one below the other; long texts go on below themselves on a terminal. */
export function properties(
  rows: readonly (readonly [name: string, text: string])[],
  screen: Screen | undefined,
): string {
  const left = Math.max(...rows.map(([name]) => measureWidth(name)));
  const room = screen === undefined ? Infinity : Math.max(20, screen.columns - left - GAP.length);
  return rows
    .map(([name, text]) => {
      const padding = ' '.repeat(left - measureWidth(name));
      const lines = wrap(toOneLine(text), room);
      return `${paint(name, 'bold', screen)}${padding}${GAP}${lines.join(`\n${' '.repeat(left)}${GAP}`)}\n`;
    })
    .join('');
}
