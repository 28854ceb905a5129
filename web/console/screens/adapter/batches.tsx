import { useApiQuery } from '../../api/hooks.js';
import { PlainTable } from '../../components/plain-table.js';
import { EmptyState, ErrorState, Notice, Skeleton } from '../../components/states.js';
import { VisibleText } from '../../components/text-block.js';
import { Time } from '../../components/time.js';
import { batchStateMessages } from '../../components/training-state.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { routePath } from '../../router/routes.js';
import { AdapterBatchesDocument } from './documents.generated.js';
import { adapterMessages } from './messages.js';

/** The training batches that the adapter was trained on. */
export function Batches({ id }: { readonly id: string }) {
  const texts = useMessages(adapterMessages);
  const { columns } = texts;
  const states = useMessages(batchStateMessages);
  const format = useFormat();
  const answer = useApiQuery(AdapterBatchesDocument, { id });
  if (answer.state === 'loading') return <Skeleton lines={4} height={24} />;
  if (answer.state === 'failed') return <ErrorState problem={answer.problem} retry={answer.retry} />;
  const batches = answer.data.adapter?.trainedOn;
  if (batches === undefined || batches.edges.length === 0) {
    return <EmptyState title={texts.noBatches}>{texts.noBatchesAdvice}</EmptyState>;
  }
  return (
    <>
      <PlainTable
        label={texts.tabs.training}
        rows={batches.edges}
        rowKey={({ node }) => String(node.number)}
        columns={[
          {
            id: 'batch',
            header: columns.batch,
            cell: ({ node: { number } }) => (
              <Link href={routePath('batch', { number: String(number) })}>{texts.batch(number)}</Link>
            ),
          },
          { id: 'state', header: columns.state, cell: ({ node }) => states[node.state] },
          {
            id: 'entries',
            header: columns.entries,
            isNumber: true,
            cell: ({ node }) => format.number(node.feedbackCount),
          },
          {
            id: 'version',
            header: columns.version,
            cell: ({ version }) => (version === null ? '–' : <VisibleText text={version} />),
          },
          {
            id: 'metrics',
            header: columns.metrics,
            cell: ({ metrics }) =>
              Object.entries(metrics ?? {})
                .map(([name, value]) => `${name} ${typeof value === 'number' ? format.number(value) : String(value)}`)
                .join(', '),
          },
          { id: 'committed', header: columns.committed, cell: ({ createdAt }) => <Time at={createdAt} /> },
        ]}
      />
      {batches.totalCount > batches.edges.length && (
        <Notice>{texts.firstOf(batches.edges.length, batches.totalCount)}</Notice>
      )}
    </>
  );
}
