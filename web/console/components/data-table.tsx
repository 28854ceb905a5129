/**
 * A table of any length: it draws the rows that can be seen. One row is active; `j`, `k` and the arrow keys move to
 * others, Enter opens it, `x` selects it and Shift extends the selection.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useKeys } from '../keys/keys.js';
import { useMessages } from '../messages/messages.js';
import { navigate } from '../router/location.js';
import styles from './data-table.module.css';
import { commonMessages } from './messages.js';
import { TableHead } from './table-head.js';
import { DataTableRow } from './table-row.js';
import { type TableSelection, useSelectRows } from './table-selection.js';
import { useFlying } from './use-flying.js';

export interface Column<Row> {
  readonly id: string;
  readonly header: ReactNode;
  /** A track of CSS grid, as `120px` or `minmax(200px, 2fr)`. */
  readonly width: string;
  readonly cell: (row: Row) => ReactNode;
}

export type Density = 'dense' | 'comfortable';

export interface DataTableProps<Row> {
  /** What the rows are, for screen readers. */
  readonly label: string;
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** The columns that are shown; choosing among them is the screen's. */
  readonly columns: readonly Column<Row>[];
  /** The address of a row's own screen, if it has one. */
  readonly rowHref?: (row: Row) => string;
  readonly density?: Density;
  /** Rows can be selected if this is given. */
  readonly selection?: TableSelection | undefined;
  /** Called when the last rows come into view. */
  readonly onEnd?: () => void;
  /** What stands below the last row, as `MoreRows`. */
  readonly end?: ReactNode;
  /** How many rows there are with those that are not loaded, if that is known. */
  readonly totalCount?: number | undefined;
}

const ROW_HEIGHTS = { dense: 34, comfortable: 48 } as const satisfies Record<Density, number>;
/** Rows before the end at which more are asked for. */
const AHEAD = 60;
const NOTHING_SELECTED: TableSelection = { selected: new Set(), onChange: () => undefined };

export function DataTable<Row>({
  label,
  rows,
  rowKey,
  columns,
  rowHref,
  density = 'dense',
  selection,
  onEnd,
  end,
  totalCount,
}: DataTableProps<Row>) {
  const texts = useMessages(commonMessages);
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const keys = useMemo(() => rows.map(rowKey), [rows, rowKey]);
  const { toggle, extend, selectAll, head } = useSelectRows(keys, selection ?? NOTHING_SELECTED);
  const height = ROW_HEIGHTS[density];
  const isFlying = useFlying(scroller);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: isFlying ? 0 : 8,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, height]);

  const shown = virtualizer.getVirtualItems();
  const first = shown[0]?.index ?? 0;
  const last = shown.at(-1)?.index ?? 0;
  const firstColumn = useMemo(() => columns.slice(0, 1), [columns]);
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - AHEAD) onEnd?.();
  }, [last, rows.length, onEnd]);

  const moveTo = (place: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, place));
    setActive(next);
    virtualizer.scrollToIndex(next);
  };
  const open = (): void => {
    const row = rows[active];
    if (row !== undefined && rowHref !== undefined) navigate(rowHref(row));
  };
  const extendBy = (step: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, active + step));
    extend(next);
    moveTo(next);
  };
  const canSelect = selection !== undefined;
  const onSelect = useCallback(
    (place: number, isRange: boolean) => (isRange ? extend(place) : toggle(place)),
    [extend, toggle],
  );
  useKeys({
    j: { label: texts.nextRow, run: () => moveTo(active + 1) },
    k: { label: texts.previousRow, run: () => moveTo(active - 1) },
    ...(rowHref && { o: { label: texts.openRow, run: open } }),
    ...(canSelect && {
      x: { label: texts.selectRow, run: () => toggle(active) },
      'Shift+X': { label: texts.selectRange, run: () => extend(active) },
    }),
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / height) - 2);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    const step = steps[event.key];
    if (event.target instanceof HTMLElement && event.target.closest('button') !== null) return;
    if (step !== undefined) {
      if (event.shiftKey && canSelect) extendBy(step);
      else moveTo(active + step);
    } else if (event.key === 'Home') moveTo(0);
    else if (event.key === 'End') moveTo(rows.length - 1);
    else if (event.key === 'Enter' && event.target === event.currentTarget) open();
    else return;
    event.preventDefault();
  };

  const template = [...(canSelect ? ['36px'] : []), ...columns.map(({ width }) => width)].join(' ');
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={(totalCount ?? rows.length) + 1}
      aria-multiselectable={canSelect || undefined}
      aria-activedescendant={rows.length > 0 ? `${id}-${active}` : undefined}
      tabIndex={0}
      className={styles['table']}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" className={styles['content']}>
        <TableHead
          columns={columns}
          template={template}
          selection={canSelect ? head : undefined}
          onSelectAll={selectAll}
        />
        <div role="rowgroup" className={styles['body']} style={{ height: virtualizer.getTotalSize() }}>
          {shown.map(({ index, start }) => {
            const row = rows[index];
            const key = keys[index];
            if (row === undefined || key === undefined) return null;
            return (
              <DataTableRow
                key={isFlying ? index - first : key}
                id={`${id}-${index}`}
                row={row}
                place={index}
                columns={isFlying ? firstColumn : columns}
                href={rowHref?.(row)}
                isActive={index === active}
                isSelected={canSelect ? selection.selected.has(key) : undefined}
                template={template}
                height={height}
                top={start}
                onActivate={setActive}
                onSelect={onSelect}
              />
            );
          })}
        </div>
      </div>
      {end !== undefined && (
        <div role="presentation" className={styles['end']}>
          {end}
        </div>
      )}
    </div>
  );
}
