import type { ReactNode } from 'react';
import { Button } from '../../components/button.js';
import { commonMessages } from '../../components/messages.js';
import { TextBlock } from '../../components/text-block.js';
import { useMessages } from '../../messages/messages.js';
import { Conflict } from './conflict.js';
import type { Draft } from './drafts.js';
import styles from './item-notice.module.css';
import { reviewMessages } from './messages.js';
import type { Item } from './queue.js';
import { useTimeLeft } from './use-lease.js';

export interface ItemActions {
  readonly claimAgain: () => void;
  readonly retry: () => void;
  readonly undo: () => void;
  readonly approve: () => void;
  readonly reject: () => void;
  readonly dismiss: () => void;
  readonly accept: () => void;
  readonly check: () => void;
}

export interface ItemNoticeProps {
  readonly item: Item;
  readonly draft: Draft;
  readonly actions: ItemActions;
}

/** What stands in the way of deciding on an entry, and what to do about it. Nothing if nothing does. */
export function ItemNotice({ item, draft, actions }: ItemNoticeProps) {
  const texts = useMessages(reviewMessages);
  const { problems, retry } = useMessages(commonMessages);
  const left = useTimeLeft(item.heldUntil);
  const { state } = item;
  switch (state.kind) {
    case 'unsaved': {
      const [title, advice] = problems[state.problem.kind];
      return (
        <Box title={texts.unsavedTitle} action={<Button onClick={actions.retry}>{retry}</Button>}>
          {title}. {advice}
        </Box>
      );
    }
    case 'conflict':
      return <Conflict item={item} state={state} draft={draft} actions={actions} />;
    case 'decided':
      return (
        <Box
          isQuiet
          title={texts.decidedAs(texts.verdicts[state.decision.verdict])}
          action={<Button onClick={actions.undo}>{texts.reopen}</Button>}
        >
          {state.decision.reason}
          {state.decision.correction !== undefined && <TextBlock text={state.decision.correction} />}
        </Box>
      );
    case 'skipped':
      return <Box isQuiet title={texts.skippedHere} action={<Button onClick={actions.undo}>{texts.reopen}</Button>} />;
    case 'saving':
      return null;
    case 'open':
      return left > 0 ? null : (
        <Box title={texts.lapsedTitle} action={<Button onClick={actions.claimAgain}>{texts.claimAgain}</Button>}>
          {texts.lapsedAdvice}
        </Box>
      );
  }
}

interface BoxProps {
  readonly title: string;
  readonly isQuiet?: boolean;
  readonly action: ReactNode;
  readonly children?: ReactNode;
}

function Box({ title, isQuiet = false, action, children }: BoxProps) {
  return (
    <div role={isQuiet ? undefined : 'alert'} className={styles['box']} data-quiet={isQuiet}>
      <div className={styles['text']}>
        <p className={styles['title']}>{title}</p>
        {children !== undefined && <div>{children}</div>}
      </div>
      {action}
    </div>
  );
}
