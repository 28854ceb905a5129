/** The documented limits on requests: per user and minute, per organization and hour. */
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { ApiError } from '../errors.js';
import type { Principal } from '../principal.js';

/** Beyond so many, those that were idle longest start afresh, so that memory is bounded however many users come. */
const COUNTED_IDENTITIES = 100_000;

export interface RequestLimitSettings {
  /** Requests that one user of one organization may make in a minute; 0 turns the limit off. */
  readonly userPerMinute: number;
  /** Requests that all users of one organization may make in an hour; 0 turns the limit off. */
  readonly orgPerHour: number;
}

export type LimitScope = 'user' | 'organization';

/** Where one limit stands after a request. */
export interface LimitState {
  readonly allowed: boolean;
  /** Whose requests are counted. */
  readonly scope: LimitScope;
  readonly limit: number;
  /** Requests left until the limit is reset; never negative. */
  readonly remaining: number;
  /** Seconds until the whole limit is there again, rounded up. */
  readonly resetSeconds: number;
}

/** The error for a request that a limit refuses. */
export function overRequestLimit({ scope, limit, resetSeconds }: LimitState): ApiError {
  const counted = scope === 'user' ? 'per user and minute' : 'per organization and hour';
  return new ApiError(
    'RATE_LIMITED',
    `The limit of ${limit} requests ${counted} is exhausted; it resets in ${resetSeconds} s`,
  );
}

/**
 * Counts a request, or several at once (`points`), all of them or none, against both limits. Answers where the limit
 * stands that refused it, else the one with the least left; nothing if both are off.
 */
export type ConsumeRequests = (
  principal: Pick<Principal, 'sub' | 'org'>,
  points?: number,
) => Promise<LimitState | undefined>;

/** @param maxIdentities how many users, and how many organizations, are counted at once at most */
export function createRequestLimits(
  { userPerMinute, orgPerHour }: RequestLimitSettings,
  maxIdentities = COUNTED_IDENTITIES,
): { readonly consume: ConsumeRequests } {
  const users = userPerMinute > 0 ? createKeyedLimit(userPerMinute, 60, maxIdentities) : undefined;
  const orgs = orgPerHour > 0 ? createKeyedLimit(orgPerHour, 3600, maxIdentities) : undefined;

  return {
    async consume({ org, sub }, points = 1) {
      // JSON keeps the pairs apart: no two of them are written alike.
      const userKey = JSON.stringify([org, sub]);
      const user = scoped('user', await users?.consume(userKey, points));
      if (user?.allowed === false) return user;
      const whole = scoped('organization', await orgs?.consume(org, points));
      if (whole?.allowed === false) {
        await users?.giveBack(userKey, points);
        return whole;
      }
      if (user === undefined || whole === undefined) return user ?? whole;
      return user.remaining <= whole.remaining ? user : whole;
    },
  };
}

function scoped(scope: LimitScope, state: KeyedState | undefined): LimitState | undefined {
  return state && { ...state, scope };
}

/** Where the limit of one key stands after a request. */
export type KeyedState = Omit<LimitState, 'scope'>;

/** Counts by key, up to a limit, in windows that begin with a key's first request. */
export interface KeyedLimit {
  /** Counts all points or none. */
  readonly consume: (key: string, points: number) => Promise<KeyedState>;
  readonly giveBack: (key: string, points: number) => Promise<void>;
}

/**
 * @param seconds the length of a window
 * @param maxKeys beyond, those that were idle longest start afresh
 */
export function createKeyedLimit(limit: number, seconds: number, maxKeys: number): KeyedLimit {
  const limiter = new RateLimiterMemory({ points: limit, duration: seconds, keyPrefix: '' });
  const keys = new LRUCache<string, true>({
    max: maxKeys,
    dispose: (_, key, reason) => {
      if (reason === 'evict') void limiter.delete(key);
    },
  });

  /** The limiter counts what it refuses, too, so that one batch that is too large would use up the whole window. */
  async function giveBack(key: string, points: number): Promise<void> {
    const { consumedPoints } = await limiter.reward(key, points);
    // Below zero the window has ended in between: nobody is to start the next one with a credit.
    if (consumedPoints <= 0) await limiter.delete(key);
  }

  async function consume(key: string, points: number): Promise<KeyedState> {
    keys.set(key, true);
    try {
      return stateOf(limit, await limiter.consume(key, points), 0);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      await giveBack(key, points);
      return stateOf(limit, refusal, points);
    }
  }

  return { consume, giveBack };
}

function stateOf(limit: number, { consumedPoints, msBeforeNext }: RateLimiterRes, refused: number): KeyedState {
  return {
    allowed: refused === 0,
    limit,
    remaining: Math.max(limit - (consumedPoints - refused), 0),
    resetSeconds: Math.max(Math.ceil(msBeforeNext / 1000), 1),
  };
}
