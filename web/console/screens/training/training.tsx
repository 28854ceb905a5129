import { useMemo } from 'react';
import { Button, buttonClass } from '../../components/button.js';
import { type Column, DataTable } from '../../components/data-table.js';
import { Select } from '../../components/field.js';
import { commonMessages } from '../../components/messages.js';
import { Screen } from '../../components/screen.js';
import { EmptyState, ErrorState, IgnoredFilters, Notice, Skeleton } from '../../components/states.js';
import { Time } from '../../components/time.js';
import { BATCH_STATES, batchStateMessages, BatchStateBadge, isHeld } from '../../components/training-state.js';
import { useKeys } from '../../keys/keys.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { navigate } from '../../router/location.js';
import { routePath } from '../../router/routes.js';
import { oneOf, searchCodec, useSearch } from '../../router/search.js';
import { useSession } from '../../session/session.js';
import { type BatchRow, useLiveBatches } from './live-batches.js';
import { trainingMessages } from './messages.js';

const codec = searchCodec({ state: oneOf(BATCH_STATES) });

const rowKey = ({ id }: BatchRow): string => id;
const rowHref = ({ number }: BatchRow): string => routePath('batch', { number: String(number) });

export default function TrainingScreen() {
  const texts = useMessages(trainingMessages);
  const states = useMessages(batchStateMessages);
  const mayTrain = useSession().can('training:write');
  const [{ state }, change, ignored] = useSearch(codec);
  const list = useLiveBatches(state);
  const columns = useColumns();
  const newBatch = routePath('newBatch', {});
  useKeys({ n: { label: texts.newBatch, run: () => navigate(newBatch) } }, mayTrain);
  return (
    <Screen
      title={texts.title}
      fills
      actions={
        <>
          <Select
            label={texts.state}
            hidesLabel
            value={state ?? 'ALL'}
            options={[
              { value: 'ALL', label: texts.anyState },
              ...BATCH_STATES.map((value) => ({ value, label: states[value] })),
            ]}
            onChange={(value) => change({ state: BATCH_STATES.find((known) => known === value) })}
          />
          {mayTrain && (
            <Link href={newBatch} className={buttonClass({ look: 'primary' })}>
              {texts.newBatch}
            </Link>
          )}
        </>
      }
    >
      <IgnoredFilters names={ignored} />
      {list.totalCount !== undefined && <p role="status">{texts.batches(list.totalCount)}</p>}
      {list.fresh > 0 && (
        <Notice>
          {texts.fresh(list.fresh)}{' '}
          <Button size="small" onClick={list.reload}>
            {texts.show}
          </Button>
        </Notice>
      )}
      {list.isLoading ? (
        <Skeleton lines={8} height={22} />
      ) : list.problem !== undefined && list.rows.length === 0 ? (
        <ErrorState problem={list.problem} retry={list.reload} />
      ) : list.rows.length === 0 ? (
        <EmptyState title={state === undefined ? texts.empty : texts.noMatch}>
          {state === undefined ? texts.emptyAdvice : texts.noMatchAdvice}
        </EmptyState>
      ) : (
        <DataTable
          label={texts.title}
          rows={list.rows}
          rowKey={rowKey}
          rowHref={rowHref}
          columns={columns}
          totalCount={list.totalCount}
          onEnd={list.loadMore}
        />
      )}
    </Screen>
  );
}

function useColumns(): readonly Column<BatchRow>[] {
  const texts = useMessages(trainingMessages);
  const { types } = useMessages(commonMessages);
  const format = useFormat();
  return useMemo(() => {
    const { columns } = texts;
    const filterOf = ({ filter }: BatchRow): string => {
      if (filter == null) return '';
      const { type, adapterId, modelVersion, tag } = filter;
      const parts = [adapterId, type == null ? undefined : types[type], modelVersion, tag].filter(
        (part) => part != null,
      );
      return parts.length === 0 ? texts.allEntries : parts.join(' · ');
    };
    return [
      { id: 'number', header: columns.number, width: '110px', cell: ({ number }) => texts.batch(number) },
      {
        id: 'state',
        header: columns.state,
        width: '160px',
        cell: ({ state, progress }) => (
          <>
            <BatchStateBadge state={state} />
            {progress != null && ` ${format.percent(progress.done / Math.max(1, progress.total))}`}
          </>
        ),
      },
      {
        id: 'entries',
        header: columns.entries,
        width: '90px',
        cell: ({ claimed, feedbackCount }) => format.number(claimed?.total ?? feedbackCount),
      },
      { id: 'filter', header: columns.filter, width: 'minmax(160px, 2fr)', cell: filterOf },
      {
        id: 'produced',
        header: columns.produced,
        width: 'minmax(140px, 2fr)',
        cell: ({ producedAdapterId, producedVersion }) =>
          [producedAdapterId, producedVersion].filter((part) => part != null).join(' · '),
      },
      {
        id: 'lease',
        header: columns.lease,
        width: '130px',
        cell: ({ state, leaseUntil }) => leaseUntil != null && isHeld(state) && <Time at={leaseUntil} />,
      },
      { id: 'created', header: columns.created, width: '140px', cell: ({ createdAt }) => <Time at={createdAt} /> },
      { id: 'by', header: columns.createdBy, width: 'minmax(90px, 1fr)', cell: ({ createdBy }) => createdBy },
    ];
  }, [texts, types, format]);
}
