import { useState } from 'react';
import { useApiQuery } from '../../api/hooks.js';
import { Button } from '../../components/button.js';
import { EmptyState, ErrorState, Skeleton } from '../../components/states.js';
import { useMessages } from '../../messages/messages.js';
import { WebhooksDocument } from './documents.generated.js';
import { SecretDialog } from './secret-dialog.js';
import styles from './settings.module.css';
import { CreateWebhook } from './webhook-create.js';
import { webhookMessages } from './webhook-messages.js';
import { Webhook } from './webhook.js';

/** Where the organization has its events sent. */
export function WebhooksPanel() {
  const texts = useMessages(webhookMessages);
  const answer = useApiQuery(WebhooksDocument, {}, { refreshes: true });
  const [isCreating, setIsCreating] = useState(false);
  const [secret, setSecret] = useState<string>();
  if (answer.state === 'loading') return <Skeleton lines={6} height={28} />;
  if (answer.state === 'failed') return <ErrorState problem={answer.problem} retry={answer.retry} />;
  const webhooks = answer.data.webhooks.edges.map(({ node }) => node);
  return (
    <div className={styles['panel']}>
      <p className={styles['note']}>{texts.note}</p>
      <div>
        <Button look="primary" onClick={() => setIsCreating(true)}>
          {texts.create}
        </Button>
      </div>
      {webhooks.length === 0 && <EmptyState title={texts.none}>{texts.noneAdvice}</EmptyState>}
      {webhooks.map((webhook) => (
        <Webhook key={webhook.id} webhook={webhook} onSecret={setSecret} onChanged={answer.reload} />
      ))}
      {isCreating && (
        <CreateWebhook
          onClose={() => setIsCreating(false)}
          onCreated={(made) => {
            setIsCreating(false);
            setSecret(made);
            answer.reload();
          }}
        />
      )}
      {secret !== undefined && (
        <SecretDialog
          title={texts.secretOf}
          secret={secret}
          note={texts.secretNote}
          copied={texts.copied}
          onClose={() => setSecret(undefined)}
        />
      )}
    </div>
  );
}
