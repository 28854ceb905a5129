import { useApiQuery } from '../../api/hooks.js';
import { usePages } from '../../api/pages.js';
import { Badge } from '../../components/badge.js';
import { Button } from '../../components/button.js';
import { Icon } from '../../components/icon.js';
import { MoreRows } from '../../components/more-rows.js';
import { ErrorState, Skeleton } from '../../components/states.js';
import { TextBlock } from '../../components/text-block.js';
import { Time } from '../../components/time.js';
import { useMessages } from '../../messages/messages.js';
import { EntryAuditChainDocument, EntryAuditDocument } from './documents.generated.js';
import styles from './history.module.css';
import { entryMessages } from './messages.js';
import type { EntrySearch } from './search.js';

export interface AuditProps {
  readonly id: string;
  readonly onChange: (part: Partial<EntrySearch>) => void;
}

/** Who did what to the entry and when, and whether the chain of these events is as it was written. */
export function Audit({ id, onChange }: AuditProps) {
  const texts = useMessages(entryMessages);
  const pages = usePages(EntryAuditDocument, { id }, ({ feedback }) => feedback?.audit);
  if (pages.isLoading) return <Skeleton lines={6} height={24} />;
  if (pages.rows.length === 0 && pages.problem !== undefined) {
    return <ErrorState problem={pages.problem} retry={pages.reload} />;
  }
  return (
    <div className={styles['audit']}>
      <ChainMark id={id} />
      <ol className={styles['events']} aria-label={texts.tabs.audit}>
        {pages.rows.map((event) => (
          <li key={event.id} className={styles['event']}>
            <strong>{texts.actions[event.action] ?? event.action}</strong>
            <span dir="auto">{event.actor}</span>
            <Time at={event.at} look="dateTime" />
            {event.versionAfter > 0 && event.versionAfter !== event.versionBefore && (
              <Button
                look="quiet"
                size="small"
                onClick={() => onChange({ tab: 'versions', from: event.versionBefore, to: event.versionAfter })}
              >
                {texts.versionNumber(event.versionAfter)}
              </Button>
            )}
            {event.reason != null && <TextBlock text={event.reason} clamp={400} />}
          </li>
        ))}
      </ol>
      {pages.hasMore && pages.problem === undefined && (
        <Button size="small" onClick={pages.loadMore}>
          {texts.olderEvents}
        </Button>
      )}
      <MoreRows problem={pages.problem} isLoading={pages.isLoadingMore} onRetry={pages.reload} />
    </div>
  );
}

function ChainMark({ id }: { readonly id: string }) {
  const texts = useMessages(entryMessages);
  const check = useApiQuery(EntryAuditChainDocument, { id }, { refreshes: true });
  if (check.state === 'loading') return <Skeleton height={24} />;
  const chain = check.state === 'ready' ? check.data.feedback?.auditChain : undefined;
  if (chain == null) return <p className={styles['chain']}>{texts.chainUnknown}</p>;
  return (
    <p role="status" className={styles['chain']}>
      <Badge tone={chain.isIntact ? 'positive' : 'negative'}>
        <Icon name={chain.isIntact ? 'review' : 'close'} size={12} />
        {chain.isIntact ? texts.chainIntact : texts.chainBroken}
      </Badge>
      <span>
        {chain.isIntact ? texts.chainChecked(chain.checkedCount, chain.length) : <span lang="en">{chain.problem}</span>}
      </span>
    </p>
  );
}
