/** The console as a client of an issuer of OpenID Connect: redeems codes, renews and revokes. */
import type { JWTVerifyGetKey } from 'jose';
import { errors } from 'jose';
import * as oauth from 'oauth4webapi';
import { CLOCK_SKEW } from '../../principal.js';
import { type KeySetOptions, KeySetUnavailableError, remoteKeySet } from '../jwks.js';
import { createDiscovery, type DiscoveryOptions, IssuerUnavailableError, type ReadMetadata } from './discovery.js';
import { OpenIdError, type OpenIdReason } from './problem.js';
import { requestOptions } from './requests.js';
import type { OpenIdSettings } from './settings.js';

/** What came back from the issuer's page, with what the browser kept for it. */
export interface CodeGrant {
  readonly code: string;
  readonly codeVerifier: string;
  readonly redirectUri: string;
  readonly nonce: string;
  /** The parameter `iss` (RFC 9207), if there was one. */
  readonly issuer?: string | undefined;
}

export interface IssuedTokens {
  /** Its claims are checked, its signature is not. */
  readonly idToken: string;
  /** Absent if the issuer gave none: the one before, if any, goes on. */
  readonly refreshToken?: string;
}

export interface OpenIdClient {
  readonly settings: OpenIdSettings;
  /** @throws {OpenIdError} as all others do, with the reason for the person who signs in */
  readonly metadata: ReadMetadata;
  readonly redeem: (grant: CodeGrant) => Promise<IssuedTokens>;
  readonly renew: (refreshToken: string) => Promise<IssuedTokens>;
  /** Whether the token is revoked now; not if the issuer cannot revoke tokens. */
  readonly revoke: (refreshToken: string) => Promise<boolean>;
  /** Finds the keys of the issuer; see {@link remoteKeySet}. */
  readonly getKey: JWTVerifyGetKey;
}

export interface OpenIdClientOptions {
  readonly discovery?: DiscoveryOptions;
  readonly keySet?: KeySetOptions;
  /** Limit of one request to the issuer, ms. */
  readonly timeout?: number;
}

/** Ms. */
const TIMEOUT = 10_000;
/** Requests to the issuer at once: one that hangs must not fill the memory of this server. */
const MAX_REQUESTS = 32;

export function createOpenIdClient(settings: OpenIdSettings, options: OpenIdClientOptions = {}): OpenIdClient {
  const { issuer, clientId, clientSecret } = settings;
  const discover = createDiscovery(issuer, options.discovery);
  const request = requestOptions(issuer, options.timeout ?? TIMEOUT);
  const client: oauth.Client = { client_id: clientId, [oauth.clockTolerance]: CLOCK_SKEW };
  const limit = createLimit(MAX_REQUESTS);
  const metadata: ReadMetadata = () => discover().catch((error: unknown) => Promise.reject(toOpenIdError(error)));

  /** Asks the issuer, and tells why it does not answer as it should. */
  const ask = async <Answer>(
    act: (server: oauth.AuthorizationServer, authentication: oauth.ClientAuth) => Promise<Answer>,
  ): Promise<Answer> =>
    limit(async () => {
      try {
        const server = await discover();
        return await act(server, authenticationAt(server, clientSecret));
      } catch (error) {
        throw toOpenIdError(error);
      }
    });

  return {
    settings,
    metadata,
    redeem: (grant) =>
      ask(async (server, authentication) => {
        const parameters = new URLSearchParams({ code: grant.code });
        if (grant.issuer !== undefined) parameters.set('iss', grant.issuer);
        const answer = validateIssuer(server, client, parameters);
        const { redirectUri, codeVerifier, nonce } = grant;
        const response = await oauth.authorizationCodeGrantRequest(
          server,
          client,
          authentication,
          answer,
          redirectUri,
          codeVerifier,
          request,
        );
        return toTokens(
          await oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: nonce }),
        );
      }),
    renew: (refreshToken) =>
      ask(async (server, authentication) => {
        const response = await oauth.refreshTokenGrantRequest(server, client, authentication, refreshToken, request);
        return toTokens(await oauth.processRefreshTokenResponse(server, client, response));
      }),
    revoke: (refreshToken) =>
      ask(async (server, authentication) => {
        if (server.revocation_endpoint === undefined) return false;
        const kind = { token_type_hint: 'refresh_token' };
        const response = await oauth.revocationRequest(server, client, authentication, refreshToken, {
          ...request,
          additionalParameters: kind,
        });
        await oauth.processRevocationResponse(response);
        return true;
      }),
    getKey: keysOf(discover, options.keySet),
  };
}

