/** Authentication with what guards it: a limit by address in front of it, counts of failures, and lines in the log. */
import type { IncomingMessage } from 'node:http';
import type { FastifyBaseLogger } from 'fastify';
import { RateLimitedError } from '../errors.js';
import type { Principal } from '../principal.js';
import { createWindowCounts } from '../store/window-counts.js';
import { toNetwork } from './address-limit.js';
import type { Authenticate } from './authentication.js';
import type { ClientAddresses } from './client-address.js';
import { whatIsLeft } from './request-limits.js';
import { SIGN_IN_FAILURES, SignInError, type SignInFailure } from './sign-in-failure.js';

/** Between two lines of the log about one address, ms. */
const LOGGED_EVERY = 60_000;
/** Addresses that are logged in that time; failures from others are counted alone. */
const LOGGED_ADDRESSES = 1_000;
/** Addresses counted at once; beyond, those that were idle longest start afresh. */
const COUNTED_ADDRESSES = 100_000;

/**
 * The principal of an `Authorization` header that came with this request.
 * @throws {SignInError} if there is no token or it does not hold
 * @throws {RateLimitedError} if its address has sent too many requests without a valid token
 */
export type SignIn = (authorization: string | undefined, request: IncomingMessage) => Promise<Principal>;

export interface SignInOptions {
  readonly authenticate: Authenticate;
  readonly addresses: ClientAddresses;
  /** Requests without a valid token per address and minute; 0 turns the limit off. */
  readonly perMinute: number;
  readonly logger: FastifyBaseLogger;
  /** Epoch ms. */
  readonly now: () => number;
}

export interface SignInGuard {
  readonly signIn: SignIn;
  /**
   * Counts a request that needs no token.
   * @throws {RateLimitedError}
   */
  readonly countAnonymous: (request: IncomingMessage) => void;
  /** How many sign-ins have failed since the start, by reason. */
  readonly failures: ReadonlyMap<SignInFailure, number>;
}

export function createSignIn({ authenticate, addresses, perMinute, logger, now }: SignInOptions): SignInGuard {
  const limit = perMinute === 0 ? undefined : createWindowCounts({ maxNames: COUNTED_ADDRESSES });
  const failures = new Map<SignInFailure, number>(SIGN_IN_FAILURES.map((reason) => [reason, 0]));
  const logFailure = createFailureLog(logger, now);
  const warnOfProxy = createProxyWarning(addresses, logger);

  function count(network: string): void {
    const charge = { name: network, points: 1, limit: perMinute, milliseconds: 60_000 };
    const outcome = limit?.charge([charge]);
    const [state] = outcome?.states ?? [];
    if (outcome?.refusedBy === undefined || state === undefined) return;
    const { resetSeconds } = whatIsLeft(perMinute, state);
    throw new RateLimitedError(
      `The limit of ${perMinute} requests without a valid token per address and minute is exhausted; ` +
        `it resets in ${resetSeconds} s`,
      resetSeconds,
    );
  }

  return {
    failures,
    countAnonymous: (request) => {
      count(toNetwork(addresses.addressOf(request)));
    },
    signIn: async (authorization, request) => {
      const network = toNetwork(addresses.addressOf(request));
      warnOfProxy(request);
      count(network);
      try {
        const principal = await authenticate(authorization);
        // The limits of the user and the organization count these.
        limit?.giveBack(network, 1);
        return principal;
      } catch (error) {
        if (error instanceof SignInError) {
          failures.set(error.reason, (failures.get(error.reason) ?? 0) + 1);
          logFailure(network, error.reason);
        } else limit?.giveBack(network, 1);
        throw error;
      }
    },
  };
}

/** Logs at most one failure per address and minute, and those of a bounded number of addresses. */
function createFailureLog(logger: FastifyBaseLogger, now: () => number) {
  const logged = new Map<string, number>();
  return (address: string, reason: SignInFailure): void => {
    const time = now();
    // In the order in which they were logged, the oldest first.
    for (const [other, at] of logged) {
      if (time - at < LOGGED_EVERY) break;
      logged.delete(other);
    }
    if (logged.has(address) || logged.size >= LOGGED_ADDRESSES) return;
    logged.set(address, time);
    logger.warn({ address, reason }, 'a sign-in failed; others from this address in the next minute are only counted');
  };
}

/** Warns once if requests come through a proxy that is not trusted: the limits then count all of its clients as one. */
function createProxyWarning({ isProxy }: ClientAddresses, logger: FastifyBaseLogger) {
  let warned = false;
  return ({ headers, socket }: IncomingMessage): void => {
    if (warned || headers['x-forwarded-for'] === undefined || isProxy(socket.remoteAddress ?? '')) return;
    warned = true;
    logger.warn(
      { address: socket.remoteAddress },
      'a request came with X-Forwarded-For from an address that is not in FEEDBACK_TRUSTED_PROXIES; ' +
        'if it is your proxy, limits count all its clients as one address',
    );
  };
}
