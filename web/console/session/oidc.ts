/**
 * Signing in by OpenID Connect: authorization code with PKCE. The browser only ever goes to the issuer; what has to be
 * asked of it in the background, the server asks.
 */
import { isObject, isText, type JsonObject, parseJson, readClaims, toBase64Url } from './json.js';
import type { Platform } from './platform.js';
import { type PageReason, SignInError } from './sign-in-error.js';

const BASE = '/console/sign-in';
/** Where the issuer sends the browser back to. */
export const CALLBACK_PATH = `${BASE}/callback`;
export const HOME = '/console';
const PENDING_KEY = 'feedback-graph-sign-in';

export interface SignInConfiguration {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly clientId: string;
  readonly scopes: string;
  /** Further parameters of the address, such as `prompt`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Whether the issuer names itself when it sends the browser back (RFC 9207). */
  readonly namesItself: boolean;
}

/** Somebody who is signed in. */
export interface Session {
  /** The bearer token of requests. */
  readonly idToken: string;
  /** Without one the session ends with its token. */
  readonly refreshToken?: string;
  /** When the token ends by the clock of this browser, epoch ms, and how long it was valid for, ms. */
  readonly expiresAt: number;
  readonly lifetime: number;
  /** The same in all tabs, and after each renewal. */
  readonly id: string;
}

/** What is kept while the browser is at the issuer. */
interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly issuer: string;
  readonly namesItself: boolean;
  readonly returnTo: string;
}

/**
 * How people sign in at this server; undefined if with tokens alone.
 * @throws {SignInError} if the server, or the issuer behind it, cannot be reached
 */
export async function readConfiguration(platform: Pick<Platform, 'fetch'>): Promise<SignInConfiguration | undefined> {
  const body = await ask(platform, 'GET', 'configuration');
  if (body['enabled'] !== true) return undefined;
  const { issuer, authorization_endpoint: authorizationEndpoint, client_id: clientId, scopes } = body;
  if (!isText(issuer) || !isText(authorizationEndpoint) || !isText(clientId) || !isText(scopes)) {
    throw new SignInError('server');
  }
  const parameters = isObject(body['parameters']) ? body['parameters'] : {};
  return {
    issuer,
    authorizationEndpoint,
    clientId,
    scopes,
    parameters: Object.fromEntries(
      Object.entries(parameters).filter((each): each is [string, string] => isText(each[1])),
    ),
    namesItself: body['iss_parameter'] === true,
  };
}

/**
 * Begins a sign-in, and answers where the browser has to go now.
 * @param returnTo where to be once signed in: a path of the console; any other becomes its first screen
 * @throws {SignInError} if browsers have no cryptography on this page
 */
