/** The documented limits on requests: per user and minute, per organization and hour. */
import { LRUCache } from 'lru-cache';
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
export type ConsumeRequests = (principal: Pick<Principal, 'sub' | 'org'>, points?: number) => LimitState | undefined;

/** @param maxIdentities how many users, and how many organizations, are counted at once at most */
export function createRequestLimits(
  { userPerMinute, orgPerHour }: RequestLimitSettings,
  maxIdentities = COUNTED_IDENTITIES,
): { readonly consume: ConsumeRequests } {
  const users = userPerMinute > 0 ? createKeyedLimit(userPerMinute, 60, maxIdentities) : undefined;
  const orgs = orgPerHour > 0 ? createKeyedLimit(orgPerHour, 3600, maxIdentities) : undefined;

  return {
    consume({ org, sub }, points = 1) {
      // JSON keeps the pairs apart: no two of them are written alike.
      const userKey = JSON.stringify([org, sub]);
      const user = scoped('user', users?.consume(userKey, points));
      if (user?.allowed === false) return user;
      const whole = scoped('organization', orgs?.consume(org, points));
      if (whole?.allowed === false) {
        users?.giveBack(userKey, points);
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
  readonly consume: (key: string, points: number) => KeyedState;
  readonly giveBack: (key: string, points: number) => void;
}

interface Window {
  used: number;
  /** On the clock of `performance.now()`, which nobody can set. */
  readonly endsAt: number;
}

/**
 * Counts at once, in memory: every request passes here, and those that come side by side are to see one another.
 * @param seconds the length of a window
 * @param maxKeys beyond, those that were idle longest start afresh
 */
export function createKeyedLimit(limit: number, seconds: number, maxKeys: number): KeyedLimit {
  const windows = new LRUCache<string, Window>({ max: maxKeys });

  const currentWindow = (key: string, time: number): Window => {
    const known = windows.get(key);
    if (known !== undefined && known.used > 0 && time < known.endsAt) return known;
    const window = { used: 0, endsAt: time + seconds * 1000 };
    windows.set(key, window);
    return window;
  };

  return {
    consume: (key, points) => {
      const time = performance.now();
      const window = currentWindow(key, time);
      const allowed = window.used + points <= limit;
      if (allowed) window.used += points;
      return {
        allowed,
        limit,
        remaining: limit - window.used,
        resetSeconds: Math.max(Math.ceil((window.endsAt - time) / 1000), 1),
      };
    },
    giveBack: (key, points) => {
      const window = windows.peek(key);
      // Another window may have begun in between: nobody is to have a credit in it.
      if (window !== undefined) window.used = Math.max(0, window.used - points);
    },
  };
}
