import type { TrackedRead } from '../../contract.js';
import type { StreamFollower } from './stream-follower.js';
import type { PostgresTransaction } from './transaction.js';

type IsCurrent = TrackedRead<unknown>['isCurrent'];

export const never: IsCurrent = () => false;

/** What tells again and again whether what a transaction has read is still the same. It asks the database each time. */
export function trackReads(transaction: PostgresTransaction, follower: StreamFollower): IsCurrent {
  if (transaction.hasReadAcross) return never;
  const followed = [...transaction.reads].map(([state, { readSet, generation }]) => ({
    state,
    generation,
    newest: Math.max(...readSet.map(({ to }) => to)),
    isUnchanged: state.history.follow(readSet),
  }));
  const states = followed.map(({ state }) => state);
  let holds = true;
  // Checked before the database is asked as well: a state that was forgotten follows nothing.
  const isSame = (): boolean => (holds &&= followed.every(({ state, generation }) => state.generation === generation));
  const isUnchanged = (): boolean =>
    (holds &&= isSame() && followed.every(({ state, newest, isUnchanged }) => state.seq >= newest && isUnchanged()));
  return () => {
    if (!isSame() || states.length === 0) return holds;
    return follower.follow(states).then(isUnchanged, () => (holds = false));
  };
}
