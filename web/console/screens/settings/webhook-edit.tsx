import { useState } from 'react';
import { useApiMutation } from '../../api/hooks.js';
import { useMessages } from '../../messages/messages.js';
import { ChangeWebhookDocument, type WebhookFieldsFragment } from './documents.generated.js';
import { draftOf } from './webhook-draft.js';
import { WebhookForm } from './webhook-form.js';
import { webhookMessages } from './webhook-messages.js';

export interface EditWebhookProps {
  readonly webhook: WebhookFieldsFragment;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

export function EditWebhook({ webhook, onClose, onSaved }: EditWebhookProps) {
  const texts = useMessages(webhookMessages);
  const change = useApiMutation(ChangeWebhookDocument);
  // What somebody else changes meanwhile is not to be overwritten.
  const [before] = useState(webhook);
  return (
    <WebhookForm
      title={texts.edit}
      action={texts.save}
      initial={draftOf(before)}
      save={({ url, ...input }) =>
        change({
          id: before.id,
          // The server looks where an address leads, which may be nowhere just now.
          input: { ...input, ...(url !== before.url && { url }) },
          expectedRevision: before.revision,
        })
      }
      onSaved={onSaved}
      onClose={onClose}
    />
  );
}
