import { PlainTable } from '../../components/plain-table.js';
import { positiveShare } from '../../components/share-color.js';
import { Share } from '../../components/share.js';
import { Notice } from '../../components/states.js';
import { VisibleText } from '../../components/text-block.js';
import { Time } from '../../components/time.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { routePath } from '../../router/routes.js';
import type { Adapter } from './adapter.js';
import styles from './adapter.module.css';
import type { RelativeFragment } from './documents.generated.js';
import { adapterMessages } from './messages.js';

/** What the adapter is derived from, and what is derived from it. */
export function Relatives({ adapter: { derivedFrom, derivatives } }: { readonly adapter: Adapter }) {
  const texts = useMessages(adapterMessages);
  const hidden = derivatives.totalCount - derivatives.edges.length;
  return (
    <>
      <RelativesTable heading={texts.derivedFrom} edges={derivedFrom.edges} empty={texts.noParents} />
      <RelativesTable heading={texts.children} edges={derivatives.edges} empty={texts.noChildren} />
      {hidden > 0 && <Notice>{texts.firstOf(derivatives.edges.length, derivatives.totalCount)}</Notice>}
    </>
  );
}

interface RelativesTableProps {
  readonly heading: string;
  readonly edges: readonly RelativeFragment[];
  readonly empty: string;
}

function RelativesTable({ heading, edges, empty }: RelativesTableProps) {
  const { columns, relations } = useMessages(adapterMessages);
  const format = useFormat();
  return (
    <section className={styles['section']}>
      <h2>{heading}</h2>
      {edges.length === 0 ? (
        <p className={styles['advice']}>{empty}</p>
      ) : (
        <PlainTable
          label={heading}
          rows={edges}
          rowKey={({ node }) => node.id}
          columns={[
            {
              id: 'adapter',
              header: columns.adapter,
              cell: ({ node }) => (
                <Link href={routePath('adapter', { id: node.id })}>
                  <VisibleText text={node.id} />
                </Link>
              ),
            },
            {
              id: 'relation',
              header: columns.relation,
              cell: ({ relation }) => (relation === null ? '–' : relations[relation]),
            },
            {
              id: 'share',
              header: columns.share,
              cell: ({ node }) => <Share share={positiveShare(node.stats)} />,
            },
            {
              id: 'entries',
              header: columns.entries,
              isNumber: true,
              cell: ({ node }) => format.number(node.stats.totalFeedback),
            },
            {
              id: 'registered',
              header: columns.registered,
              cell: ({ createdAt }) => createdAt !== null && <Time at={createdAt} />,
            },
          ]}
        />
      )}
    </section>
  );
}
