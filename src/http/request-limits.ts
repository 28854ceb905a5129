/** The documented limits on requests: per user and minute, per organization and hour. */
import { ApiError } from '../errors.js';
import type { Principal } from '../principal.js';
import type { Charge, ChargeOutcome, ChargeState, CountCharges } from '../store/contract.js';

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
 * stands that refused it, else the one with the least left; nothing if both are off. Answers at once unless other servers
 * count as well.
 */
export type ConsumeRequests = (
  principal: Pick<Principal, 'sub' | 'org'>,
  points?: number,
) => LimitState | undefined | Promise<LimitState | undefined>;

interface ScopedCharge extends Charge {
  readonly scope: LimitScope;
}

const MINUTE = 60_000;
const HOUR = 3_600_000;

export function createRequestLimits(
  { userPerMinute, orgPerHour }: RequestLimitSettings,
  count: CountCharges,
): { readonly consume: ConsumeRequests } {
  return {
    consume: ({ org, sub }, points = 1) => {
      const charges: ScopedCharge[] = [];
      // JSON keeps the names apart: no two of them are written alike.
      if (userPerMinute > 0) {
        const name = JSON.stringify(['user', org, sub]);
        charges.push({ scope: 'user', name, points, limit: userPerMinute, milliseconds: MINUTE });
      }
      if (orgPerHour > 0) {
        const name = JSON.stringify(['organization', org]);
        charges.push({ scope: 'organization', name, points, limit: orgPerHour, milliseconds: HOUR });
      }
      if (charges.length === 0) return undefined;
      const outcome = count(charges);
      return outcome instanceof Promise
        ? outcome.then((counted) => toLimitState(charges, counted))
        : toLimitState(charges, outcome);
    },
  };
}

function toLimitState(charges: readonly ScopedCharge[], { refusedBy, states }: ChargeOutcome): LimitState | undefined {
  const limits = charges.flatMap(({ scope, limit }, nth) => {
    const state = states[nth];
    return state === undefined ? [] : [{ allowed: refusedBy === undefined, scope, limit, ...whatIsLeft(limit, state) }];
  });
  if (refusedBy !== undefined) return limits[refusedBy];
  return limits.reduce<LimitState | undefined>(
    (least, limit) => (least !== undefined && least.remaining <= limit.remaining ? least : limit),
    undefined,
  );
}

/** What is left of a limit, and in how many seconds all of it is there again, rounded up. */
export function whatIsLeft(
  limit: number,
  { used, resetMilliseconds }: ChargeState,
): Pick<LimitState, 'remaining' | 'resetSeconds'> {
  return {
    remaining: Math.max(limit - used, 0),
    resetSeconds: Math.max(Math.ceil(resetMilliseconds / 1000), 1),
  };
}
