import { useEffect } from 'react';
import { useApiQuery } from '../../api/hooks.js';
import { useLiveEvents } from '../../api/live.js';
import { Screen } from '../../components/screen.js';
import { EmptyState, ErrorState, IgnoredFilters, Skeleton } from '../../components/states.js';
import { Tabs } from '../../components/tabs.js';
import { isUnderWay } from '../../components/training-state.js';
import { useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { routePath, type RouteProps } from '../../router/routes.js';
import { choice, searchCodec, useSearch } from '../../router/search.js';
import { useSession } from '../../session/session.js';
import { BatchActions } from './actions.js';
import { BatchAdvice } from './batch-advice.js';
import { BatchFacts } from './batch-facts.js';
import styles from './batch.module.css';
import { BatchChangedDocument, BatchDocument, type BatchQuery } from './documents.generated.js';
import { FORMATS, SPLITS } from './formats.js';
import { batchMessages } from './messages.js';
import { BatchOutcome } from './outcome.js';
import { BatchRows } from './rows.js';

const TABS = ['advice', 'rows', 'outcome'] as const;

const codec = searchCodec({
  tab: choice(TABS, 'advice'),
  format: choice(FORMATS, 'TRL_SFT'),
  split: choice(SPLITS, 'TRAIN'),
});

/** How often the server is asked how far it has come with a batch that it is at work on; ms. */
const ASK_EVERY = 1_000;

const MAX_NUMBER = 2 ** 31 - 1;

export type BatchData = NonNullable<BatchQuery['trainingBatch']>;

export default function BatchScreen({ parameters }: RouteProps<'batch'>) {
  const texts = useMessages(batchMessages);
  const isNumber = /^[1-9]\d{0,9}$/.test(parameters.number) && Number(parameters.number) <= MAX_NUMBER;
  if (isNumber) return <BatchView key={parameters.number} number={Number(parameters.number)} />;
  return (
    <Screen title={texts.title(parameters.number)}>
      <NotFound />
    </Screen>
  );
}

function NotFound() {
  const texts = useMessages(batchMessages);
  return (
    <EmptyState title={texts.notFound} action={<Link href={routePath('training', {})}>{texts.all}</Link>}>
      {texts.notFoundAdvice}
    </EmptyState>
  );
}

function BatchView({ number }: { readonly number: number }) {
  const texts = useMessages(batchMessages);
  const mayTrain = useSession().can('training:write');
  const [{ tab, format, split }, change, ignored] = useSearch(codec);
  const answer = useApiQuery(BatchDocument, { number }, { refreshes: true });
  const reload = answer.state === 'ready' ? answer.reload : undefined;
  const batch = answer.state === 'ready' ? answer.data.trainingBatch : undefined;
  useLiveEvents(BatchChangedDocument, { number }, () => reload?.());
  const busy = batch != null && isUnderWay(batch.state);
  useEffect(() => {
    if (!busy || reload === undefined) return;
    const timer = setInterval(reload, ASK_EVERY);
    return () => clearInterval(timer);
  }, [busy, reload]);
  return (
    <Screen
      title={texts.title(String(number))}
      actions={batch != null && mayTrain && <BatchActions batch={batch} reload={reload} />}
    >
      <IgnoredFilters names={ignored} />
      {answer.state === 'loading' ? (
        <Skeleton lines={9} height={24} />
      ) : answer.state === 'failed' ? (
        <ErrorState problem={answer.problem} retry={answer.retry} />
      ) : batch == null ? (
        <NotFound />
      ) : (
        <div className={styles['batch']}>
          <BatchFacts batch={batch} />
          {mayTrain && batch.state !== 'EXTERNAL' && (
            <Tabs
              label={texts.tabList}
              selected={tab}
              onSelect={(chosen) => change({ tab: chosen })}
              tabs={[
                { id: 'advice', label: texts.tabs.advice, content: <BatchAdvice batch={batch} /> },
                {
                  id: 'rows',
                  label: texts.tabs.rows,
                  content: <BatchRows batch={batch} format={format} split={split} change={change} />,
                },
                { id: 'outcome', label: texts.tabs.outcome, content: <BatchOutcome batch={batch} /> },
              ]}
            />
          )}
        </div>
      )}
    </Screen>
  );
}
