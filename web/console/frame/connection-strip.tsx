import { useIsDisconnected } from '../api/reconnected.js';
import { useMessages } from '../messages/messages.js';
import styles from './connection-strip.module.css';
import { frameMessages } from './messages.js';

/** Says below the screen that the server cannot be reached, as long as that is so. */
export function ConnectionStrip() {
  const { notConnected } = useMessages(frameMessages);
  const isDisconnected = useIsDisconnected();
  return (
    <div role="status" aria-live="polite">
      {isDisconnected && (
        <p className={styles['strip']}>
          <span aria-hidden="true" className={styles['dot']} />
          {notConnected}
        </p>
      )}
    </div>
  );
}
