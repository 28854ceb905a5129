import { useFormat } from '../messages/messages.js';
import { shareColor } from './share-color.js';
import styles from './share.module.css';

/** A share of positive entries as a bar and a number; a dash if nothing has been judged. */
export function Share({ share }: { readonly share: number | undefined }) {
  const format = useFormat();
  if (share === undefined) return <span className={styles['none']}>–</span>;
  return (
    <span className={styles['share']}>
      <span aria-hidden="true" className={styles['track']}>
        <span className={styles['bar']} style={{ width: `${share * 100}%`, background: shareColor(share) }} />
      </span>
      <span className={styles['number']}>{format.percent(share)}</span>
    </span>
  );
}
