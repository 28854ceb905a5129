/** What entries are good for: their balance, the rows that each way of training gets, and what contradicts itself. */
import { useFormat, useMessages } from '../messages/messages.js';
import { Link } from '../router/link.js';
import { routePath } from '../router/routes.js';
import { adviceMessages } from './advice-messages.js';
import styles from './advice.module.css';
import { commonMessages } from './messages.js';
import { Panel } from './panel.js';
import { VisibleText } from './text-block.js';

export interface Advice {
  readonly positive: number;
  readonly negative: number;
  readonly preferences: number;
  readonly corrected: number;
  readonly ktoWeights?: { readonly desirable: number; readonly undesirable: number } | null;
  readonly tasks: readonly {
    readonly task: 'SFT' | 'DPO' | 'KTO';
    readonly rows: number;
    readonly exactDuplicates: number;
    readonly paired: number;
    readonly dropped: readonly { readonly reason: DropReason; readonly count: number }[];
  }[];
  readonly conflictCount: number;
  readonly conflicts: readonly {
    readonly question: string;
    readonly positiveId: string;
    readonly negativeId: string;
  }[];
}

export type DropReason =
  | 'BLANK_TEXT'
  | 'SUPERSEDED'
  | 'CORRECTION_EQUALS_ANSWER'
  | 'OUTVOTED'
  | 'TIED'
  | 'POSITIVE_HAS_NO_REJECTED_ANSWER'
  | 'ANSWERS_ARE_EQUAL'
  | 'PREFERENCE_TIED'
  | 'PREFERENCE_IS_NO_VERDICT'
  | 'NEGATIVE_WITHOUT_CORRECTION'
  | 'CONVERSATION_NOT_SUPPORTED';

export function AdviceView({ advice }: { readonly advice: Advice }) {
  return (
    <div className={styles['advice']}>
      <Balance advice={advice} />
      <Methods advice={advice} />
      <Conflicts advice={advice} />
    </div>
  );
}

function Balance({ advice }: { readonly advice: Advice }) {
  const texts = useMessages(adviceMessages);
  const { types } = useMessages(commonMessages);
  const format = useFormat();
  const parts = [
    ['positive', types.POSITIVE, advice.positive],
    ['negative', types.NEGATIVE, advice.negative],
    ['preference', types.PREFERENCE, advice.preferences],
  ] as const;
  const all = parts.reduce((sum, [, , count]) => sum + count, 0);
  return (
    <Panel title={texts.balance}>
      <div aria-hidden="true" className={styles['bar']}>
        {parts.map(([name, , count]) => (
          <span key={name} data-part={name} style={{ flexGrow: count }} hidden={count === 0} />
        ))}
      </div>
      <ul className={styles['legend']}>
        {parts.map(([name, label, count]) => (
          <li key={name} data-part={name}>
            {label} <strong>{format.number(count)}</strong> {all > 0 && `(${format.percent(count / all)})`}
          </li>
        ))}
      </ul>
      <p className={styles['note']}>
        {texts.corrected(advice.corrected, advice.negative)}{' '}
        {advice.ktoWeights != null && texts.weights(advice.ktoWeights.desirable, advice.ktoWeights.undesirable)}
      </p>
    </Panel>
  );
}

function Methods({ advice }: { readonly advice: Advice }) {
  const texts = useMessages(adviceMessages);
  const format = useFormat();
  return (
    <Panel title={texts.methods}>
      <ul className={styles['methods']}>
        {advice.tasks.map(({ task, rows, exactDuplicates, paired, dropped }) => (
          <li key={task}>
            <h3>{texts.tasks[task]}</h3>
            <p className={styles['rows']}>{texts.rows(rows)}</p>
            <ul className={styles['reasons']}>
              {exactDuplicates > 0 && (
                <li>
                  {format.number(exactDuplicates)} × {texts.duplicates}
                </li>
              )}
              {paired > 0 && (
                <li>
                  {format.number(paired)} × {texts.paired}
                </li>
              )}
              {dropped.map(({ reason, count }) => (
                <li key={reason}>
                  {format.number(count)} × {texts.reasons[reason]}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Conflicts({ advice }: { readonly advice: Advice }) {
  const texts = useMessages(adviceMessages);
  const { types } = useMessages(commonMessages);
  return (
    <Panel title={texts.conflicts(advice.conflictCount)}>
      {advice.conflictCount === 0 ? (
        <p className={styles['note']}>{texts.noConflicts}</p>
      ) : (
        <>
          <p className={styles['note']}>{texts.conflictAdvice(advice.conflicts.length)}</p>
          <ul className={styles['conflicts']}>
            {advice.conflicts.map(({ question, positiveId, negativeId }) => (
              <li key={`${positiveId} ${negativeId}`}>
                <span dir="auto" className={styles['question']}>
                  <VisibleText text={question.slice(0, 300)} />
                </span>
                <Link href={routePath('entry', { id: positiveId })}>{types.POSITIVE}</Link>
                <Link href={routePath('entry', { id: negativeId })}>{types.NEGATIVE}</Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}
