import { useEffect, useRef } from 'react';
import { classNames } from '../../components/class-names.js';
import { Icon, type IconName } from '../../components/icon.js';
import { Skeleton } from '../../components/states.js';
import { VisibleText } from '../../components/text-block.js';
import { useMessages } from '../../messages/messages.js';
import { reviewMessages } from './messages.js';
import styles from './queue-panel.module.css';
import { isDone, type Item, type ItemState, type QueueState } from './queue.js';

/** Characters of a question that a line of the list can show. */
const SHOWN = 140;

const JUDGEMENT_ICONS = { POSITIVE: 'up', NEGATIVE: 'down', PREFERENCE: 'versus' } as const satisfies Record<
  Item['entry']['type'],
  IconName
>;

export interface QueuePanelProps {
  readonly queue: QueueState;
  readonly selectedId: string | undefined;
  readonly onSelect: (id: string) => void;
}

/** The entries of the sitting: those that wait, and those that are done with, which one can go back to. */
export function QueuePanel({ queue, selectedId, onSelect }: QueuePanelProps) {
  return (
    <ol className={styles['list']}>
      {queue.items.map((item) => (
        <QueueItem key={item.entry.id} item={item} isSelected={item.entry.id === selectedId} onSelect={onSelect} />
      ))}
      {queue.isClaiming && (
        <li className={styles['more']}>
          <Skeleton lines={queue.items.length === 0 ? 8 : 2} height={28} />
        </li>
      )}
    </ol>
  );
}

interface QueueItemProps {
  readonly item: Item;
  readonly isSelected: boolean;
  readonly onSelect: (id: string) => void;
}

function QueueItem({ item, isSelected, onSelect }: QueueItemProps) {
  const texts = useMessages(reviewMessages);
  const button = useRef<HTMLButtonElement>(null);
  const { entry, state } = item;
  useEffect(() => {
    if (isSelected) button.current?.scrollIntoView({ block: 'nearest' });
  }, [isSelected]);
  return (
    <li>
      <button
        ref={button}
        type="button"
        aria-current={isSelected ? 'true' : undefined}
        className={classNames(styles['item'], isDone(item) && styles['done'])}
        onClick={() => onSelect(entry.id)}
      >
        <span className={styles['judgement']} data-type={entry.type}>
          <Icon name={JUDGEMENT_ICONS[entry.type]} size={14} />
        </span>
        <span dir="auto" className={styles['question']}>
          <VisibleText text={entry.question.slice(0, SHOWN)} />
        </span>
        {state.kind !== 'open' && (
          <span className={styles['state']} data-state={state.kind}>
            {stateText(texts, state)}
          </span>
        )}
      </button>
    </li>
  );
}

type Texts = ReturnType<(typeof reviewMessages)['en']>;

function stateText(texts: Texts, state: ItemState): string {
  return state.kind === 'decided' ? texts.verdicts[state.decision.verdict] : texts.states[state.kind];
}