export async function beginSignIn(
  { issuer, authorizationEndpoint, clientId, scopes, parameters: further, namesItself }: SignInConfiguration,
  returnTo: string,
  platform: Pick<Platform, 'storage' | 'getRandomValues' | 'digest' | 'origin'>,
): Promise<string> {
  if (platform.digest === undefined) throw new SignInError('insecure');
  const [state, nonce, verifier] = [randomText(platform), randomText(platform), randomText(platform)];
  const challenge = toBase64Url(new Uint8Array(await platform.digest(new TextEncoder().encode(verifier))));
  const pending: PendingSignIn = { state, nonce, verifier, issuer, namesItself, returnTo: consolePath(returnTo) };
  platform.storage.setItem(PENDING_KEY, JSON.stringify(pending));
  const url = new URL(authorizationEndpoint);
  const parameters = {
    ...further,
    response_type: 'code',
    client_id: clientId,
    redirect_uri: platform.origin + CALLBACK_PATH,
    scope: scopes,
    state,
    nonce,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/**
 * Finishes the sign-in with the query of the address that the issuer sent the browser to. What was kept of it is gone
 * afterwards, however it ends, so that no address can be used twice. The caller takes the code out of the address bar.
 * @throws {SignInError}
 */
export async function finishSignIn(
  query: URLSearchParams,
  platform: Pick<Platform, 'fetch' | 'storage' | 'getRandomValues' | 'origin' | 'now'>,
): Promise<{ readonly session: Session; readonly returnTo: string }> {
  const pending = takePending(platform.storage);
  if (pending === undefined) throw new SignInError('not_begun');
  const code = readCode(query, pending);
  const issuer = query.get('iss');
  const body = await ask(platform, 'POST', 'token', {
    code,
    code_verifier: pending.verifier,
    redirect_uri: platform.origin + CALLBACK_PATH,
    nonce: pending.nonce,
    ...(issuer === null ? {} : { iss: issuer }),
  });
  const session = toSession(body, randomText(platform), platform.now());
  const claims = readClaims(session.idToken);
  if (claims?.['nonce'] !== pending.nonce) throw new SignInError('nonce');
  if (claims['iss'] !== pending.issuer) throw new SignInError('issuer');
  return { session, returnTo: pending.returnTo };
}

/** @throws {SignInError} if the query is not the issuer's answer to this sign-in, or says that there is no code */
function readCode(query: URLSearchParams, { state, issuer, namesItself }: PendingSignIn): string {
  // RFC 6749 section 3.1: none comes twice.
  if (['state', 'code', 'iss', 'error'].some((name) => query.getAll(name).length > 1)) throw new SignInError('state');
  if (query.get('state') !== state) throw new SignInError('state');
  const named = query.get('iss');
  if (named === null ? namesItself : named !== issuer) throw new SignInError('issuer');
  const error = query.get('error');
  if (error !== null) throw new SignInError(ANSWERED.get(error) ?? 'invalid_answer');
  const code = query.get('code');
  if (!isText(code)) throw new SignInError('invalid_answer');
  return code;
}

/** The errors of an authorization endpoint (RFC 6749 section 4.1.2.1, OpenID Connect Core 1.0 section 3.1.2.6). */
const ANSWERED: ReadonlyMap<string, PageReason> = new Map([
  ['access_denied', 'refused'],
  ['login_required', 'interaction'],
  ['interaction_required', 'interaction'],
  ['account_selection_required', 'interaction'],
  ['consent_required', 'interaction'],
  ['invalid_request', 'client'],
  ['invalid_scope', 'client'],
  ['unauthorized_client', 'client'],
  ['unsupported_response_type', 'client'],
  ['server_error', 'unreachable'],
  ['temporarily_unavailable', 'unreachable'],
]);

/** @throws {SignInError} if there is nothing to renew it with, the issuer does not renew it, or renews somebody else's */
export async function renewSession(session: Session, platform: Pick<Platform, 'fetch' | 'now'>): Promise<Session> {
  const { refreshToken } = session;
  if (refreshToken === undefined) throw new SignInError('expired');
  const body = await ask(platform, 'POST', 'token', { refresh_token: refreshToken });
  const renewed = { refreshToken, ...toSession(body, session.id, platform.now()) };
  const [before, after] = [readClaims(session.idToken), readClaims(renewed.idToken)];
  // OpenID Connect Core 1.0 section 12.2.
  if (before?.['sub'] !== after?.['sub'] || before?.['iss'] !== after?.['iss']) throw new SignInError('user');
  return renewed;
}

/**
 * Signs out at the issuer: its refresh token holds no longer. Answers where the browser may go to end its session at the
 * issuer as well. The ID token is not part of that address: it would stay in the history of the browser, and hold.
 */
export async function endSession(
  session: Session,
  clientId: string,
  platform: Pick<Platform, 'fetch' | 'origin'>,
): Promise<string | undefined> {
  const endpoint = await revokeSession(session, platform);
  if (endpoint === undefined) return undefined;
  const url = new URL(endpoint);
  url.searchParams.set('client_id', clientId);
  url.searchParams.set('post_logout_redirect_uri', platform.origin + HOME);
  return url.href;
}

/** Revokes the refresh token; answers where the issuer ends sessions of its own, if it does. */
export async function revokeSession(
  { refreshToken }: Session,
  platform: Pick<Platform, 'fetch'>,
): Promise<string | undefined> {
  const body = await ask(platform, 'POST', 'end', refreshToken === undefined ? {} : { refresh_token: refreshToken });
  const endpoint = body['end_session_endpoint'];
  return isText(endpoint) ? endpoint : undefined;
}

/** The path and query of a screen of the console; its first screen for all else. A fragment may hold a token, and is left out. */
export function consolePath(path: string): string {
  const base = 'https://console.invalid';
  if (!path.startsWith('/') || !URL.canParse(path, base)) return HOME;
  const { origin, pathname, search } = new URL(path, base);
  const isScreen = pathname === HOME || pathname.startsWith(`${HOME}/`);
  return origin === base && isScreen && !pathname.startsWith(`${BASE}/`) ? pathname + search : HOME;
}

function takePending(storage: Platform['storage']): PendingSignIn | undefined {
  const kept = parseJson(storage.getItem(PENDING_KEY));
  storage.removeItem(PENDING_KEY);
  if (!isObject(kept)) return undefined;
  const { state, nonce, verifier, issuer, namesItself, returnTo } = kept;
  if (!isText(state) || !isText(nonce) || !isText(verifier) || !isText(issuer) || !isText(returnTo)) return undefined;
  return { state, nonce, verifier, issuer, namesItself: namesItself === true, returnTo: consolePath(returnTo) };
}

/** 32 random bytes: 43 characters, as PKCE has it at least (RFC 7636 section 4.1). */
function randomText({ getRandomValues }: Pick<Platform, 'getRandomValues'>): string {
  return toBase64Url(getRandomValues(new Uint8Array(32)));
}

function toSession(body: JsonObject, id: string, now: number): Session {
  const { id_token: idToken, expires_in: seconds, refresh_token: refreshToken } = body;
  if (!isText(idToken) || typeof seconds !== 'number') throw new SignInError('server');
  const lifetime = seconds * 1000;
  return { idToken, expiresAt: now + lifetime, lifetime, id, ...(isText(refreshToken) && { refreshToken }) };
}

/** @throws {SignInError} with the reason that the server gives, if it is none of a success */
async function ask(
  platform: Pick<Platform, 'fetch'>,
  method: 'GET' | 'POST',
  name: string,
  body?: JsonObject,
): Promise<JsonObject> {
  let status: number;
  let answer: unknown;
  try {
    const response = await platform.fetch(`${BASE}/${name}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    ({ status } = response);
    answer = parseJson(await response.text());
  } catch (cause) {
    throw new SignInError('network', undefined, { cause });
  }
  if (status === 200 && isObject(answer)) return answer;
  if (status === 429) throw new SignInError('limit');
  const { reason, details } = isObject(answer) ? answer : {};
  if (isText(reason)) throw new SignInError(reason, isText(details) ? details : undefined);
  // A proxy answers so while the server is away.
  throw new SignInError(status >= 502 && status <= 504 ? 'network' : 'server');
}
