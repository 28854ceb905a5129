import * as Ariakit from '@ariakit/react';
import type { ReactNode } from 'react';
import { buttonClass, type ButtonLook } from './button.js';
import styles from './menu.module.css';

export interface MenuItem {
  readonly label: ReactNode;
  /** Where the item leads, or what it does. */
  readonly href?: string;
  readonly run?: () => void;
  /** Of a choice: whether it is made. */
  readonly isChecked?: boolean;
}

export interface MenuProps extends ButtonLook {
  /** The button that opens the menu. */
  readonly label: ReactNode;
  /** Its name, where `label` is an icon. */
  readonly title?: string;
  readonly items: readonly MenuItem[];
  /** Whether the menu stays open after a choice, as for columns. */
  readonly staysOpen?: boolean;
  readonly onOpen?: () => void;
}

export function Menu({ label, title, items, staysOpen = false, onOpen, ...look }: MenuProps) {
  return (
    <Ariakit.MenuProvider
      setOpen={(isOpen) => {
        if (isOpen) onOpen?.();
      }}
    >
      <Ariakit.MenuButton className={buttonClass(look)} {...(title !== undefined && { 'aria-label': title, title })}>
        {label}
      </Ariakit.MenuButton>
      <Ariakit.Menu className={styles['menu']} gutter={4} portal unmountOnHide>
        {items.map((item, place) => (
          <Ariakit.MenuItem
            key={place}
            className={styles['item']}
            hideOnClick={!staysOpen}
            {...(item.href !== undefined && { render: <a href={item.href} /> })}
            {...(item.isChecked !== undefined && { role: 'menuitemcheckbox', 'aria-checked': item.isChecked })}
            onClick={() => item.run?.()}
          >
            {item.isChecked !== undefined && <span aria-hidden="true">{item.isChecked ? '✓' : ' '}</span>}
            {item.label}
          </Ariakit.MenuItem>
        ))}
      </Ariakit.Menu>
    </Ariakit.MenuProvider>
  );
}
