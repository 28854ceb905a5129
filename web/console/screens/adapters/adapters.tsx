import { useCallback, useMemo } from 'react';
import { Field, Select } from '../../components/field.js';
import { commonMessages } from '../../components/messages.js';
import { Screen } from '../../components/screen.js';
import { Segmented } from '../../components/segmented.js';
import { EmptyState, ErrorState, IgnoredFilters, Notice, Skeleton } from '../../components/states.js';
import { useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { lineageHref } from '../../router/links.js';
import { navigate } from '../../router/location.js';
import { routePath } from '../../router/routes.js';
import { choice, searchCodec, text, texts as severalTexts, useSearch } from '../../router/search.js';
import { AdapterList, SORTS } from './adapter-list.js';
import styles from './adapters.module.css';
import { Details } from './details.js';
import { type LineageGraph, revealing, visibleIds } from './lineage/graph.js';
import { Picture } from './lineage/picture.js';
import { Tree } from './lineage/tree.js';
import { adaptersMessages } from './messages.js';
import { STAGES, toStage } from './stage-filter.js';
import { type LoadedLineage, MAX_DRAWN, useAllAdapters, useLineageOf } from './use-lineage.js';

const VIEWS = ['picture', 'tree', 'list'] as const;

/** What the address of the screen says. */
const codec = searchCodec({
  view: choice(VIEWS, 'picture'),
  of: text(),
  selected: text(),
  collapsed: severalTexts(),
  q: text(),
  sort: choice(SORTS, 'name'),
  stage: choice(STAGES, 'all'),
});

export default function AdaptersScreen() {
  const [{ of }] = useSearch(codec);
  return of === '' ? <AllAdapters /> : <LineageOf key={of} id={of} />;
}

function AllAdapters() {
  const [{ view, stage }] = useSearch(codec);
  // A lineage is drawn whole; a list has those at a stage, however many others there are.
  return <AdaptersView lineage={useAllAdapters(view === 'list' ? stage : 'all')} />;
}

function LineageOf({ id }: { readonly id: string }) {
  return <AdaptersView lineage={useLineageOf(id)} />;
}

function AdaptersView({ lineage }: { readonly lineage: LoadedLineage }) {
  const texts = useMessages(adaptersMessages);
  const { stages } = useMessages(commonMessages);
  const [{ view, of, q, sort, stage }, change, ignored] = useSearch(codec);
  return (
    <Screen
      title={of === '' ? texts.title : texts.lineageOf(of)}
      fills
      actions={
        <>
          {view === 'list' && (
            <>
              <Field
                label={texts.search}
                hidesLabel
                placeholder={texts.search}
                type="search"
                value={q}
                onChange={({ target }) => change({ q: target.value }, { replace: true })}
              />
              <Select
                label={texts.stage}
                hidesLabel
                value={stage}
                options={STAGES.map((value) => {
                  const named = toStage(value);
                  return { value, label: named === undefined ? texts.allStages : stages[named] };
                })}
                onChange={(value) => change({ stage: value })}
              />
              <Select
                label={texts.sort}
                hidesLabel
                value={sort}
                options={SORTS.map((value) => ({ value, label: texts.sorts[value] }))}
                onChange={(value) => change({ sort: value })}
              />
            </>
          )}
          {of !== '' && <Link href={lineageHref({ selected: of })}>{texts.all}</Link>}
          <Segmented
            label={texts.view}
            value={view}
            options={VIEWS.map((value) => ({ value, label: texts.views[value] }))}
            onChange={(value) => change({ view: value })}
          />
        </>
      }
    >
      <IgnoredFilters names={ignored} />
      {lineage.state === 'loading' ? (
        <Skeleton lines={12} height={28} />
      ) : lineage.state === 'failed' ? (
        <ErrorState problem={lineage.problem} retry={lineage.retry} />
      ) : lineage.state === 'missing' ? (
        <EmptyState title={texts.noSuchAdapter} action={<Link href={lineageHref({})}>{texts.all}</Link>} />
      ) : lineage.graph.adapters.size === 0 && (view !== 'list' || stage === 'all') ? (
        <EmptyState title={texts.empty}>{texts.emptyAdvice}</EmptyState>
      ) : view === 'list' ? (
        <>
          {lineage.hasMore && (sort !== 'name' || q !== '') && (
            <Notice>{texts.moreRows(lineage.graph.adapters.size)}</Notice>
          )}
          <AdapterList
            graph={lineage.graph}
            parentIds={lineage.parentIds}
            stage={stage}
            search={q}
            sort={sort}
            totalCount={lineage.totalCount}
            onEnd={lineage.loadMore}
          />
        </>
      ) : (
        <>
          {lineage.hasMore && (
            <Notice>
              {of === ''
                ? texts.more(Math.min(MAX_DRAWN, lineage.graph.adapters.size), lineage.totalCount ?? 0)
                : texts.truncated(lineage.graph.adapters.size)}
            </Notice>
          )}
          <Lineage graph={lineage.graph} view={view} />
        </>
      )}
    </Screen>
  );
}

/** The picture or the tree, with what is known of the selected adapter beside it. */
function Lineage({ graph, view }: { readonly graph: LineageGraph; readonly view: 'picture' | 'tree' }) {
  const [{ selected, collapsed }, change] = useSearch(codec);
  const closed = useMemo(() => new Set(collapsed.filter((id) => graph.adapters.has(id))), [collapsed, graph]);
  const visible = useMemo(() => visibleIds(graph, closed), [graph, closed]);
  const select = useCallback(
    (id: string) => {
      const { search } = codec.parse(location.search);
      const opened = visible.has(id) ? search.collapsed : revealing(graph, new Set(search.collapsed), id);
      change({ selected: id, collapsed: opened }, { replace: true });
    },
    [change, graph, visible],
  );
  const toggle = useCallback(
    (id: string) => {
      const { search } = codec.parse(location.search);
      const others = search.collapsed.filter((each) => each !== id);
      change({ collapsed: others.length < search.collapsed.length ? others : [...others, id] }, { replace: true });
    },
    [change],
  );
  const open = useCallback((id: string) => navigate(routePath('adapter', { id })), []);
  const expandAll = useCallback(() => change({ collapsed: [] }, { replace: true }), [change]);
  const View = view === 'picture' ? Picture : Tree;
  return (
    <div className={styles['lineage']}>
      <View
        {...{ graph, visible, selected }}
        collapsed={closed}
        onSelect={select}
        onOpen={open}
        onToggle={toggle}
        onExpandAll={expandAll}
      />
      <Details graph={graph} id={selected} onSelect={select} />
    </div>
  );
}
