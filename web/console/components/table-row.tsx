import type { CSSProperties, MouseEvent } from 'react';
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
  readonly style: CSSProperties;
  readonly onActivate: () => void;
  /** Called with whether a range up to this row is meant. */
  readonly onSelect: (isRange: boolean) => void;
}

/** One row. Its first cell is a link, so that it opens in a new tab as links do; a click anywhere else opens it, too. */
export function DataTableRow<Row>({
  id,
  row,
  place,
  columns,
  href,
  isActive,
  isSelected,
  style,
  onActivate,
  onSelect,
}: DataTableRowProps<Row>) {
  const { select } = useMessages(commonMessages);
  const openRow = (event: MouseEvent): void => {
    onActivate();
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
      style={style}
      onClick={openRow}
    >
      {isSelected !== undefined && (
        <span role="gridcell" className={styles['cell']}>
          <input
            type="checkbox"
            aria-label={select}
            tabIndex={-1}
            checked={isSelected}
            onClick={({ shiftKey }) => onSelect(shiftKey)}
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
