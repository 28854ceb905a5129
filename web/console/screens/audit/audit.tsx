import { useEffect, useMemo } from 'react';
import { usePages } from '../../api/pages.js';
import { Button } from '../../components/button.js';
import { type Column, DataTable } from '../../components/data-table.js';
import { IdText } from '../../components/id-text.js';
import { Screen } from '../../components/screen.js';
import { EmptyState, ErrorState, IgnoredFilters, Skeleton } from '../../components/states.js';
import { VisibleText } from '../../components/text-block.js';
import { Time } from '../../components/time.js';
import { useKeys } from '../../keys/keys.js';
import { useMessages } from '../../messages/messages.js';
import { routePath } from '../../router/routes.js';
import { day, oneOf, searchCodec, text, useSearch } from '../../router/search.js';
import { actionMessages, ACTIONS } from './actions.js';
import { AuditPageDocument, type AuditPageQuery } from './documents.generated.js';
import { AuditFilters } from './filters.js';
import { auditMessages } from './messages.js';

const codec = searchCodec({ actor: text(), node: text(), action: oneOf(ACTIONS), since: day(), until: day() });

export type AuditSearch = ReturnType<(typeof codec)['parse']>['search'];

type Row = AuditPageQuery['auditLog']['edges'][number]['node'];

const rowKey = ({ id }: Row): string => id;
const DAY = 86_400_000;

export default function AuditScreen() {
  const texts = useMessages(auditMessages);
  const [search, change, ignored] = useSearch(codec);
  const { actor, node, action, since, until } = search;
  const isFiltered = codec.serialize(search) !== '';
  const variables = useMemo(
    () => ({
      filter: {
        ...(actor.trim() !== '' && { actor: actor.trim() }),
        ...(node.trim() !== '' && { node: node.trim() }),
        ...(action !== undefined && { action }),
        ...(since !== undefined && { since: new Date(since).toISOString() }),
        // The last day counts whole.
        ...(until !== undefined && { until: new Date(Date.parse(until) + DAY).toISOString() }),
      },
    }),
    [actor, node, action, since, until],
  );
  const pages = usePages(AuditPageDocument, variables, ({ auditLog }) => auditLog);
  const { rows, loadMore, isLoading } = pages;
  // A page of events by somebody may have none although more follow: the server looks at so many at a time.
  useEffect(() => {
    if (rows.length === 0) loadMore();
  }, [rows.length, loadMore]);
  const columns = useColumns();
  useKeys({ r: { label: texts.reload, run: pages.reload } });
  return (
    <Screen title={texts.title} fills actions={<Button onClick={pages.reload}>{texts.reload}</Button>}>
      <AuditFilters search={search} change={change} isFiltered={isFiltered} />
      <IgnoredFilters names={ignored} />
      {isLoading ? (
        <Skeleton lines={12} height={22} />
      ) : pages.problem !== undefined && rows.length === 0 ? (
        <ErrorState problem={pages.problem} retry={pages.reload} />
      ) : rows.length === 0 ? (
        <EmptyState title={isFiltered ? texts.noMatch : texts.empty}>
          {isFiltered ? texts.noMatchAdvice : texts.emptyAdvice}
        </EmptyState>
      ) : (
        <DataTable
          label={texts.title}
          rows={rows}
          rowKey={rowKey}
          rowHref={addressOf}
          columns={columns}
          onEnd={loadMore}
        />
      )}
    </Screen>
  );
}

/** Where what an event is about can be seen: an entry as it was then, an adapter, a batch, or all events of the rest. */
function addressOf({ node, versionAfter, action }: Row): string {
  if (node.startsWith('feedback-')) {
    return routePath(
      'entry',
      { id: node },
      versionAfter > 0 && action !== 'FEEDBACK_ERASE' ? `?version=${versionAfter}` : '',
    );
  }
  const number = /^batch-(\d+)$/.exec(node)?.[1];
  if (number !== undefined) return routePath('batch', { number });
  if (action.startsWith('ADAPTER_')) return routePath('adapter', { id: node });
  return routePath('audit', {}, codec.serialize({ node }));
}

function detailsOf({ reason, details }: Row): string {
  const named = Object.entries(details ?? {}).map(([name, value]) => `${name}: ${String(value)}`);
  return [...(reason == null ? [] : [reason]), ...named].join(' · ');
}

function useColumns(): readonly Column<Row>[] {
  const texts = useMessages(auditMessages);
  const actions = useMessages(actionMessages);
  return useMemo(() => {
    const { columns } = texts;
    return [
      { id: 'at', header: columns.at, width: '180px', cell: ({ at }) => <Time at={at} look="dateTime" /> },
      { id: 'actor', header: columns.actor, width: 'minmax(110px, 1fr)', cell: ({ actor }) => actor },
      { id: 'action', header: columns.action, width: 'minmax(230px, 1fr)', cell: ({ action }) => actions[action] },
      { id: 'node', header: columns.node, width: 'minmax(140px, 1.5fr)', cell: ({ node }) => <IdText id={node} /> },
      {
        id: 'version',
        header: columns.version,
        width: '80px',
        cell: ({ versionAfter }) => versionAfter > 0 && texts.version(versionAfter),
      },
      {
        id: 'reason',
        header: columns.reason,
        width: 'minmax(160px, 2fr)',
        cell: (row) => <VisibleText text={detailsOf(row).slice(0, 300)} />,
      },
    ];
  }, [texts, actions]);
}
