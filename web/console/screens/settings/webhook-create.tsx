import { useApiMutation } from '../../api/hooks.js';
import { useMessages } from '../../messages/messages.js';
import { CreateWebhookDocument } from './documents.generated.js';
import { NEW_WEBHOOK } from './webhook-draft.js';
import { WebhookForm } from './webhook-form.js';
import { webhookMessages } from './webhook-messages.js';

export interface CreateWebhookProps {
  readonly onClose: () => void;
  readonly onCreated: (secret: string) => void;
}

export function CreateWebhook({ onClose, onCreated }: CreateWebhookProps) {
  const texts = useMessages(webhookMessages);
  const create = useApiMutation(CreateWebhookDocument);
  return (
    <WebhookForm
      title={texts.create}
      action={texts.createDo}
      initial={NEW_WEBHOOK}
      save={(input) => create({ input })}
      onSaved={({ createWebhook }) => onCreated(createWebhook.secret)}
      onClose={onClose}
    />
  );
}
