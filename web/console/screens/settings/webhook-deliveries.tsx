import { useEffect, useState } from 'react';
import { useApiMutation, useApiQuery } from '../../api/hooks.js';
import type { Problem } from '../../api/problem.js';
import { Badge } from '../../components/badge.js';
import { Button } from '../../components/button.js';
import { Select } from '../../components/field.js';
import { PlainTable } from '../../components/plain-table.js';
import { EmptyState, ErrorState, Skeleton } from '../../components/states.js';
import { Time } from '../../components/time.js';
import { useFormat, useMessages } from '../../messages/messages.js';
import { RedeliverWebhookDocument, WebhookDeliveriesDocument } from './documents.generated.js';
import styles from './settings.module.css';
import { EVENT_NAMES } from './webhook-events.js';
import { webhookMessages } from './webhook-messages.js';

const STATUSES = ['PENDING', 'DELIVERED', 'DEAD'] as const;
const TONES = { PENDING: 'info', DELIVERED: 'positive', DEAD: 'negative' } as const;
/** How often deliveries that wait are looked at again, ms. */
const LOOK_EVERY = 2_000;

/** The newest deliveries of a webhook. */
export function WebhookDeliveries({ webhook, url }: { readonly webhook: string; readonly url: string }) {
  const texts = useMessages(webhookMessages);
  const format = useFormat();
  const [status, setStatus] = useState<'' | (typeof STATUSES)[number]>('');
  const [problem, setProblem] = useState<Problem>();
  const answer = useApiQuery(WebhookDeliveriesDocument, { id: webhook, status: status || null }, { refreshes: true });
  const redeliver = useApiMutation(RedeliverWebhookDocument);
  const reload = answer.state === 'ready' ? answer.reload : undefined;
  useEffect(() => {
    if (reload === undefined) return undefined;
    const timer = setInterval(reload, LOOK_EVERY);
    return () => clearInterval(timer);
  }, [reload]);
  if (answer.state === 'loading') return <Skeleton lines={4} height={28} />;
  if (answer.state === 'failed') return <ErrorState problem={answer.problem} retry={answer.retry} />;
  const again = async (deliveryId: string): Promise<void> => {
    const outcome = await redeliver({ id: webhook, deliveryId });
    setProblem(outcome.ok ? undefined : outcome.problem);
    answer.reload();
  };
  const rows = answer.data.webhook?.deliveries.edges.map(({ node }) => node) ?? [];
  type Row = (typeof rows)[number];
  return (
    <div className={styles['stack']}>
      <div className={styles['form']}>
        <Select
          label={texts.status}
          value={status}
          options={[
            { value: '', label: texts.any },
            ...STATUSES.map((value) => ({ value, label: texts.statuses[value] })),
          ]}
          onChange={setStatus}
        />
      </div>
      {problem !== undefined && <ErrorState problem={problem} />}
      {rows.length === 0 ? (
        <EmptyState title={texts.noDeliveries}>{texts.noDeliveriesAdvice}</EmptyState>
      ) : (
        <PlainTable
          label={texts.deliveriesOf(url)}
          rows={rows}
          rowKey={({ id }) => id}
          columns={[
            { id: 'event', header: texts.event, cell: ({ event }: Row) => <code>{EVENT_NAMES[event]}</code> },
            { id: 'about', header: texts.about, cell: ({ node }) => <code>{node}</code> },
            {
              id: 'status',
              header: texts.status,
              cell: (row) => <Badge tone={TONES[row.status]}>{texts.statuses[row.status]}</Badge>,
            },
            {
              id: 'result',
              header: texts.result,
              cell: ({ responseStatus, problem: failed, nextAttemptAt }) => (
                <>
                  {[responseStatus, failed != null ? texts.problems[failed] : undefined]
                    .filter((part) => part != null)
                    .join(', ')}
                  {failed != null && nextAttemptAt != null && (
                    <>
                      , {texts.next} <Time at={nextAttemptAt} />
                    </>
                  )}
                </>
              ),
            },
            {
              id: 'attempts',
              header: texts.attempts,
              isNumber: true,
              cell: ({ attempts }) => format.number(attempts),
            },
            { id: 'time', header: texts.time, cell: ({ at }) => <Time at={at} /> },
            {
              id: 'again',
              header: <span className="visually-hidden">{texts.redeliver}</span>,
              cell: (row) =>
                row.status === 'PENDING' ? null : (
                  <Button size="small" onClick={() => void again(row.id)}>
                    {texts.redeliver}
                  </Button>
                ),
            },
          ]}
        />
      )}
    </div>
  );
}
