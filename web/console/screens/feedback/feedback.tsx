import { useCallback, useMemo, useRef, useState } from 'react';
import { useApiQuery } from '../../api/hooks.js';
import { usePages } from '../../api/pages.js';
import { DataTable } from '../../components/data-table.js';
import { Dialog } from '../../components/dialog.js';
import { MoreRows } from '../../components/more-rows.js';
import { Screen } from '../../components/screen.js';
import { EmptyState, ErrorState, IgnoredFilters, Skeleton } from '../../components/states.js';
import { TableOptions } from '../../components/table-options.js';
import { useMessages } from '../../messages/messages.js';
import { routePath } from '../../router/routes.js';
import { useSearch } from '../../router/search.js';
import { useSession } from '../../session/session.js';
import { Arrivals } from './arrivals.js';
import { columnsParameter, type Row, shownColumns, useColumns } from './columns.js';
import { useDensity } from './density.js';
import { FeedbackPageDocument, FeedbackTotalDocument } from './documents.generated.js';
import { ExportMenu } from './export-menu.js';
import { Facets } from './facets.js';
import styles from './feedback.module.css';
import { FilterBar } from './filter-bar.js';
import { activeFilters, listCodec, toApiFilter } from './filter.js';
import { feedbackMessages } from './messages.js';
import { SelectionBar } from './selection-bar.js';
import { useListSelection } from './selection.js';
import { ViewsMenu } from './views-menu.js';

const rowKey = ({ id }: Row): string => id;
const rowHref = ({ id }: Row): string => routePath('entry', { id });

export default function FeedbackScreen() {
  const texts = useMessages(feedbackMessages);
  const { can } = useSession();
  const [search, change, ignored] = useSearch(listCodec);
  const [isNarrowing, setNarrowing] = useState(false);
  const [density, setDensity] = useDensity();
  const columns = useColumns();
  const shown = useMemo(() => shownColumns(columns, search.columns), [columns, search.columns]);
  const filter = useMemo(() => toApiFilter(search), [search]);
  const found = useApiQuery(FeedbackTotalDocument, { filter }, { isFresh: true });
  const total = found.state === 'ready' ? found.data.feedbackList : undefined;
  const exactTotal = total?.totalCountIsExact === true ? total.totalCount : undefined;
  return (
    <Screen
      title={texts.title}
      fills
      actions={
        <>
          {can('feedback:read') && <ViewsMenu search={search} onChange={change} />}
          <TableOptions
            columns={columns}
            hidden={columns.map(({ id }) => id).filter((id) => !shown.includes(id))}
            onHiddenChange={(hidden) =>
              change({ columns: columnsParameter(columns.map(({ id }) => id).filter((id) => !hidden.includes(id))) })
            }
            density={density}
            onDensityChange={setDensity}
          />
          <ExportMenu selection={{ filter, order: search.order }} total={exactTotal} />
        </>
      }
    >
      <IgnoredFilters names={ignored} />
      <FilterBar search={search} onChange={change} onFacets={() => setNarrowing(true)} />
      <div className={styles['layout']}>
        <aside className={styles['facets']} aria-label={texts.filters}>
          <Facets search={search} onChange={change} />
        </aside>
        <List
          // Other entries are another list: nothing of the last one stays selected.
          key={JSON.stringify([filter, search.order])}
          {...{ filter, density, total, exactTotal }}
          order={search.order}
          isNarrowed={activeFilters(search).length > 0}
          columns={useMemo(() => columns.filter(({ id }) => shown.includes(id)), [columns, shown])}
          onReload={found.state === 'ready' ? found.reload : undefined}
        />
      </div>
      <Dialog title={texts.filters} isOpen={isNarrowing} onClose={() => setNarrowing(false)}>
        <Facets search={search} onChange={change} />
      </Dialog>
    </Screen>
  );
}

interface ListProps {
  readonly filter: ReturnType<typeof toApiFilter>;
  readonly order: 'ASC' | 'DESC';
  readonly isNarrowed: boolean;
  readonly columns: ReturnType<typeof useColumns>;
  readonly density: ReturnType<typeof useDensity>[0];
  readonly total: { readonly totalCount: number; readonly totalCountIsExact: boolean } | undefined;
  /** Undefined where it is not known. */
  readonly exactTotal: number | undefined;
  readonly onReload: (() => void) | undefined;
}

function List({ filter, order, isNarrowed, columns, density, total, exactTotal, onReload }: ListProps) {
  const texts = useMessages(feedbackMessages);
  const { can } = useSession();
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
  const reload = (): void => {
    setDecided(new Map());
    setArrivals((before) => before + 1);
    pages.reload();
    onReload?.();
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
        <SelectionBar selection={selection} filter={filter} order={order} total={exactTotal} />
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
