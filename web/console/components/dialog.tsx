import * as Ariakit from '@ariakit/react';
import type { ReactNode } from 'react';
import { useMessages } from '../messages/messages.js';
import { IconButton } from './button.js';
import styles from './dialog.module.css';
import { Icon } from './icon.js';
import { commonMessages } from './messages.js';

export interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Buttons at the end, the one that does it last. */
  readonly actions?: ReactNode;
  /** Whether it comes up from the bottom of the window, over its whole width. */
  readonly isSheet?: boolean;
}

/** A modal dialog: focus stays in it, Escape closes it, and focus returns to where it came from. */
export function Dialog({ title, isOpen, onClose, children, actions, isSheet = false }: DialogProps) {
  const { close } = useMessages(commonMessages);
  return (
    <Ariakit.Dialog
      open={isOpen}
      onClose={onClose}
      unmountOnHide
      backdrop={<div className={styles['backdrop']} />}
      className={styles['dialog']}
      data-sheet={isSheet}
    >
      <header className={styles['header']}>
        <Ariakit.DialogHeading className={styles['heading']}>{title}</Ariakit.DialogHeading>
        <IconButton label={close} size="small" onClick={onClose}>
          <Icon name="close" />
        </IconButton>
      </header>
      <div className={styles['body']}>{children}</div>
      {actions !== undefined && <footer className={styles['footer']}>{actions}</footer>}
    </Ariakit.Dialog>
  );
}
