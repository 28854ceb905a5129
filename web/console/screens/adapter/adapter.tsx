import { useApiQuery } from '../../api/hooks.js';
import { buttonClass } from '../../components/button.js';
import { Screen } from '../../components/screen.js';
import { EmptyState, ErrorState, IgnoredFilters, Skeleton } from '../../components/states.js';
import { type Tab, Tabs } from '../../components/tabs.js';
import { useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { compareHref, lineageHref } from '../../router/links.js';
import type { RouteProps } from '../../router/routes.js';
import { useSearch } from '../../router/search.js';
import { useSession } from '../../session/session.js';
import styles from './adapter.module.css';
import { Batches } from './batches.js';
import { Configuration } from './configuration.js';
import { Days } from './days.js';
import { AdapterPageDocument, type AdapterPageQuery } from './documents.generated.js';
import { Facts } from './facts.js';
import { adapterMessages } from './messages.js';
import { ModelCard } from './model-card.js';
import { NewestFeedback } from './newest-feedback.js';
import { NumberTiles } from './number-tiles.js';
import { codec, type TabName, TABS } from './options.js';
import { Promote } from './promote.js';
import { Relatives } from './relatives.js';
import { Stages } from './stages.js';
import { Versions } from './versions.js';

/** As many as can be compared at once, the adapter itself among them. */
const MAX_COMPARED = 8;

export type Adapter = NonNullable<AdapterPageQuery['adapter']>;

export default function AdapterScreen({ parameters: { id } }: RouteProps<'adapter'>) {
  const texts = useMessages(adapterMessages);
  const { can } = useSession();
  const [, , ignored] = useSearch(codec);
  const answer = useApiQuery(AdapterPageDocument, { id });
  const adapter = answer.state === 'ready' ? answer.data.adapter : undefined;
  const parents = adapter?.derivedFrom.edges.map(({ node }) => node.id) ?? [];
  return (
    <Screen
      title={adapter == null ? texts.title : adapter.id}
      actions={
        adapter != null && (
          <>
            {can('adapters:write') && can('feedback:read') && <Promote adapter={adapter} />}
            {parents.length > 0 && can('feedback:read') && (
              <Link href={compareHref([...parents.slice(0, MAX_COMPARED - 1), id])} className={buttonClass()}>
                {texts.compare}
              </Link>
            )}
            <Link href={lineageHref({ of: id, selected: id })} className={buttonClass({ look: 'primary' })}>
              {texts.lineage}
            </Link>
          </>
        )
      }
    >
      <IgnoredFilters names={ignored} />
      {answer.state === 'loading' ? (
        <>
          <Skeleton lines={1} height={104} />
          <Skeleton lines={6} height={28} />
        </>
      ) : answer.state === 'failed' ? (
        <ErrorState problem={answer.problem} retry={answer.retry} />
      ) : adapter == null ? (
        <EmptyState title={texts.notFound} action={<Link href={lineageHref({})}>{texts.allAdapters}</Link>}>
          {texts.notFoundAdvice}
        </EmptyState>
      ) : (
        <>
          <Facts adapter={adapter} />
          <NumberTiles adapter={adapter} />
          <Parts adapter={adapter} />
        </>
      )}
    </Screen>
  );
}

/** What the role may read, part by part: each is loaded when it is opened. */
function Parts({ adapter }: { readonly adapter: Adapter }) {
  const texts = useMessages(adapterMessages);
  const { can } = useSession();
  const [{ tab }, change] = useSearch(codec);
  const contents = {
    versions: <Versions adapter={adapter} />,
    days: <Days id={adapter.id} />,
    feedback: can('feedback:read') && <NewestFeedback id={adapter.id} />,
    relatives: <Relatives adapter={adapter} />,
    training: can('training:read') && <Batches id={adapter.id} />,
    // Anew after each change of the stage.
    stages: <Stages key={adapter.revision} id={adapter.id} />,
    card: can('training:read') && <ModelCard id={adapter.id} />,
    config: <Configuration adapter={adapter} />,
  };
  const tabs = TABS.flatMap((name): Tab<TabName>[] => {
    const content = contents[name];
    if (content === false) return [];
    return [{ id: name, label: texts.tabs[name], content: <div className={styles['part']}>{content}</div> }];
  });
  const selected = tabs.some(({ id }) => id === tab) ? tab : 'versions';
  return <Tabs label={texts.parts} tabs={tabs} selected={selected} onSelect={(name) => change({ tab: name })} />;
}
