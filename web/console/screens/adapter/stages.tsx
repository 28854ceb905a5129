import { usePages } from '../../api/pages.js';
import { Badge } from '../../components/badge.js';
import { Button } from '../../components/button.js';
import { commonMessages } from '../../components/messages.js';
import { MoreRows } from '../../components/more-rows.js';
import { type PlainColumn, PlainTable } from '../../components/plain-table.js';
import { StageBadge } from '../../components/stage-badge.js';
import { EmptyState, ErrorState, Skeleton } from '../../components/states.js';
import { TextBlock, VisibleText } from '../../components/text-block.js';
import { Time } from '../../components/time.js';
import { useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { routePath } from '../../router/routes.js';
import { useSession } from '../../session/session.js';
import styles from './adapter.module.css';
import { AdapterStagesDocument, type AdapterStagesQuery } from './documents.generated.js';
import { adapterMessages } from './messages.js';
import { promotionMessages } from './promotion-messages.js';
import { RuleResults } from './rule-results.js';

type Change = NonNullable<AdapterStagesQuery['adapter']>['stageHistory']['edges'][number]['node'];

/** Who changed the stage of the adapter, when and why, and what the rules said, newest first. */
export function Stages({ id }: { readonly id: string }) {
  const texts = useMessages(promotionMessages);
  const { tabs } = useMessages(adapterMessages);
  const { can } = useSession();
  const withResults = can('feedback:read');
  const pages = usePages(AdapterStagesDocument, { id, withResults }, ({ adapter }) => adapter?.stageHistory);
  const columns = useColumns(withResults);
  if (pages.isLoading) return <Skeleton lines={4} height={24} />;
  if (pages.rows.length === 0) {
    if (pages.problem !== undefined) return <ErrorState problem={pages.problem} retry={pages.reload} />;
    return <EmptyState title={texts.noStages}>{texts.noStagesAdvice}</EmptyState>;
  }
  return (
    <>
      <PlainTable label={tabs.stages} rows={pages.rows} rowKey={(change) => change.id} columns={columns} />
      {pages.hasMore && pages.problem === undefined && (
        <div>
          <Button size="small" onClick={pages.loadMore}>
            {texts.olderStages}
          </Button>
        </div>
      )}
      <MoreRows problem={pages.problem} isLoading={pages.isLoadingMore} onRetry={pages.reload} />
    </>
  );
}

function useColumns(withResults: boolean): readonly PlainColumn<Change>[] {
  const texts = useMessages(promotionMessages);
  const { columns, held } = texts;
  return [
    { id: 'when', header: columns.when, cell: ({ createdAt }) => <Time at={createdAt} look="dateTime" /> },
    { id: 'stage', header: columns.stage, cell: (change) => <StageOf change={change} /> },
    {
      id: 'version',
      header: columns.version,
      cell: ({ adapterVersion }) => (adapterVersion === null ? '–' : <VisibleText text={adapterVersion} />),
    },
    {
      id: 'who',
      header: columns.who,
      cell: ({ createdBy }) => (
        <div className={styles['who']}>
          <VisibleText text={createdBy} />
        </div>
      ),
    },
    { id: 'reason', header: columns.reason, cell: (change) => <Why change={change} /> },
    ...(withResults
      ? [
          {
            id: 'rules',
            header: columns.rules,
            cell: ({ results = [] }: Change) =>
              results.length === 0 ? (
                '–'
              ) : (
                <details className={styles['results']}>
                  <summary>{held(results.filter(({ passed }) => passed).length, results.length)}</summary>
                  <RuleResults results={results} />
                </details>
              ),
          },
        ]
      : []),
  ];
}

function StageOf({ change: { stage, previousStage, forced } }: { readonly change: Change }) {
  const texts = useMessages(promotionMessages);
  const { stages } = useMessages(commonMessages);
  return (
    <span className={styles['change']}>
      <StageBadge stage={stage} />
      {forced && <Badge tone="caution">{texts.forced}</Badge>}
      {previousStage !== null && previousStage !== stage && (
        <span className={styles['advice']}>{texts.from(stages[previousStage])}</span>
      )}
    </span>
  );
}

function Why({ change: { reason, replacedBy } }: { readonly change: Change }) {
  const texts = useMessages(promotionMessages);
  if (reason === null && replacedBy === null) return '–';
  return (
    <div className={styles['why']}>
      {reason !== null && <TextBlock text={reason} clamp={200} />}
      {replacedBy !== null && (
        <span>
          {texts.replacedBy}{' '}
          <Link href={routePath('adapter', { id: replacedBy })}>
            <VisibleText text={replacedBy} />
          </Link>
        </span>
      )}
    </div>
  );
}
