import type { ReactNode } from 'react';
import { Link } from '../router/link.js';
import { classNames } from './class-names.js';
import styles from './tile.module.css';

export interface TileProps {
  readonly label: string;
  readonly value: ReactNode;
  /** What the number means, or how it has changed. */
  readonly hint?: ReactNode;
  /** Where what the tile counts is listed. */
  readonly href?: string | undefined;
  /** Whether the number asks for something to be done. */
  readonly isUrgent?: boolean;
}

/** One number that matters, with its name; as a link to what it counts, where there is such a list. */
export function Tile({ label, value, hint, href, isUrgent = false }: TileProps) {
  const content = (
    <>
      <span className={styles['label']}>{label}</span>
      <span className={styles['value']}>{value}</span>
      {hint !== undefined && <span className={styles['hint']}>{hint}</span>}
    </>
  );
  const look = classNames(styles['tile'], isUrgent && styles['urgent']);
  return href === undefined ? (
    <div className={look}>{content}</div>
  ) : (
    <Link href={href} className={look}>
      {content}
    </Link>
  );
}

/** Tiles side by side, as many as there is room for. */
export function Tiles({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <section aria-label={label} className={styles['tiles']}>
      {children}
    </section>
  );
}
