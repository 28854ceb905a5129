import { useMessages } from '../messages/messages.js';
import type { Column } from './data-table.js';
import styles from './data-table.module.css';
import { commonMessages } from './messages.js';

/** How many of the rows that are loaded are selected. */
export type HeadSelection = 'none' | 'some' | 'all';

interface TableHeadProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly template: string;
  /** Undefined where rows cannot be selected. */
  readonly selection: HeadSelection | undefined;
  readonly onSelectAll: (isSelected: boolean) => void;
}

export function TableHead<Row>({ columns, template, selection, onSelectAll }: TableHeadProps<Row>) {
  const { selectLoaded } = useMessages(commonMessages);
  return (
    <div role="row" aria-rowindex={1} className={styles['head']} style={{ gridTemplateColumns: template }}>
      {selection !== undefined && (
        <span role="columnheader" className={styles['cell']}>
          <input
            type="checkbox"
            aria-label={selectLoaded}
            title={selectLoaded}
            checked={selection === 'all'}
            ref={(box) => {
              if (box !== null) box.indeterminate = selection === 'some';
            }}
            onChange={() => onSelectAll(selection !== 'all')}
          />
        </span>
      )}
      {columns.map((column) => (
        <span key={column.id} role="columnheader" className={styles['cell']}>
          {column.header}
        </span>
      ))}
    </div>
  );
}
