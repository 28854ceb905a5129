import { memo, type MouseEvent } from 'react';
import { useMessages } from '../messages/messages.js';
import { Link } from '../router/link.js';
import { navigate } from '../router/location.js';
import type { Column } from './data-table.js';
import styles from './data-table.module.css';
import { commonMessages } from './messages.js';

interface DataTableRowProps<Row> {
  readonly id: string;
  readonly row: Row;
  readonly place: number;
  readonly columns: readonly Column<Row>[];
  readonly href: string | undefined;
  readonly isActive: boolean;
  /** Undefined where rows cannot be selected. */
  readonly isSelected: boolean | undefined;
  /** The tracks of CSS grid. */
  readonly template: string;
  readonly height: number;
  /** Distance from the first row. */
  readonly top: number;
  readonly onActivate: (place: number) => void;
  /** Called with whether a range up to this row is meant. */
  readonly onSelect: (place: number, isRange: boolean) => void;
}

/**
 * One row. Its first cell is a link, so that it opens in a new tab as links do; a click anywhere else opens it, too.
 * While somebody scrolls, only the rows that come into view are drawn.
 */
export const DataTableRow = memo(RowView) as typeof RowView;

function RowView<Row>({
  id,
  row,
  place,
  columns,
  href,
  isActive,
  isSelected,
  template,
  height,
  top,
  onActivate,
  onSelect,
}: DataTableRowProps<Row>) {
  const { select } = useMessages(commonMessages);
  const openRow = (event: MouseEvent): void => {
    onActivate(place);
    const isOwn = event.target instanceof Element && event.target.closest('a, button, input') !== null;
    // Whoever marks a text to copy it wants to stay.
    if (isOwn || href === undefined || getSelection()?.isCollapsed === false) return;
    navigate(href);
  };
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={place + 2}
      aria-selected={isSelected}
      data-active={isActive}
      className={styles['row']}
      style={{ gridTemplateColumns: template, height, transform: `translateY(${top}px)` }}
      onClick={openRow}
    >
      {isSelected !== undefined && (
        <span role="gridcell" className={styles['cell']}>
          <input
            type="checkbox"
            aria-label={select}
            tabIndex={-1}
            checked={isSelected}
            onClick={({ shiftKey }) => onSelect(place, shiftKey)}
            onChange={() => undefined}
          />
        </span>
      )}
      {columns.map((column, number) => (
        <span key={column.id} role="gridcell" className={styles['cell']}>
          {number === 0 && href !== undefined ? (
            <Link href={href} tabIndex={-1} className={styles['link']}>
              {column.cell(row)}
            </Link>
          ) : (
            column.cell(row)
          )}
        </span>
      ))}
    </div>
  );
}
