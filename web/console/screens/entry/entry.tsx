import { useApiQuery } from '../../api/hooks.js';
import { JudgementBadge, StatusBadge } from '../../components/badge.js';
import { Screen } from '../../components/screen.js';
import { EmptyState, ErrorState, IgnoredFilters, Skeleton } from '../../components/states.js';
import { type Tab, Tabs } from '../../components/tabs.js';
import { Time } from '../../components/time.js';
import { useMessages } from '../../messages/messages.js';
import type { RouteProps } from '../../router/routes.js';
import { useSearch } from '../../router/search.js';
import { useSession } from '../../session/session.js';
import { Adapters } from './adapters.js';
import { Audit } from './audit.js';
import { Conversation } from './conversation.js';
import { EntryDocument } from './documents.generated.js';
import { EntryActions } from './entry-actions.js';
import type { Entry } from './entry-data.js';
import styles from './entry.module.css';
import { Fields } from './fields.js';
import { entryMessages } from './messages.js';
import { NewerVersion } from './newer-version.js';
import { entryCodec, type TabName } from './search.js';
import { Versions } from './versions.js';

export default function EntryScreen({ parameters: { id } }: RouteProps<'entry'>) {
  const texts = useMessages(entryMessages);
  const { can } = useSession();
  const [, , ignored] = useSearch(entryCodec);
  const answer = useApiQuery(EntryDocument, { id }, { refreshes: true });
  const entry = answer.state === 'ready' ? answer.data.feedback : undefined;
  return (
    <Screen title={texts.title} actions={entry != null && <EntryActions entry={entry} />}>
      <IgnoredFilters names={ignored} />
      {answer.state === 'loading' ? (
        <Skeleton lines={8} height={20} />
      ) : answer.state === 'failed' ? (
        <ErrorState problem={answer.problem} retry={answer.retry} />
      ) : entry == null ? (
        <EmptyState title={texts.notFound}>{texts.notFoundAdvice}</EmptyState>
      ) : (
        <>
          {can('feedback:read') && <NewerVersion entry={entry} onLoad={answer.reload} />}
          <EntryView entry={entry} />
        </>
      )}
    </Screen>
  );
}

function EntryView({ entry }: { readonly entry: Entry }) {
  const texts = useMessages(entryMessages);
  const { can } = useSession();
  const [search, change] = useSearch(entryCodec);
  // Where a version is shown, another one of the entry is another list.
  const key = entry.version;
  const tabs: readonly (Tab<TabName> | false)[] = [
    { id: 'conversation', label: texts.tabs.conversation, content: <Conversation entry={entry} /> },
    {
      id: 'versions',
      label: `${texts.tabs.versions} (${entry.version})`,
      content: <Versions key={key} entry={entry} search={search} onChange={change} />,
    },
    can('feedback:review', 'audit:read') && {
      id: 'audit',
      label: texts.tabs.audit,
      content: <Audit key={key} id={entry.id} onChange={change} />,
    },
    can('adapters:read') && { id: 'adapters', label: texts.tabs.adapters, content: <Adapters id={entry.id} /> },
  ];
  const allowed = tabs.filter((tab) => tab !== false);
  const selected = allowed.find(({ id }) => id === search.tab)?.id ?? 'conversation';
  return (
    <>
      <p className={styles['facts']}>
        <JudgementBadge type={entry.type} />
        <StatusBadge status={entry.validationStatus} />
        <Time at={entry.createdAt} look="dateTime" />
      </p>
      <div className={styles['entry']}>
        <div className={styles['main']}>
          <Tabs
            label={texts.title}
            tabs={allowed}
            selected={selected}
            onSelect={(tab) => {
              if (tab !== selected) change({ tab, from: 0, to: 0 });
            }}
          />
        </div>
        <aside className={styles['fields']} aria-label={texts.details}>
          <Fields entry={entry} />
        </aside>
      </div>
    </>
  );
}
