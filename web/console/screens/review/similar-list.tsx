import { JudgementBadge, StatusBadge } from '../../components/badge.js';
import { Button } from '../../components/button.js';
import { TextBlock } from '../../components/text-block.js';
import { useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { routePath } from '../../router/routes.js';
import type { EntryContext } from './contexts.js';
import { reviewMessages } from './messages.js';
import styles from './similar-list.module.css';

type Similar = NonNullable<EntryContext['similar']>;

export interface SimilarListProps {
  readonly similar: Similar;
  /** Takes over a correction; absent where there is nothing to correct. */
  readonly onUse?: ((correction: string) => void) | undefined;
}

/** What others have said about nearly the same question and answer. */
export function SimilarList({ similar, onUse }: SimilarListProps) {
  const texts = useMessages(reviewMessages);
  if (similar.length === 0) return <p className={styles['none']}>{texts.noSimilar}</p>;
  return (
    <ul className={styles['list']}>
      {similar.map(({ similarity, node }) => (
        <li key={node.id} className={styles['entry']}>
          <p className={styles['facts']}>
            <JudgementBadge type={node.type} />
            <StatusBadge status={node.validationStatus} />
            <span>{texts.alike(similarity)}</span>
          </p>
          <TextBlock text={node.answer} clamp={160} />
          {node.correction !== null && (
            <div className={styles['correction']}>
              <strong>{texts.correction}</strong>
              <TextBlock text={node.correction} clamp={160} />
              <UseButton correction={node.correction} onUse={onUse} />
            </div>
          )}
          <Link href={routePath('entry', { id: node.id })} target="_blank">
            {texts.openEntry}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function UseButton({ correction, onUse }: { readonly correction: string } & Pick<SimilarListProps, 'onUse'>) {
  const texts = useMessages(reviewMessages);
  return onUse === undefined ? null : (
    <Button size="small" onClick={() => onUse(correction)}>
      {texts.useCorrection}
    </Button>
  );
}
