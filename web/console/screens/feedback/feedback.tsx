import { useMemo, useState } from 'react';
import { Dialog } from '../../components/dialog.js';
import { Screen } from '../../components/screen.js';
import { IgnoredFilters } from '../../components/states.js';
import { TableOptions } from '../../components/table-options.js';
import { useMedia } from '../../components/use-media.js';
import { useMessages } from '../../messages/messages.js';
import { useSearch } from '../../router/search.js';
import { useSession } from '../../session/session.js';
import { columnsParameter, shownColumns, useColumns } from './columns.js';
import { useDensity } from './density.js';
import { ExportMenu } from './export-menu.js';
import { Facets } from './facets.js';
import { FeedbackList } from './feedback-list.js';
import styles from './feedback.module.css';
import { FilterBar } from './filter-bar.js';
import { activeFilters, listCodec, toApiFilter } from './filter.js';
import { feedbackMessages } from './messages.js';
import { useCounts, useLastCounts } from './use-counts.js';
import { ViewsMenu } from './views-menu.js';

export default function FeedbackScreen() {
  const texts = useMessages(feedbackMessages);
  const { can } = useSession();
  const [search, change, ignored] = useSearch(listCodec);
  const [isNarrowing, setNarrowing] = useState(false);
  const [density, setDensity] = useDensity();
  const columns = useColumns();
  const isNarrow = useMedia('(max-width: 767px)');
  const shown = useMemo(() => shownColumns(columns, search.columns, isNarrow), [columns, search.columns, isNarrow]);
  const filter = useMemo(() => toApiFilter(search), [search]);
  const found = useCounts(search);
  const counts = useLastCounts(found);
  const total = found.state === 'ready' ? found.data.total : undefined;
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
              change({
                columns: columnsParameter(
                  columns.map(({ id }) => id).filter((id) => !hidden.includes(id)),
                  isNarrow,
                ),
              })
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
          <Facets search={search} onChange={change} counts={counts} />
        </aside>
        <FeedbackList
          // Other entries are another list: nothing of the last one stays selected.
          key={JSON.stringify([filter, search.order])}
          {...{ filter, density, total, exactTotal }}
          order={search.order}
          isNarrowed={activeFilters(search).length > 0}
          columns={useMemo(() => columns.filter(({ id }) => shown.includes(id)), [columns, shown])}
          onReload={() => {
            if (found.state === 'ready') found.reload();
          }}
        />
      </div>
      <Dialog title={texts.filters} isOpen={isNarrowing} onClose={() => setNarrowing(false)}>
        <Facets search={search} onChange={change} counts={counts} />
      </Dialog>
    </Screen>
  );
}
