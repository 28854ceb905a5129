import type { ReactNode } from 'react';
import styles from './card.module.css';

export interface CardProps {
  readonly title: string;
  /** Buttons beside the heading. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a screen with its heading. */
export function Card({ title, actions, children }: CardProps) {
  return (
    <section className={styles['card']}>
      <header className={styles['header']}>
        <h2 className={styles['heading']}>{title}</h2>
        {actions !== undefined && <div className={styles['actions']}>{actions}</div>}
      </header>
      {children}
    </section>
  );
}
