import { Button, IconButton } from '../../components/button.js';
import { Icon } from '../../components/icon.js';
import { commonMessages } from '../../components/messages.js';
import { useKeys } from '../../keys/keys.js';
import { useMessages } from '../../messages/messages.js';
import { BulkActions } from './bulk-actions.js';
import type { FeedbackFilterInput } from './documents.generated.js';
import { ExportMenu } from './export-menu.js';
import styles from './feedback.module.css';
import { feedbackMessages } from './messages.js';
import type { ListSelection } from './selection.js';

export interface SelectionBarProps {
  readonly selection: ListSelection;
  readonly filter: FeedbackFilterInput;
  readonly order: 'ASC' | 'DESC';
  /** How many match, if that is known. */
  readonly total: number | undefined;
  /** Called when some of the entries have changed. */
  readonly onChanged: (ids: readonly string[]) => void;
}

/** How many entries are chosen, and what can be done with them. */
export function SelectionBar({ selection, filter, order, total, onChanged }: SelectionBarProps) {
  const texts = useMessages(feedbackMessages);
  const { selected } = useMessages(commonMessages);
  const { isMatching, ids, isEmpty } = selection;
  useKeys(
    {
      'Shift+A': { label: texts.selectAllMatching, run: selection.selectMatching },
      ...(!isEmpty && { Escape: { label: texts.clearSelection, run: selection.clear } }),
    },
    true,
  );
  if (isEmpty) return null;
  const count = isMatching ? total : ids.length;
  return (
    <div role="toolbar" aria-label={texts.selection} className={styles['selection']}>
      <IconButton label={texts.clearSelection} size="small" onClick={selection.clear}>
        <Icon name="close" size={12} />
      </IconButton>
      <span role="status">
        {isMatching ? (total === undefined ? texts.allSelected : texts.matchingSelected(total)) : selected(ids.length)}
      </span>
      {!isMatching && (total === undefined || total > ids.length) && (
        <Button look="quiet" size="small" onClick={selection.selectMatching}>
          {total === undefined ? texts.selectAllMatching : texts.selectMatching(total)}
        </Button>
      )}
      <span className={styles['tasks']}>
        <BulkActions selection={isMatching ? { filter } : { ids: [...ids] }} onChanged={() => onChanged(ids)} />
        <ExportMenu size="small" selection={isMatching ? { filter, order } : { ids }} total={count} />
      </span>
    </div>
  );
}
