import { useMemo, useState } from 'react';
import { buttonClass } from '../../components/button.js';
import { type Column, DataTable } from '../../components/data-table.js';
import { positiveShare } from '../../components/share-color.js';
import { Share } from '../../components/share.js';
import { StageBadge } from '../../components/stage-badge.js';
import { EmptyState } from '../../components/states.js';
import { VisibleText } from '../../components/text-block.js';
import { Time } from '../../components/time.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { compareHref } from '../../router/links.js';
import { routePath } from '../../router/routes.js';
import { useSession } from '../../session/session.js';
import styles from './adapters.module.css';
import type { DrawnAdapterFragment } from './documents.generated.js';
import type { LineageGraph } from './lineage/graph.js';
import { adaptersMessages } from './messages.js';
import { type StageFilter, toStage } from './stage-filter.js';

export const SORTS = ['name', 'entries', 'share', 'updated'] as const;
export type Sort = (typeof SORTS)[number];

const ORDERS: Readonly<Record<Sort, (a: DrawnAdapterFragment, b: DrawnAdapterFragment) => number>> = {
  // As the server sends them.
  name: () => 0,
  entries: (a, b) => b.stats.totalFeedback - a.stats.totalFeedback,
  share: (a, b) => (positiveShare(b.stats) ?? -1) - (positiveShare(a.stats) ?? -1),
  updated: (a, b) => b.updatedAt.localeCompare(a.updatedAt),
};

const rowKey = ({ id }: DrawnAdapterFragment): string => id;
const rowHref = ({ id }: DrawnAdapterFragment): string => routePath('adapter', { id });

export interface AdapterListProps {
  readonly graph: LineageGraph;
  /** What each was derived from, whether it is in the graph or not. */
  readonly parentIds: ReadonlyMap<string, readonly string[]>;
  readonly stage: StageFilter;
  /** What ids contain. */
  readonly search: string;
  readonly sort: Sort;
  readonly totalCount: number | undefined;
  readonly onEnd: () => void;
}

/** All adapters as a table, from which some are chosen to be compared. */
export function AdapterList({ graph, parentIds, stage, search, sort, totalCount, onEnd }: AdapterListProps) {
  const texts = useMessages(adaptersMessages);
  const { can } = useSession();
  const columns = useColumns(parentIds);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    const isAtStage = (each: DrawnAdapterFragment): boolean => stage === 'all' || each.stage === toStage(stage);
    return [...graph.adapters.values()]
      .filter((each) => isAtStage(each) && each.id.toLowerCase().includes(wanted))
      .sort(ORDERS[sort]);
  }, [graph, search, sort, stage]);
  const canCompare = selected.size >= 2 && selected.size <= 8;
  if (rows.length === 0) {
    return (
      <EmptyState title={texts.noMatch}>{stage === 'all' ? texts.noMatchAdvice : texts.noMatchAtStage}</EmptyState>
    );
  }
  return (
    <>
      {selected.size > 0 && (
        <div className={styles['chosen']}>
          {canCompare ? (
            <Link href={compareHref([...selected])} className={buttonClass({ look: 'primary' })}>
              {texts.compare(selected.size)}
            </Link>
          ) : (
            <span role="status">{texts.compareAdvice}</span>
          )}
        </div>
      )}
      <DataTable
        label={texts.title}
        rows={rows}
        rowKey={rowKey}
        rowHref={rowHref}
        columns={columns}
        totalCount={search === '' ? totalCount : rows.length}
        onEnd={onEnd}
        {...(can('feedback:read') && { selection: { selected, onChange: setSelected } })}
      />
    </>
  );
}

function useColumns(parentIds: AdapterListProps['parentIds']): readonly Column<DrawnAdapterFragment>[] {
  const { columns } = useMessages(adaptersMessages);
  const format = useFormat();
  return useMemo(
    () => [
      {
        id: 'adapter',
        header: columns.adapter,
        width: 'minmax(180px, 2fr)',
        cell: ({ id }) => <VisibleText text={id} />,
      },
      {
        id: 'stage',
        header: columns.stage,
        width: '124px',
        cell: ({ stage }) => stage !== null && <StageBadge stage={stage} />,
      },
      {
        id: 'share',
        header: columns.share,
        width: 'minmax(140px, 1fr)',
        cell: ({ stats }) => <Share share={positiveShare(stats)} />,
      },
      {
        id: 'entries',
        header: columns.entries,
        width: '90px',
        cell: ({ stats }) => format.number(stats.totalFeedback),
      },
      {
        id: 'waiting',
        header: columns.waiting,
        width: '108px',
        cell: ({ stats }) => format.number(stats.pendingValidation + stats.flaggedCount),
      },
      { id: 'version', header: columns.version, width: 'minmax(80px, 0.6fr)', cell: ({ version }) => version },
      {
        id: 'base',
        header: columns.base,
        width: 'minmax(140px, 1.4fr)',
        cell: ({ id }) => <VisibleText text={(parentIds.get(id) ?? []).join(', ')} />,
      },
      { id: 'updated', header: columns.updated, width: '140px', cell: ({ updatedAt }) => <Time at={updatedAt} /> },
    ],
    [columns, format, parentIds],
  );
}
