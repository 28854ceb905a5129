import { useMemo } from 'react';
import { usePages } from '../../api/pages.js';
import { JudgementBadge, StatusBadge } from '../../components/badge.js';
import { type Column, DataTable } from '../../components/data-table.js';
import { Select } from '../../components/field.js';
import { commonMessages } from '../../components/messages.js';
import { Screen } from '../../components/screen.js';
import { EmptyState, ErrorState, IgnoredFilters, Skeleton } from '../../components/states.js';
import { Time } from '../../components/time.js';
import { useMessages } from '../../messages/messages.js';
import { routePath } from '../../router/routes.js';
import { oneOf, searchCodec, useSearch } from '../../router/search.js';
import { FeedbackPageDocument, type FeedbackPageQuery } from './documents.generated.js';
import { feedbackMessages } from './messages.js';

const STATUSES = ['PENDING', 'APPROVED', 'REJECTED', 'FLAGGED'] as const;

/** What the address of the screen says. */
const codec = searchCodec({ status: oneOf(STATUSES) });

type Row = FeedbackPageQuery['feedbackList']['edges'][number]['node'];

const rowKey = ({ id }: Row): string => id;
const rowHref = ({ id }: Row): string => routePath('entry', { id });

export default function FeedbackScreen() {
  const texts = useMessages(feedbackMessages);
  const { statuses } = useMessages(commonMessages);
  const [{ status }, change, ignored] = useSearch(codec);
  const variables = useMemo(() => ({ filter: status === undefined ? {} : { validationStatus: status } }), [status]);
  const pages = usePages(FeedbackPageDocument, variables, ({ feedbackList }) => feedbackList);
  const columns = useColumns();
  return (
    <Screen
      title={texts.title}
      fills
      actions={
        <Select
          label={texts.status}
          hidesLabel
          value={status ?? 'ALL'}
          options={[
            { value: 'ALL', label: texts.anyStatus },
            ...STATUSES.map((value) => ({ value, label: statuses[value] })),
          ]}
          onChange={(value) => change({ status: STATUSES.find((known) => known === value) })}
        />
      }
    >
      <IgnoredFilters names={ignored} />
      {pages.totalCount !== undefined && <p role="status">{texts.entries(pages.totalCount)}</p>}
      {pages.isLoading ? (
        <Skeleton lines={12} height={22} />
      ) : pages.problem !== undefined ? (
        <ErrorState problem={pages.problem} retry={pages.reload} />
      ) : pages.rows.length === 0 ? (
        <EmptyState title={status === undefined ? texts.empty : texts.noMatch}>
          {status === undefined ? texts.emptyAdvice : texts.noMatchAdvice}
        </EmptyState>
      ) : (
        <DataTable
          label={texts.title}
          rows={pages.rows}
          rowKey={rowKey}
          rowHref={rowHref}
          columns={columns}
          totalCount={pages.totalCount}
          onEnd={pages.loadMore}
        />
      )}
    </Screen>
  );
}

function useColumns(): readonly Column<Row>[] {
  const { columns } = useMessages(feedbackMessages);
  return useMemo(
    () => [
      { id: 'question', header: columns.question, width: 'minmax(240px, 3fr)', cell: ({ question }) => question },
      {
        id: 'judgement',
        header: columns.judgement,
        width: '130px',
        cell: ({ type }) => <JudgementBadge type={type} />,
      },
      {
        id: 'status',
        header: columns.status,
        width: '120px',
        cell: ({ validationStatus }) => <StatusBadge status={validationStatus} />,
      },
      { id: 'adapter', header: columns.adapter, width: 'minmax(120px, 1fr)', cell: ({ adapterId }) => adapterId },
      { id: 'user', header: columns.user, width: 'minmax(90px, 1fr)', cell: ({ userId }) => userId },
      { id: 'submitted', header: columns.submitted, width: '140px', cell: ({ createdAt }) => <Time at={createdAt} /> },
    ],
    [columns],
  );
}
