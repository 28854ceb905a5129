import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { showToast } from '../../components/toasts.js';
import { useMessages } from '../../messages/messages.js';
import styles from './settings.module.css';
import { webhookMessages } from './webhook-messages.js';

export interface WebhookSecretProps {
  readonly secret: string | undefined;
  readonly onClose: () => void;
}

/** Shows a secret once. It is nowhere after the dialog is closed. */
export function WebhookSecret({ secret, onClose }: WebhookSecretProps) {
  const texts = useMessages(webhookMessages);
  if (secret === undefined) return null;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(secret);
    showToast({ text: texts.copied });
  };
  return (
    <Dialog
      title={texts.secretOf}
      isOpen
      onClose={onClose}
      actions={
        <>
          {/* There on HTTPS alone; the secret can be marked as a whole by a click. */}
          {'clipboard' in navigator && <Button onClick={() => void copy()}>{texts.copy}</Button>}
          <Button look="primary" onClick={onClose}>
            {texts.done}
          </Button>
        </>
      }
    >
      <div className={styles['stack']}>
        <p className={styles['token']}>{secret}</p>
        <p className={styles['note']}>{texts.secretNote}</p>
      </div>
    </Dialog>
  );
}
