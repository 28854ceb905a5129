import { Button } from '../../components/button.js';
import { Dialog } from '../../components/dialog.js';
import { showToast } from '../../components/toasts.js';
import { useMessages } from '../../messages/messages.js';
import { settingsMessages } from './messages.js';
import styles from './settings.module.css';

export interface SecretDialogProps {
  readonly title: string;
  readonly secret: string;
  readonly note: string;
  /** What is said once it is in the clipboard. */
  readonly copied: string;
  readonly onClose: () => void;
}

/** Shows a token or a secret once. It is nowhere after the dialog is closed. */
export function SecretDialog({ title, secret, note, copied, onClose }: SecretDialogProps) {
  const texts = useMessages(settingsMessages);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(secret);
    showToast({ text: copied });
  };
  return (
    <Dialog
      title={title}
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
        <p className={styles['note']}>{note}</p>
      </div>
    </Dialog>
  );
}
