/** What the console's pages ask of this server to sign people in over an issuer of OpenID Connect. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { InvalidInputError, RateLimitedError, UnavailableError } from '../../errors.js';
import { omitNullish } from '../../omit-nullish.js';
import { createWindowCounts } from '../../store/window-counts.js';
import { toNetwork } from '../address-limit.js';
import type { Application } from '../application.js';
import type { Authenticate } from '../authentication.js';
import type { ClientAddresses } from '../client-address.js';
import { errorBody, errorHeaders } from '../error-body.js';
import { whatIsLeft } from '../request-limits.js';
import { SignInError, type SignInFailure } from '../sign-in-failure.js';
import type { IssuedTokens, OpenIdClient } from './client.js';
import { ownOrigin } from './own-origin.js';
import { OpenIdError, type OpenIdReason } from './problem.js';

const BASE = '/console/sign-in';
/** Where the issuer sends the browser back to, on this server. */
export const CALLBACK_PATH = `${BASE}/callback`;
/** Bytes. Tokens of issuers that write groups into them are large. */
const BODY_LIMIT = 32 * 1024;
/** Requests from one address in a minute, each of which is one to the issuer: people behind one address renew as well. */
const REQUESTS_PER_MINUTE = 300;
const COUNTED_ADDRESSES = 20_000;

export interface OpenIdRoutesOptions {
  /** Undefined if people sign in with tokens alone. */
  readonly client: OpenIdClient | undefined;
  /** Judges the issuer's tokens as any request's. */
  readonly authenticate: Authenticate;
  readonly addresses: ClientAddresses;
  /** Whether requests are counted by address at all. */
  readonly isLimited: boolean;
  /** Epoch ms. */
  readonly now: () => number;
}

const text = Type.String({ minLength: 1, maxLength: 16_384 });

const TokenBody = Type.Object(
  {
    code: Type.Optional(text),
    // RFC 7636 section 4.1.
    code_verifier: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9._~-]{43,128}$' })),
    redirect_uri: Type.Optional(text),
    nonce: Type.Optional(Type.String({ minLength: 16, maxLength: 256 })),
    iss: Type.Optional(text),
    refresh_token: Type.Optional(text),
  },
  { additionalProperties: false },
);

type TokenRequest = Static<typeof TokenBody>;

const EndBody = Type.Object({ refresh_token: Type.Optional(text) }, { additionalProperties: false });

/**
 * `GET configuration` tells a page where to send the browser, `POST token` redeems the code that it comes back with, or
 * renews, and `POST end` signs out. All without a token of ours, and the last two for the pages of this server alone.
 * The server keeps nothing between them, so that any server of a store can answer each.
 */
export function openIdRoutes(
  application: Application,
  { client, authenticate, addresses, isLimited, now }: OpenIdRoutesOptions,
): void {
  if (client === undefined) {
    application.get(`${BASE}/configuration`, { config: { public: true } }, () => ({ enabled: false }));
    return;
  }
  const count = createAddressCount(addresses, isLimited);
  const forOurPages = (request: FastifyRequest): string => {
    const origin = ownOrigin(request);
    if (origin === undefined) throw new OpenIdError('origin');
    return origin;
  };
  const answerProblem = (error: Error, request: FastifyRequest, reply: FastifyReply): unknown => {
    if (!(error instanceof OpenIdError)) throw error;
    logProblem(request, error);
    const shown = error.toApiError();
    return reply
      .code(shown.status)
      .headers(errorHeaders(shown))
      .send({ ...errorBody(shown), reason: error.reason });
  };
  const open = { config: { public: true }, bodyLimit: BODY_LIMIT, errorHandler: answerProblem };
  const guarded = {
    ...open,
    onRequest: async (request: FastifyRequest) => {
      forOurPages(request);
      count(request);
      return Promise.resolve();
    },
  };

  application.get(`${BASE}/configuration`, open, async () => {
    const { authorization_endpoint: endpoint, ...metadata } = await client.metadata();
    return {
      enabled: true,
      issuer: client.settings.issuer,
      authorization_endpoint: endpoint,
      client_id: client.settings.clientId,
      scopes: client.settings.scopes,
      parameters: client.settings.parameters ?? {},
      iss_parameter: metadata.authorization_response_iss_parameter_supported === true,
    };
  });

  application.post(`${BASE}/token`, { ...guarded, schema: { body: TokenBody } }, async (request) => {
    const tokens = await obtain(client, request.body, forOurPages(request));
    return judge(tokens, authenticate, now);
  });

  application.post(`${BASE}/end`, { ...guarded, schema: { body: EndBody } }, async ({ body, log }) => {
    const revoked =
      body.refresh_token !== undefined &&
      (await client.revoke(body.refresh_token).catch((error: unknown) => {
        // Whoever signs out is signed out here in any case.
        log.warn(
          { reason: error instanceof OpenIdError ? error.reason : undefined },
          'a refresh token could not be revoked at the issuer',
        );
        return false;
      }));
    const { end_session_endpoint: endpoint } = await client
      .metadata()
      .catch(() => ({ end_session_endpoint: undefined }));
    return { revoked, ...omitNullish({ end_session_endpoint: endpoint }) };
  });
}

