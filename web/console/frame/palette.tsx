import * as Ariakit from '@ariakit/react';
import { useMemo, useState } from 'react';
import { useMessages } from '../messages/messages.js';
import { navigate } from '../router/location.js';
import { routePath } from '../router/routes.js';
import { useCredentials } from '../session/credentials.js';
import { useSession } from '../session/session.js';
import { frameMessages } from './messages.js';
import styles from './palette.module.css';
import { RAIL, SCREENS } from './screens.js';

interface Command {
  readonly id: string;
  readonly label: string;
  readonly run: () => void;
}

/** What Ctrl K opens: a screen, an action or an id, found by the beginning of any word. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const texts = useMessages(frameMessages);
  const [wanted, setWanted] = useState('');
  const commands = useCommands(wanted.trim());
  return (
    <Ariakit.Dialog
      open
      onClose={onClose}
      unmountOnHide
      aria-label={texts.palette}
      backdrop={<div className={styles['backdrop']} />}
      className={styles['palette']}
    >
      <Ariakit.ComboboxProvider open compositeElementInFocusOrder={false} resetValueOnHide setInputValue={setWanted}>
        <Ariakit.Combobox
          autoFocus
          autoSelect="always"
          aria-label={texts.paletteHint}
          placeholder={texts.paletteHint}
          className={styles['input']}
        />
        <Ariakit.ComboboxList alwaysVisible aria-label={texts.palette} className={styles['list']}>
          {commands.map(({ id, label, run }) => (
            <Ariakit.ComboboxItem
              key={id}
              className={styles['item']}
              hideOnClick={false}
              setValueOnClick={false}
              focusOnHover
              onClick={() => {
                onClose();
                run();
              }}
            >
              {label}
            </Ariakit.ComboboxItem>
          ))}
        </Ariakit.ComboboxList>
        {commands.length === 0 && <p className={styles['empty']}>{texts.paletteEmpty}</p>}
      </Ariakit.ComboboxProvider>
    </Ariakit.Dialog>
  );
}

/** An id names no screen, so that whatever is no part of a name may be one. */
function useCommands(wanted: string): readonly Command[] {
  const texts = useMessages(frameMessages);
  const { can } = useSession();
  const { signOut } = useCredentials();
  return useMemo(() => {
    const go = (address: string) => () => navigate(address);
    const named: Command[] = [
      ...RAIL.filter(({ name }) => SCREENS[name].anyOf.length === 0 || can(...SCREENS[name].anyOf)).map(({ name }) => ({
        id: name,
        label: texts.screens[name],
        run: go(routePath(name, {})),
      })),
      { id: 'graphiql', label: texts.graphiql, run: () => location.assign('/graphql') },
      { id: 'rest', label: texts.restApi, run: () => location.assign('/docs') },
      { id: 'sign-out', label: texts.signOut, run: () => void signOut() },
    ];
    const found = named.filter(({ label }) => matchesWords(label, wanted));
    if (wanted === '') return found;
    const ids: Command[] = [];
    if (wanted.startsWith('feedback-') && can('feedback:read', 'feedback:read:own')) {
      ids.push({ id: 'entry', label: texts.goToEntry(wanted), run: go(routePath('entry', { id: wanted })) });
    } else {
      const [, number] = /^(?:batch-)?(\d{1,9})$/.exec(wanted) ?? [];
      if (number !== undefined && can('training:read')) {
        ids.push({ id: 'batch', label: texts.goToBatch(number), run: go(routePath('batch', { number })) });
      }
      if (can('adapters:read')) {
        ids.push({ id: 'adapter', label: texts.goToAdapter(wanted), run: go(routePath('adapter', { id: wanted })) });
      }
    }
    return [...found, ...ids];
  }, [texts, can, wanted, signOut]);
}

function matchesWords(label: string, wanted: string): boolean {
  const words = label.toLowerCase().split(/\s+/);
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every((part) => words.some((word) => word.startsWith(part)));
}
