import { createTurns, startStretches, type Stretches } from '../../yield-to-event-loop.js';

/** One operation while it runs. */
export interface OperationTask extends Pick<Stretches, 'shouldYield' | 'turn' | 'atEndOfStretch'> {
  /** Passes a value on: at once, or once the operation has its turn, if operations have computed for long enough. */
  readonly pass: <Value>(value: Value) => Value | Promise<Value>;
  /** Lets others have their turn, if operations have computed for long enough. */
  readonly giveWay: () => Promise<void> | undefined;
}

/** Cooperative scheduling: operations compute in turns with each other, and with all other long work. */
export interface Scheduler {
  readonly start: () => OperationTask;
}

/** @param milliseconds how long a stretch is, in a rotation of its own; for tests. */
export function createScheduler(milliseconds?: number): Scheduler {
  const begin = milliseconds === undefined ? startStretches : createTurns(milliseconds).start;
  return {
    start: () => {
      const { shouldYield, turn, isWaiting, atEndOfStretch } = begin();
      return {
        shouldYield,
        turn,
        atEndOfStretch,
        pass: (value) => (!isWaiting() && !shouldYield() ? value : turn().then(() => value)),
        giveWay: () => (shouldYield() ? turn() : undefined),
      };
    },
  };
}