/** The issuer's keys, where its metadata says that they are. */
function keysOf(discover: ReadMetadata, options?: KeySetOptions): JWTVerifyGetKey {
  let keySet: { readonly url: string; readonly getKey: JWTVerifyGetKey } | undefined;
  return async (header, token) => {
    // Nothing is fetched for what cannot hold.
    if (typeof header.kid !== 'string') throw new errors.JWKSNoMatchingKey();
    let url: string;
    try {
      url = (await discover()).jwks_uri;
    } catch (cause) {
      throw new KeySetUnavailableError('The metadata that names the key set cannot be fetched', { cause });
    }
    if (keySet?.url !== url) keySet = { url, getKey: remoteKeySet(url, options) };
    return keySet.getKey(header, token);
  };
}

/** HTTP Basic unless the issuer takes the secret in the body alone; it is what an issuer takes that says nothing. */
function authenticationAt(
  { token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] }: oauth.AuthorizationServer,
  secret: string | undefined,
): oauth.ClientAuth {
  if (secret === undefined) return oauth.None();
  return methods.includes('client_secret_post') && !methods.includes('client_secret_basic')
    ? oauth.ClientSecretPost(secret)
    : oauth.ClientSecretBasic(secret);
}

function validateIssuer(
  server: oauth.AuthorizationServer,
  client: oauth.Client,
  parameters: URLSearchParams,
): URLSearchParams {
  try {
    // The browser has checked it against its own.
    return oauth.validateAuthResponse(server, client, parameters, oauth.skipStateCheck);
  } catch (cause) {
    throw new OpenIdError('issuer', { cause });
  }
}

function toTokens({ id_token: idToken, refresh_token: refreshToken }: oauth.TokenEndpointResponse): IssuedTokens {
  if (idToken === undefined) throw new OpenIdError('no_id_token');
  return { idToken, ...(refreshToken !== undefined && { refreshToken }) };
}

function createLimit(max: number) {
  let taken = 0;
  return async <Result>(act: () => Promise<Result>): Promise<Result> => {
    if (taken >= max) throw new OpenIdError('busy');
    taken += 1;
    try {
      return await act();
    } finally {
      taken -= 1;
    }
  };
}

/** The error codes of a token endpoint (RFC 6749 section 5.2) that say something of the client or of its grant. */
const REASONS: ReadonlyMap<string, OpenIdReason> = new Map([
  ['invalid_client', 'client'],
  ['unauthorized_client', 'client'],
  ['unsupported_grant_type', 'client'],
  ['invalid_scope', 'client'],
  ['invalid_grant', 'grant'],
  ['interaction_required', 'grant'],
  ['login_required', 'grant'],
  ['temporarily_unavailable', 'unreachable'],
  ['server_error', 'unreachable'],
]);

function toOpenIdError(error: unknown): OpenIdError {
  if (error instanceof OpenIdError) return error;
  return new OpenIdError(reasonOf(error), { cause: error });
}

function reasonOf(error: unknown): OpenIdReason {
  if (error instanceof oauth.ResponseBodyError) return REASONS.get(error.error) ?? ofStatus(error.status);
  // Only what is said of the client comes as a challenge (RFC 6749 section 5.2).
  if (error instanceof oauth.WWWAuthenticateChallengeError)
    return error.status === 401 ? 'client' : ofStatus(error.status);
  if (error instanceof IssuerUnavailableError) return error.cause === undefined ? 'unreachable' : reasonOf(error.cause);
  if (!(error instanceof oauth.OperationProcessingError))
    return isNetworkError(error) ? 'unreachable' : 'invalid_answer';
  const { code, cause } = error;
  if (code === oauth.JWT_TIMESTAMP_CHECK) return 'clock';
  if (code === oauth.JWT_CLAIM_COMPARISON) return claimOf(cause) === 'nonce' ? 'nonce' : 'token';
  if (cause instanceof Response) return ofStatus(cause.status);
  return 'invalid_answer';
}

function ofStatus(status: number): OpenIdReason {
  return status >= 500 || status === 429 ? 'unreachable' : 'invalid_answer';
}

/** `fetch` says so of whatever keeps it from an answer, and an ended signal of its time. Those with a code are oauth4webapi's. */
function isNetworkError(error: unknown): boolean {
  return error instanceof Error && ['TypeError', 'TimeoutError', 'AbortError'].includes(error.name) && !hasCode(error);
}

function hasCode(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string';
}

function claimOf(cause: unknown): unknown {
  return typeof cause === 'object' && cause !== null && 'claim' in cause ? cause.claim : undefined;
}
