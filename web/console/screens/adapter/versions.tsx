import { PlainTable } from '../../components/plain-table.js';
import { positiveShare } from '../../components/share-color.js';
import { Share } from '../../components/share.js';
import { EmptyState, Notice } from '../../components/states.js';
import { VisibleText } from '../../components/text-block.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import type { Adapter } from './adapter.js';
import { adapterMessages } from './messages.js';

/** Statistics of each version that entries were submitted for. */
export function Versions({ adapter: { statsByVersion } }: { readonly adapter: Adapter }) {
  const texts = useMessages(adapterMessages);
  const { columns } = texts;
  const format = useFormat();
  const rows = statsByVersion.edges.map(({ node }) => node);
  if (rows.length === 0) return <EmptyState title={texts.noVersions}>{texts.noVersionsAdvice}</EmptyState>;
  return (
    <>
      <PlainTable
        label={texts.tabs.versions}
        rows={rows}
        rowKey={({ adapterVersion }) => adapterVersion}
        columns={[
          {
            id: 'version',
            header: columns.version,
            cell: ({ adapterVersion }) => <VisibleText text={adapterVersion} />,
          },
          { id: 'share', header: columns.share, cell: (stats) => <Share share={positiveShare(stats)} /> },
          {
            id: 'entries',
            header: columns.entries,
            isNumber: true,
            cell: ({ totalFeedback }) => format.number(totalFeedback),
          },
          {
            id: 'approved',
            header: columns.approved,
            isNumber: true,
            cell: ({ approvedCount }) => format.number(approvedCount),
          },
          {
            id: 'waiting',
            header: columns.waiting,
            isNumber: true,
            cell: ({ flaggedCount, pendingValidation }) => format.number(flaggedCount + pendingValidation),
          },
          {
            id: 'rejected',
            header: columns.rejected,
            isNumber: true,
            cell: ({ rejectedCount }) => format.number(rejectedCount),
          },
        ]}
      />
      {statsByVersion.totalCount > rows.length && (
        <Notice>{texts.firstOf(rows.length, statsByVersion.totalCount)}</Notice>
      )}
    </>
  );
}
