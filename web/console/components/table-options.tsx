import { useMessages } from '../messages/messages.js';
import type { Column, Density } from './data-table.js';
import { Menu } from './menu.js';
import { commonMessages } from './messages.js';

export interface TableOptionsProps<Row> {
  /** All columns; the first one is always shown. */
  readonly columns: readonly Column<Row>[];
  /** The ids of those that are not shown. */
  readonly hidden: readonly string[];
  readonly onHiddenChange: (hidden: readonly string[]) => void;
  readonly density: Density;
  readonly onDensityChange: (density: Density) => void;
}

/** The menu beside a table: which columns it has, and how high its rows are. */
export function TableOptions<Row>({
  columns,
  hidden,
  onHiddenChange,
  density,
  onDensityChange,
}: TableOptionsProps<Row>) {
  const texts = useMessages(commonMessages);
  return (
    <Menu
      label={texts.columns}
      staysOpen
      items={[
        ...columns.slice(1).map(({ id, header }) => ({
          label: header,
          isChecked: !hidden.includes(id),
          run: () => onHiddenChange(hidden.includes(id) ? hidden.filter((other) => other !== id) : [...hidden, id]),
        })),
        ...(['dense', 'comfortable'] as const).map((name) => ({
          label: texts[name],
          isChecked: name === density,
          run: () => onDensityChange(name),
        })),
      ]}
    />
  );
}
