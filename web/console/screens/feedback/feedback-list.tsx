import { useCallback, useMemo, useRef, useState } from 'react';
import { useClient } from 'urql';
import { usePages } from '../../api/pages.js';
import { type Column, DataTable, type Density } from '../../components/data-table.js';
import { MoreRows } from '../../components/more-rows.js';
import { EmptyState, ErrorState, Skeleton } from '../../components/states.js';
import { useMessages } from '../../messages/messages.js';
import { routePath } from '../../router/routes.js';
import { useSession } from '../../session/session.js';
import { Arrivals } from './arrivals.js';
import { readRows } from './bulk.js';
import type { Row } from './columns.js';
import { type FeedbackFilterInput, FeedbackPageDocument } from './documents.generated.js';
import styles from './feedback.module.css';
import { feedbackMessages } from './messages.js';
import { SelectionBar } from './selection-bar.js';
import { useListSelection } from './selection.js';

const rowKey = ({ id }: Row): string => id;
const rowHref = ({ id }: Row): string => routePath('entry', { id });

interface ListProps {
  readonly filter: FeedbackFilterInput;
  readonly order: 'ASC' | 'DESC';
  readonly isNarrowed: boolean;
  readonly columns: readonly Column<Row>[];
  readonly density: Density;
  readonly total: { readonly totalCount: number; readonly totalCountIsExact: boolean } | undefined;
  /** Undefined where it is not known. */
  readonly exactTotal: number | undefined;
  readonly onReload: () => void;
}

/** The rows of the list, with what others change in it and what is selected. */
export function FeedbackList({ filter, order, isNarrowed, columns, density, total, exactTotal, onReload }: ListProps) {
  const texts = useMessages(feedbackMessages);
  const { can } = useSession();
  const client = useClient();
  const box = useRef<HTMLElement>(null);
  const pages = usePages(FeedbackPageDocument, { filter, order }, ({ feedbackList }) => feedbackList);
  const [decided, setDecided] = useState<ReadonlyMap<string, Row>>(new Map());
  const [arrivals, setArrivals] = useState(0);
  const rows = useMemo(
    () => (decided.size === 0 ? pages.rows : pages.rows.map((row) => decided.get(row.id) ?? row)),
    [pages.rows, decided],
  );
  const loaded = useMemo(() => pages.rows.map(rowKey), [pages.rows]);
  const selection = useListSelection(loaded);
  const onDecision = useCallback((row: Row) => setDecided((before) => new Map(before).set(row.id, row)), []);
  const onChanged = (ids: readonly string[]): void => {
    void readRows(client, ids).then((changed) => changed.forEach(onDecision));
    onReload();
  };
  const reload = (): void => {
    setDecided(new Map());
    setArrivals((before) => before + 1);
    pages.reload();
    onReload();
    // The button that was pressed is gone.
    box.current?.focus();
  };
  return (
    <section ref={box} tabIndex={-1} aria-label={texts.title} className={styles['list']}>
      <div className={styles['line']}>
        {selection.isEmpty && (
          <p role="status" className={styles['total']}>
            {total !== undefined && texts.entries(total.totalCount, total.totalCountIsExact)}
          </p>
        )}
        <SelectionBar {...{ selection, filter, order, onChanged }} total={exactTotal} />
      </div>
      {pages.isLoading ? (
        <Skeleton lines={14} height={22} />
      ) : pages.rows.length === 0 && pages.problem !== undefined ? (
        <ErrorState problem={pages.problem} retry={pages.reload} />
      ) : pages.rows.length === 0 ? (
        <EmptyState title={isNarrowed ? texts.noMatch : texts.empty}>
          {isNarrowed ? texts.noMatchAdvice : texts.emptyAdvice}
        </EmptyState>
      ) : (
        <DataTable
          label={texts.title}
          rows={rows}
          rowKey={rowKey}
          rowHref={rowHref}
          columns={columns}
          density={density}
          selection={selection.table}
          totalCount={exactTotal}
          onEnd={pages.loadMore}
          end={<MoreRows problem={pages.problem} isLoading={pages.isLoadingMore} onRetry={pages.reload} />}
        />
      )}
      {can('feedback:read') && <Arrivals key={arrivals} filter={filter} onDecision={onDecision} onShow={reload} />}
    </section>
  );
}
