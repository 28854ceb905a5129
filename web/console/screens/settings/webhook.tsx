import { useState } from 'react';
import { useApiMutation } from '../../api/hooks.js';
import type { Outcome, Problem } from '../../api/problem.js';
import { Badge } from '../../components/badge.js';
import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { Facts } from '../../components/facts.js';
import { commonMessages } from '../../components/messages.js';
import { Panel } from '../../components/panel.js';
import { ErrorState } from '../../components/states.js';
import { Time } from '../../components/time.js';
import { showToast } from '../../components/toasts.js';
import { useMessages } from '../../messages/messages.js';
import {
  ChangeWebhookDocument,
  DeleteWebhookDocument,
  RotateWebhookSecretDocument,
  TestWebhookDocument,
  type WebhookFieldsFragment,
} from './documents.generated.js';
import styles from './settings.module.css';
import { WebhookDeliveries } from './webhook-deliveries.js';
import { EditWebhook } from './webhook-edit.js';
import { EVENT_NAMES } from './webhook-events.js';
import { webhookMessages } from './webhook-messages.js';

export interface WebhookProps {
  readonly webhook: WebhookFieldsFragment;
  readonly onSecret: (secret: string) => void;
  readonly onChanged: () => void;
}

export function Webhook({ webhook, onSecret, onChanged }: WebhookProps) {
  const texts = useMessages(webhookMessages);
  const { cancel, types, statuses } = useMessages(commonMessages);
  const [showsDeliveries, setShowsDeliveries] = useState(false);
  const [isEditing, setIsEditing] = useState(false);
  const [isDeleting, setIsDeleting] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const change = useApiMutation(ChangeWebhookDocument);
  const rotate = useApiMutation(RotateWebhookSecretDocument);
  const remove = useApiMutation(DeleteWebhookDocument);
  const test = useApiMutation(TestWebhookDocument);
  const { id, url, isEnabled, disabledReason, failingSince, filter, trainingReady, previousSecretUntil } = webhook;

  const run = async <Data,>(outcome: Promise<Outcome<Data>>, done: (data: Data) => void): Promise<void> => {
    setProblem(undefined);
    const answer = await outcome;
    if (answer.ok) {
      done(answer.data);
      onChanged();
    } else setProblem(answer.problem);
  };
  const setEnabled = (): Promise<void> => run(change({ id, input: { isEnabled: !isEnabled } }), () => undefined);
  const sendTest = (): Promise<void> => run(test({ id }), () => showToast({ text: texts.tested }));
  return (
    <Panel
      title={url}
      actions={
        <Badge tone={!isEnabled ? 'neutral' : failingSince == null ? 'positive' : 'negative'}>
          {disabledReason != null
            ? texts.disabled[disabledReason]
            : failingSince == null
              ? texts.enabled
              : texts.failing}
        </Badge>
      }
    >
      {webhook.description != null && <p className={styles['note']}>{webhook.description}</p>}
      <Facts
        items={[
          [texts.events, webhook.events.map((event) => EVENT_NAMES[event]).join(', ')],
          [texts.judgement, filter.type == null ? undefined : types[filter.type]],
          [texts.status, filter.validationStatus == null ? undefined : statuses[filter.validationStatus]],
          [texts.adapter, filter.adapterId],
          [texts.tag, filter.tag],
          [
            EVENT_NAMES.TRAINING_READY,
            trainingReady == null
              ? undefined
              : texts.ready(trainingReady.threshold, trainingReady.adapterId ?? undefined),
          ],
          [texts.failingSince, failingSince == null ? undefined : <Time at={failingSince} />],
          [texts.previousSecret, previousSecretUntil == null ? undefined : <Time at={previousSecretUntil} />],
        ]}
      />
      {problem !== undefined && !isDeleting && <ErrorState problem={problem} />}
      <div className={styles['buttons']}>
        <Button aria-expanded={showsDeliveries} onClick={() => setShowsDeliveries(!showsDeliveries)}>
          {showsDeliveries ? texts.hideDeliveries : texts.showDeliveries}
        </Button>
        <Button onClick={() => setIsEditing(true)}>{texts.editDo}</Button>
        {isEnabled && <Button onClick={() => void sendTest()}>{texts.test}</Button>}
        <Button onClick={() => void run(rotate({ id }), (data) => onSecret(data.rotateWebhookSecret.secret))}>
          {texts.rotate}
        </Button>
        <Button onClick={() => void setEnabled()}>{isEnabled ? texts.disable : texts.enable}</Button>
        <Button look="danger" onClick={() => setIsDeleting(true)}>
          {texts.remove}
        </Button>
      </div>
      {isEditing && (
        <EditWebhook
          webhook={webhook}
          onClose={() => {
            setIsEditing(false);
            onChanged();
          }}
          onSaved={() => {
            setIsEditing(false);
            onChanged();
          }}
        />
      )}
      {showsDeliveries && <WebhookDeliveries webhook={id} url={url} />}
      <Dialog
        title={texts.removeTitle}
        isOpen={isDeleting}
        onClose={() => setIsDeleting(false)}
        actions={
          <>
            <Button onClick={() => setIsDeleting(false)}>{cancel}</Button>
            <Button look="danger" onClick={() => void run(remove({ id }), () => setIsDeleting(false))}>
              {texts.remove}
            </Button>
          </>
        }
      >
        <p>{texts.removeText(url)}</p>
        {problem !== undefined && <ErrorState problem={problem} />}
      </Dialog>
    </Panel>
  );
}