/**
 * Redeems the code, or renews.
 * @throws {InvalidInputError} if the body has what is needed for neither
 */
function obtain(client: OpenIdClient, body: TokenRequest, origin: string): Promise<IssuedTokens> {
  const {
    code,
    code_verifier: codeVerifier,
    redirect_uri: redirectUri,
    nonce,
    iss,
    refresh_token: refreshToken,
  } = body;
  if (refreshToken !== undefined) return client.renew(refreshToken);
  if (code === undefined || codeVerifier === undefined || redirectUri === undefined || nonce === undefined) {
    throw new InvalidInputError([
      { field: 'body', problem: "must have 'refresh_token', or 'code', 'code_verifier', 'redirect_uri' and 'nonce'" },
    ]);
  }
  // A code that was sent elsewhere was not meant for this server.
  if (redirectUri !== origin + CALLBACK_PATH) throw new OpenIdError('redirect_uri');
  return client.redeem({ code, codeVerifier, redirectUri, nonce, issuer: iss });
}

/** @throws {OpenIdError} if the token would not be accepted with a request */
async function judge({ idToken, refreshToken }: IssuedTokens, authenticate: Authenticate, now: () => number) {
  let expiresAt: number;
  try {
    ({ expiresAt } = await authenticate(`Bearer ${idToken}`));
  } catch (cause) {
    if (cause instanceof SignInError) throw new OpenIdError(REFUSALS[cause.reason], { cause });
    throw cause instanceof UnavailableError ? new OpenIdError('unreachable', { cause }) : cause;
  }
  return {
    id_token: idToken,
    // Not when it expires, since the clock of whoever asks may differ.
    expires_in: Math.max(0, Math.floor((expiresAt - now()) / 1000)),
    ...omitNullish({ refresh_token: refreshToken }),
  };
}

/** Clients of the API are not told why a token does not hold; whoever has just come from the issuer is. */
const REFUSALS: Readonly<Record<SignInFailure, OpenIdReason>> = {
  missing: 'token',
  malformed: 'token',
  signature: 'token',
  issuer: 'token',
  audience: 'token',
  expired: 'clock',
  not_yet_valid: 'clock',
  claims: 'claims',
  lifetime: 'lifetime',
  revoked: 'revoked',
};

/** What the operator has to mend is a warning; that a sign-in has expired is not. */
function logProblem({ log }: FastifyRequest, { reason, cause }: OpenIdError): void {
  const isOperators = !['origin', 'redirect_uri', 'grant', 'revoked'].includes(reason);
  // Its message alone: what else is in it may hold the issuer's answer, and with it tokens.
  const problem = cause instanceof Error ? cause.message : undefined;
  if (isOperators) log.warn({ reason, problem }, 'a sign-in over the issuer failed');
}

function createAddressCount(addresses: ClientAddresses, isLimited: boolean) {
  const counts = createWindowCounts({ maxNames: COUNTED_ADDRESSES });
  return ({ raw }: FastifyRequest): void => {
    if (!isLimited) return;
    const name = toNetwork(addresses.addressOf(raw));
    const charge = { name, points: 1, limit: REQUESTS_PER_MINUTE, milliseconds: 60_000 };
    const { refusedBy, states } = counts.charge([charge]);
    const [state] = states;
    if (refusedBy === undefined || state === undefined) return;
    const { resetSeconds } = whatIsLeft(REQUESTS_PER_MINUTE, state);
    throw new RateLimitedError(
      `The limit of ${REQUESTS_PER_MINUTE} sign-ins and renewals per address and minute is exhausted; it resets in ${resetSeconds} s`,
      resetSeconds,
    );
  };
}
