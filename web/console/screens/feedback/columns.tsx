/** The columns of the list, and which of them are shown. */
import { useMemo } from 'react';
import { Badge, JudgementBadge, StatusBadge } from '../../components/badge.js';
import type { Column } from '../../components/data-table.js';
import { IdText } from '../../components/id-text.js';
import { Time } from '../../components/time.js';
import { useMessages } from '../../messages/messages.js';
import type { FeedbackRowFragment } from './documents.generated.js';
import styles from './feedback.module.css';
import { feedbackMessages } from './messages.js';

export type Row = FeedbackRowFragment;

const SHOWN_AT_FIRST = ['question', 'judgement', 'status', 'adapter', 'submitted'];
/** As many as a telephone has room for. */
const SHOWN_IF_NARROW = ['question', 'status'];
const TAGS_SHOWN = 3;

export function useColumns(): readonly Column<Row>[] {
  const { columns, used, sources } = useMessages(feedbackMessages);
  return useMemo(
    () => [
      {
        id: 'question',
        header: columns.question,
        width: 'minmax(min(220px, 42vw), 5fr)',
        cell: ({ question }) => <span dir="auto">{firstLine(question)}</span>,
      },
      {
        id: 'judgement',
        header: columns.judgement,
        width: '124px',
        cell: ({ type }) => <JudgementBadge type={type} />,
      },
      {
        id: 'status',
        header: columns.status,
        width: '132px',
        cell: ({ validationStatus }) => <StatusBadge status={validationStatus} />,
      },
      {
        id: 'adapter',
        header: columns.adapter,
        width: 'minmax(120px, 2fr)',
        cell: ({ adapterId }) => adapterId !== null && <IdText id={adapterId} />,
      },
      { id: 'tags', header: columns.tags, width: 'minmax(110px, 1fr)', cell: ({ tags }) => <Tags tags={tags ?? []} /> },
      { id: 'user', header: columns.user, width: 'minmax(90px, 0.7fr)', cell: ({ userId }) => userId },
      {
        id: 'source',
        header: columns.source,
        width: '120px',
        cell: ({ source }) => (source == null ? null : sources[source]),
      },
      { id: 'model', header: columns.model, width: 'minmax(110px, 1fr)', cell: ({ modelVersion }) => modelVersion },
      {
        id: 'training',
        header: columns.training,
        width: '100px',
        cell: ({ usedForTraining }) => usedForTraining && used,
      },
      { id: 'submitted', header: columns.submitted, width: '130px', cell: ({ createdAt }) => <Time at={createdAt} /> },
      { id: 'changed', header: columns.changed, width: '130px', cell: ({ updatedAt }) => <Time at={updatedAt} /> },
      { id: 'id', header: columns.id, width: 'minmax(170px, 1fr)', cell: ({ id }) => <code>{id}</code> },
    ],
    [columns, used, sources],
  );
}

/** No more of a text than a row shows: one of a million characters would be laid out for nothing. */
function firstLine(text: string): string {
  return text.trimStart().slice(0, 300).replace(/\s+/g, ' ');
}

function Tags({ tags }: { readonly tags: readonly string[] }) {
  return (
    <span className={styles['tags']} title={tags.join(', ')}>
      {tags.slice(0, TAGS_SHOWN).map((tag) => (
        <Badge key={tag}>{tag}</Badge>
      ))}
      {tags.length > TAGS_SHOWN && `+${tags.length - TAGS_SHOWN}`}
    </span>
  );
}

/** The ids of the columns that the address asks for; the first one is always there. */
export function shownColumns(
  columns: readonly { readonly id: string }[],
  asked: string,
  isNarrow: boolean,
): readonly string[] {
  const wanted = asked === '' ? shownAtFirst(isNarrow) : asked.split(',');
  return columns.filter(({ id }, place) => place === 0 || wanted.includes(id)).map(({ id }) => id);
}

/** The columns as they stand in the address: nothing for those that are shown unless somebody chooses. */
export function columnsParameter(shown: readonly string[], isNarrow: boolean): string {
  return shown.join() === shownAtFirst(isNarrow).join() ? '' : shown.join();
}

function shownAtFirst(isNarrow: boolean): readonly string[] {
  return isNarrow ? SHOWN_IF_NARROW : SHOWN_AT_FIRST;
}
