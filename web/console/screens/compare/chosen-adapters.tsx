import { useId, useState } from 'react';
import { useApiQuery } from '../../api/hooks.js';
import { Button, IconButton } from '../../components/button.js';
import { Field } from '../../components/field.js';
import { Icon } from '../../components/icon.js';
import { VisibleText } from '../../components/text-block.js';
import { useMessages } from '../../messages/messages.js';
import { Link } from '../../router/link.js';
import { routePath } from '../../router/routes.js';
import { useSession } from '../../session/session.js';
import styles from './compare.module.css';
import { AdapterIdsDocument } from './documents.generated.js';
import { compareMessages } from './messages.js';

export interface ChosenAdaptersProps {
  readonly ids: readonly string[];
  readonly most: number;
  readonly onChange: (ids: readonly string[]) => void;
}

const NOTHING = {};

/** The adapters that are compared, and a field that adds one. */
export function ChosenAdapters({ ids, most, onChange }: ChosenAdaptersProps) {
  const texts = useMessages(compareMessages);
  const { can } = useSession();
  const known = useApiQuery(AdapterIdsDocument, NOTHING, { pause: !can('adapters:read') });
  const [typed, setTyped] = useState('');
  const list = useId();
  const others =
    known.state === 'ready'
      ? known.data.adapters.edges.map(({ node }) => node.id).filter((id) => !ids.includes(id))
      : [];
  const isFull = ids.length >= most;
  const add = (id: string): void => {
    if (id === '' || ids.includes(id) || isFull) return;
    onChange([...ids, id]);
    setTyped('');
  };
  return (
    <div className={styles['chosen']}>
      <ul aria-label={texts.chosen} className={styles['chips']}>
        {ids.map((id) => (
          <li key={id} className={styles['chip']}>
            <Link href={routePath('adapter', { id })}>
              <VisibleText text={id} />
            </Link>
            <IconButton
              label={texts.remove(id)}
              size="small"
              onClick={() => onChange(ids.filter((other) => other !== id))}
            >
              <Icon name="close" size={12} />
            </IconButton>
          </li>
        ))}
      </ul>
      {isFull ? (
        <p className={styles['advice']}>{texts.atMost(most)}</p>
      ) : (
        <form
          className={styles['add']}
          onSubmit={(event) => {
            event.preventDefault();
            add(typed.trim());
          }}
        >
          <Field
            label={texts.add}
            hidesLabel
            placeholder={texts.add}
            list={list}
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
          />
          <datalist id={list}>
            {others.map((id) => (
              <option key={id} value={id} />
            ))}
          </datalist>
          <Button type="submit">{texts.addButton}</Button>
        </form>
      )}
    </div>
  );
}
