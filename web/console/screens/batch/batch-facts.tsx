import { Facts } from '../../components/facts.js';
import { commonMessages } from '../../components/messages.js';
import { Panel } from '../../components/panel.js';
import { Time } from '../../components/time.js';
import { batchStateMessages, BatchStateBadge, isHeld } from '../../components/training-state.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { routePath } from '../../router/routes.js';
import type { BatchData } from './batch.js';
import styles from './batch.module.css';
import { batchMessages } from './messages.js';

function AdapterLink({ id, version }: { readonly id: string; readonly version?: string | null | undefined }) {
  return (
    <>
      <Link href={routePath('adapter', { id })}>{id}</Link>
      {version != null && ` · ${version}`}
    </>
  );
}

/** What there is to know of a batch at a glance. */
export function BatchFacts({ batch }: { readonly batch: BatchData }) {
  const texts = useMessages(batchMessages);
  const { types } = useMessages(commonMessages);
  const format = useFormat();
  const { facts } = texts;
  const states = useMessages(batchStateMessages);
  const { state, progress, claimed, filter, leaseUntil } = batch;
  const { committedAt, digest, producedAdapterId, baseAdapterId, metrics } = batch;
  const time = (at: string | null | undefined) => at != null && <Time at={at} look="dateTime" />;
  return (
    <Panel title={texts.about}>
      <Facts
        items={(
          [
            [facts.state, <BatchStateBadge key="state" state={state} />],
            [facts.entries, format.number(claimed?.total ?? batch.feedbackCount)],
            [facts.holdout, claimed == null ? undefined : format.number(claimed.holdout)],
            [facts.lease, isHeld(state) && leaseUntil != null && <Time at={leaseUntil} />],
            [facts.created, time(batch.createdAt)],
            [facts.createdBy, batch.createdBy],
            [facts.adapter, filter?.adapterId != null && <AdapterLink id={filter.adapterId} />],
            [facts.type, filter?.type == null ? undefined : types[filter.type]],
            [facts.model, filter?.modelVersion],
            [facts.tag, filter?.tag],
            [facts.since, time(filter?.since)],
            [facts.until, time(filter?.until)],
            [facts.perUser, batch.maxPerUser == null ? undefined : format.number(batch.maxPerUser)],
            [
              facts.produced,
              producedAdapterId != null && <AdapterLink id={producedAdapterId} version={batch.producedVersion} />,
            ],
            [facts.base, baseAdapterId != null && <AdapterLink id={baseAdapterId} />],
            [facts.committed, time(committedAt)],
            ...Object.entries(metrics ?? {}).map(
              ([name, value]) => [name, typeof value === 'number' ? format.number(value) : undefined] as const,
            ),
          ] as const
        ).filter(([, value]) => value !== false)}
      />
      {progress != null && (
        <div className={styles['progress']}>
          <progress aria-label={states[state]} max={Math.max(1, progress.total)} value={progress.done} />
          <span>{texts.stepsDone(progress.done, progress.total)}</span>
        </div>
      )}
      {digest != null && (
        <p className={styles['note']}>
          {facts.digest}: <span className={styles['code']}>{digest}</span>
        </p>
      )}
    </Panel>
  );
}
