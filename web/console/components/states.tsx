/** What a screen shows in place of data: the shape of what comes, why there is nothing, or what went wrong. */
import type { ReactNode } from 'react';
import type { Problem } from '../api/problem.js';
import { useMessages } from '../messages/messages.js';
import { Button } from './button.js';
import { commonMessages } from './messages.js';
import styles from './states.module.css';

export interface SkeletonProps {
  /** How many bars. */
  readonly lines?: number;
  /** The height of each, as the content that replaces it has. */
  readonly height?: number;
}

/** Bars in the place of what is loading. */
export function Skeleton({ lines = 1, height = 16 }: SkeletonProps) {
  const { loading } = useMessages(commonMessages);
  return (
    <div role="status" aria-label={loading} className={styles['skeleton']}>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} className={styles['bar']} style={{ height, width: `${100 - ((line * 13) % 35)}%` }} />
      ))}
    </div>
  );
}

export interface EmptyStateProps {
  readonly title: string;
  /** Why there is nothing, and what to do about it. */
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div className={styles['state']}>
      <p className={styles['title']}>{title}</p>
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  );
}

/** What went wrong, what to do about it, and the server's own words. */
export function ErrorState({ problem, retry }: { readonly problem: Problem; readonly retry?: () => void }) {
  const { problems, retry: tryAgain } = useMessages(commonMessages);
  const [title, advice] = problems[problem.kind];
  return (
    <div role="alert" className={styles['state']}>
      <p className={styles['title']}>{title}</p>
      <p>{advice}</p>
      {problem.details !== undefined && (
        <p lang="en" className={styles['details']}>
          {problem.details}
        </p>
      )}
      {retry !== undefined && <Button onClick={retry}>{tryAgain}</Button>}
    </div>
  );
}

/** A sentence about the screen, such as what it ignores. */
export function Notice({ children }: { readonly children: ReactNode }) {
  return (
    <p role="status" className={styles['notice']}>
      {children}
    </p>
  );
}

/** Says which parameters of the address a screen ignores; nothing if there are none. */
export function IgnoredFilters({ names }: { readonly names: readonly string[] }) {
  const { ignoredFilters } = useMessages(commonMessages);
  return names.length === 0 ? null : <Notice>{ignoredFilters(names)}</Notice>;
}
