import { Button } from '../../components/button.js';
import { DiffText } from '../../components/diff-text.js';
import { TextBlock } from '../../components/text-block.js';
import { Time } from '../../components/time.js';
import { useMessages } from '../../messages/messages.js';
import { useSession } from '../../session/session.js';
import styles from './conflict.module.css';
import { type Draft, editedCorrection, isWorthKeeping } from './drafts.js';
import type { ItemActions } from './item-notice.js';
import { reviewMessages } from './messages.js';
import type { Entry, Item, ItemState } from './queue.js';

export interface ConflictProps {
  readonly item: Item;
  readonly state: Extract<ItemState, { kind: 'conflict' }>;
  readonly draft: Draft;
  readonly actions: ItemActions;
}

/** Who has done what to an entry meanwhile, both texts, and the choice between them. */
export function Conflict({ item, state, draft, actions }: ConflictProps) {
  const texts = useMessages(reviewMessages);
  const { current, problem } = state;
  const { title, isClaimed, isDecided } = useSituation(current, item.entry.version);
  const hasDraft = isWorthKeeping(draft, item.entry);
  const yours = editedCorrection(draft, item.entry);
  return (
    <div role="alert" className={styles['conflict']}>
      <h2 className={styles['title']}>{title}</h2>
      {current !== null && hasDraft && <p>{texts.conflictAdvice}</p>}
      {problem?.details !== undefined && (
        <p lang="en" className={styles['details']}>
          {problem.details}
        </p>
      )}
      {current !== null && (
        <div className={styles['sides']}>
          <section className={styles['side']}>
            <h3>
              {texts.theirs}
              {current.review !== null && <Time at={current.review.at} />}
            </h3>
            {current.review?.reason != null && (
              <p>
                {texts.theirReason}: {current.review.reason}
              </p>
            )}
            <h4>{texts.theirCorrection}</h4>
            {current.correction === null ? <p>{texts.noCorrection}</p> : <TextBlock text={current.correction} />}
          </section>
          {hasDraft && (
            <section className={styles['side']}>
              <h3>{texts.yours}</h3>
              {draft.reasons.length > 0 && (
                <p>
                  {texts.theirReason}: {draft.reasons.join('; ')}
                </p>
              )}
              <h4>{texts.yourCorrection}</h4>
              <DiffText before={current.correction ?? current.answer} after={yours} />
            </section>
          )}
        </div>
      )}
      <div className={styles['actions']}>
        {isDecided && hasDraft && (
          <>
            <Button onClick={actions.approve}>{texts.mineApprove}</Button>
            <Button onClick={actions.reject}>{texts.mineReject}</Button>
          </>
        )}
        {isClaimed && <Button onClick={actions.check}>{texts.checkAgain}</Button>}
        {current !== null && !isDecided && !isClaimed && <Button onClick={actions.accept}>{texts.goOn}</Button>}
        <Button look="primary" onClick={actions.dismiss}>
          {isDecided ? texts.keepTheirs : texts.drop}
        </Button>
      </div>
    </div>
  );
}

interface Situation {
  readonly title: string;
  readonly isClaimed: boolean;
  readonly isDecided: boolean;
}

function useSituation(current: Entry | null, shownVersion: number): Situation {
  const texts = useMessages(reviewMessages);
  const { userId } = useSession();
  const titles = texts.conflictTitles;
  if (current === null) return { title: titles.erased, isClaimed: false, isDecided: false };
  const { review, reviewClaim, validationStatus } = current;
  if (review !== null && validationStatus !== 'FLAGGED') {
    const verdict = texts.verdicts[review.verdict];
    const title = review.reviewer === userId ? titles.decidedByYou(verdict) : titles.decided(review.reviewer, verdict);
    return { title, isClaimed: false, isDecided: true };
  }
  const isClaimed =
    reviewClaim !== null && reviewClaim.reviewer !== userId && Date.parse(reviewClaim.until) > Date.now();
  if (isClaimed) return { title: titles.claimed(reviewClaim.reviewer), isClaimed, isDecided: false };
  const title = current.version === shownVersion ? titles.refused : titles.changed;
  return { title, isClaimed, isDecided: false };
}
