import type { Problem } from '../api/problem.js';
import { useMessages } from '../messages/messages.js';
import { Button } from './button.js';
import { commonMessages } from './messages.js';
import styles from './more-rows.module.css';

export interface MoreRowsProps {
  /** Why the next rows could not be loaded. */
  readonly problem: Problem | undefined;
  readonly isLoading: boolean;
  readonly onRetry: () => void;
}

/** The end of a long list: what is being loaded, or why it was not. The rows before it stay. */
export function MoreRows({ problem, isLoading, onRetry }: MoreRowsProps) {
  const { problems, loadingMore, retry } = useMessages(commonMessages);
  if (problem !== undefined) {
    const [title, advice] = problems[problem.kind];
    return (
      <div role="alert" className={styles['more']}>
        <span>
          <strong>{title}.</strong> {advice}
        </span>
        <Button size="small" onClick={onRetry}>
          {retry}
        </Button>
      </div>
    );
  }
  return isLoading ? <div className={styles['more']}>{loadingMore}</div> : null;
}
