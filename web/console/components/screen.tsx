import { type ReactNode, useEffect, useRef } from 'react';
import { navigationCount } from '../router/location.js';
import styles from './screen.module.css';

export interface ScreenProps {
  /** The heading, and the title of the tab. */
  readonly title: string;
  /** Buttons and links beside the heading. */
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
  /** Whether the content scrolls within the window, as a table of its height does, instead of the page as a whole. */
  readonly fills?: boolean;
}

/** The frame of every screen's content. Its heading takes the focus when somebody has come here from another screen. */
export function Screen({ title, actions, children, fills = false }: ScreenProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (navigationCount() > 0) heading.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    document.title = `${title} · feedback-graph`;
  }, [title]);
  return (
    <div className={styles['screen']} data-fills={fills}>
      <header className={styles['header']}>
        <h1 ref={heading} tabIndex={-1} className={styles['heading']}>
          {title}
        </h1>
        {actions !== undefined && <div className={styles['actions']}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}
