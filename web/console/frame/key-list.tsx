import { Dialog } from '../components/dialog.js';
import { KeyHint } from '../components/key-hint.js';
import { useRegisteredKeys } from '../keys/keys.js';
import { useMessages } from '../messages/messages.js';
import styles from './key-list.module.css';
import { frameMessages } from './messages.js';

/** What `?` shows: the keys that work on the screen now. */
export function KeyList({ onClose }: { readonly onClose: () => void }) {
  const { keys } = useMessages(frameMessages);
  const registered = useRegisteredKeys();
  return (
    <Dialog title={keys} isOpen onClose={onClose}>
      <dl className={styles['list']}>
        {registered.map(([key, label]) => (
          <div key={key} className={styles['key']}>
            <dt>
              <KeyHint keys={key} />
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
