/** How much live one user may have, and for how long. */
import { CLOCK_SKEW, type Principal } from '../principal.js';

export interface LiveSettings {
  /** WebSockets and change streams together. */
  readonly connectionsPerUser: number;
  /** Over all WebSockets of the user. */
  readonly subscriptionsPerUser: number;
  /** What waits in memory for one WebSocket at most. */
  readonly bufferBytes: number;
  /** Between signs of life; who takes nothing for as long is cut off. */
  readonly heartbeatSeconds: number;
  /** How long the client of a WebSocket may take to say who it is. */
  readonly initSeconds: number;
  /** WebSockets whose clients have not said yet who they are. */
  readonly unknownConnections: number;
  /** Of these, those from one address. */
  readonly unknownPerAddress: number;
}

/** Gives back what was taken; once, however often it is called. */
export type Release = () => void;

/** How many of something each user of each organization may have at once. */
export interface ConcurrencyLimit {
  /** How many one user may have. */
  readonly maximum: number;
  /** How many are taken, by all users together. */
  readonly taken: number;
  /** Undefined if the user has all that one may have. */
  take(principal: Pick<Principal, 'sub' | 'org'>): Release | undefined;
}

export function createConcurrencyLimit(maximum: number): ConcurrencyLimit {
  const byUser = new Map<string, number>();
  let taken = 0;

  const change = (user: string, by: 1 | -1): void => {
    const count = (byUser.get(user) ?? 0) + by;
    if (count === 0) byUser.delete(user);
    else byUser.set(user, count);
    taken += by;
  };

  return {
    maximum,
    get taken() {
      return taken;
    },
    take: ({ org, sub }) => {
      // JSON keeps the pairs apart: no two of them are written alike.
      const user = JSON.stringify([org, sub]);
      if ((byUser.get(user) ?? 0) >= maximum) return undefined;
      change(user, 1);
      let released = false;
      return () => {
        if (!released) change(user, -1);
        released = true;
      };
    },
  };
}

/** The longest that a timer can wait, ms. */
const MAX_TIMER_DELAY = 2 ** 31 - 1;

/** Calls back once a token is no longer honoured, as a new request with it would not be. */
export function onExpiry({ expiresAt }: Pick<Principal, 'expiresAt'>, now: () => number, expired: () => void): Release {
  const until = expiresAt + CLOCK_SKEW * 1000;
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const remaining = until - now();
    timer = setTimeout(remaining > MAX_TIMER_DELAY ? arm : expired, Math.min(Math.max(remaining, 0), MAX_TIMER_DELAY));
    timer.unref();
  };
  arm();
  return () => clearTimeout(timer);
}
