import { Time } from '../../components/time.js';
import { useMessages } from '../../messages/messages.js';
import type { EntryContext } from './contexts.js';
import styles from './history-list.module.css';
import { reviewMessages } from './messages.js';

type Event = EntryContext['audit']['edges'][number]['node'];

/** What happened to an entry, newest first. */
export function HistoryList({ events }: { readonly events: readonly Event[] }) {
  const texts = useMessages(reviewMessages);
  const actions: Readonly<Record<string, string | undefined>> = texts.actions;
  return (
    <ol className={styles['list']}>
      {events.map(({ id, at, actor, action, reason }) => (
        <li key={id} className={styles['event']}>
          <span>
            {actions[action] ?? action} <span className={styles['actor']}>{texts.by(actor)}</span>
          </span>
          {reason !== null && <span className={styles['actor']}>{reason}</span>}
          <span className={styles['time']}>
            <Time at={at} />
          </span>
        </li>
      ))}
    </ol>
  );
}
