/** Who a request acts for, by its `Authorization: Bearer` token (RFC 6750, RFC 7519). */
import { hash } from 'node:crypto';
import { jwtVerify, type JWTVerifyGetKey } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { ERASED_NAME } from '../audit/actor-note.js';
import { UnavailableError } from '../errors.js';
import { idProblem } from '../model/input.js';
import { omitNullish } from '../omit-nullish.js';
import {
  DEFAULT_ROLE,
  isPermission,
  isRole,
  type Permission,
  permissionsNamed,
  permissionsOf,
  type Role,
} from '../permissions.js';
import { CLOCK_SKEW, type Principal, type TokenScope } from '../principal.js';
import { KEY_SET_DEFAULTS, type KeySetOptions, KeySetUnavailableError, remoteKeySet } from './jwks.js';
import { type KeySource, publicKey, secretKey, type VerificationKey } from './keys.js';
import { type OpenIdTokens, requireUsableToken, speaksForIssuer } from './openid/tokens.js';
import { classifyFailure, SignInError } from './sign-in-failure.js';

/** Bytes. */
const MAX_TOKEN_BYTES = 16 * 1024;
const DEFAULT_ORG = 'default';
const CACHED_TOKENS = 10_000;

/** One for each kind of key that a key set may hold. */
const KEY_SET_ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];

/** Three parts of base64url, the signature included (RFC 7515 section 7.1); the scheme in any case (RFC 9110 section 11.1). */
const BEARER = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;

export interface AuthenticationOptions {
  /** The `iss` that a token must have. */
  readonly issuer?: string | undefined;
  /** An `aud` that a token must have. */
  readonly audience?: string | undefined;
  /** Seconds for which a token may be valid at most, from when it was issued and from now. */
  readonly maxLifetime?: number | undefined;
  /** Epoch ms. */
  readonly now?: () => number;
  /** The claim with the roles, a dotted path; `roles` by default. `scope` is read besides. */
  readonly rolesClaim?: string | undefined;
  /** The claim with the organization, a dotted path; `org` by default. */
  readonly orgClaim?: string | undefined;
  /** Refuses tokens that name no organization. */
  readonly requireOrg?: boolean | undefined;
  /** The role of tokens that name no role or permission of ours. */
  readonly defaultRole?: Role | undefined;
  /** Told of what a token names that is no role or permission of ours. */
  readonly onUnknownNames?: (names: readonly string[]) => void;
  /** Whether a token that holds was revoked. */
  readonly isRevoked?: ((principal: Principal) => boolean) | undefined;
  /** The secret of the tokens that this server issues itself, if that is not the secret of all tokens. */
  readonly issuedWith?: (() => string | undefined) | undefined;
  /** The issuer whose tokens are accepted beside those of the configured key. */
  readonly openId?: OpenIdTokens | undefined;
  /** How a key set is fetched. */
  readonly keySet?: KeySetOptions;
}

/** The `kid` of tokens that the server has issued with its own secret beside the key of another issuer. */
export const OWN_KEY_ID = 'feedback-graph:issued';

/**
 * The principal of an `Authorization` header.
 *
 * Refused with a `SignInError` if there is no token or it does not hold, whatever the reason, and with an
 * `UnavailableError` if it cannot be judged, because the key set cannot be fetched.
 */
export type Authenticate = (authorization: string | undefined) => Promise<Principal>;

/** The payload, or the promise of it, of a token whose signature, times, issuer and audience hold. Throws otherwise. */
type Verify = (token: string, now: number) => unknown;

/** @throws {KeyError} if the key is not allowed. */
export function createAuthenticator(source: KeySource, options: AuthenticationOptions = {}): Authenticate {
  const { now = Date.now, keySet = {}, maxLifetime = Number.POSITIVE_INFINITY } = options;
  const verify = withOwnSecret(withOpenId(createVerify(source, options), source, options), options);
  // What is withdrawn from a key set is no longer honoured once the set would have been fetched anew.
  const hasKeySet = source.kind === 'jwks' || options.openId !== undefined;
  const maxAge = hasKeySet ? (keySet.maxAge ?? KEY_SET_DEFAULTS.maxAge) : Number.POSITIVE_INFINITY;
  const cache = new LRUCache<string, { readonly principal: Principal; readonly until: number }>({ max: CACHED_TOKENS });

  return async (authorization) => {
    if (authorization === undefined) throw new SignInError('missing');
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined || token.length > MAX_TOKEN_BYTES) throw new SignInError('malformed');

    const time = now();
    const digest = hash('sha256', token, 'base64');
    const cached = cache.get(digest);
    if (cached !== undefined && time < cached.until) return unlessRevoked(cached.principal, options);

    const principal = toPrincipal(await judge(verify, token, time), { ...options, time, maxLifetime });
    cache.set(digest, { principal, until: Math.min(principal.expiresAt + CLOCK_SKEW * 1000, time + maxAge) });
    return unlessRevoked(principal, options);
  };
}

function unlessRevoked(principal: Principal, { isRevoked }: AuthenticationOptions): Principal {
  if (isRevoked?.(principal) === true) throw new SignInError('revoked');
  return principal;
}

async function judge(verify: Verify, token: string, now: number): Promise<unknown> {
  try {
    return await verify(token, now);
  } catch (error) {
    if (!(error instanceof KeySetUnavailableError)) throw new SignInError(classifyFailure(error), { cause: error });
    throw new UnavailableError(
      'Tokens cannot be verified now, because the keys of their issuer cannot be fetched',
      KEY_SET_DEFAULTS.failureCooldown / 1000,
      { cause: error },
    );
  }
}

function createVerify(source: KeySource, options: AuthenticationOptions): Verify {
  switch (source.kind) {
    case 'secret':
      return verifyWith(secretKey(source.secret), options);
    case 'publicKey':
      return verifyWith(publicKey(source.pem), options);
    case 'jwks':
      return verifyWithJose(remoteKeySet(source.url, options.keySet), KEY_SET_ALGORITHMS, options);
  }
}

/**
 * Judges tokens of the issuer at which people sign in by its keys alone, and all others by the configured key alone. A
 * token of that issuer that is meant for somebody else is left to a configured public key or key set that may be its.
 */
function withOpenId(verify: Verify, { kind }: KeySource, options: AuthenticationOptions): Verify {
  const { openId, audience, issuer } = options;
  if (openId === undefined) return verify;
  const audiences = [openId.clientId, ...(audience === undefined ? [] : [audience])];
  const verifyOpenId = verifyWithJose(openId.getKey, KEY_SET_ALGORITHMS, {
    issuer: openId.issuer,
    audience: audiences,
  });
  const mayBeConfigured = kind !== 'secret' && (issuer === undefined || issuer === openId.issuer);
  return (token, now) => {
    const claims: unknown = jsonwebtoken.decode(token);
    const isMeantForUs = speaksForIssuer(claims, openId.issuer, audiences);
    if (isMeantForUs === undefined || (!isMeantForUs && mayBeConfigured)) return verify(token, now);
    requireUsableToken(token);
    return verifyOpenId(token, now);
  };
}

/** Judges tokens with our key id by our secret alone, and all others by the configured key alone. */
function withOwnSecret(verify: Verify, options: AuthenticationOptions): Verify {
  return (token, now) => {
    const secret = options.issuedWith?.();
    if (secret === undefined || jsonwebtoken.decode(token, { complete: true })?.header.kid !== OWN_KEY_ID) {
      return verify(token, now);
    }
    return verifyWith(secretKey(secret), options)(token, now);
  };
}

function verifyWith({ key, algorithm }: VerificationKey, options: AuthenticationOptions): Verify {
  if (algorithm === 'EdDSA') return verifyWithJose(() => key, [algorithm], options);
  const { issuer, audience } = options;
  return (token, now) => {
    const { header, payload } = jsonwebtoken.verify(token, key, {
      algorithms: [algorithm],
      issuer,
      audience,
      clockTimestamp: Math.floor(now / 1000),
      clockTolerance: CLOCK_SKEW,
      complete: true,
    });
    // RFC 7515 section 4.1.11: extensions that must be understood, and jsonwebtoken understands none.
    if ('crit' in header) throw new Error('The token has critical extensions');
    return payload;
  };
}

/** For what jsonwebtoken cannot do: EdDSA and key sets. */
function verifyWithJose(
  getKey: JWTVerifyGetKey,
  algorithms: string[],
  { issuer, audience }: { readonly issuer?: string | undefined; readonly audience?: string | string[] | undefined },
): Verify {
  return async (token, now) => {
    const { payload } = await jwtVerify(token, getKey, {
      algorithms,
      ...(issuer !== undefined && { issuer }),
      ...(audience !== undefined && { audience }),
      currentDate: new Date(now),
      clockTolerance: CLOCK_SKEW,
    });
    return payload;
  };
}

/** @throws {SignInError} if `sub` or `exp` is missing, or a claim is none, or the token is valid for too long. */
function toPrincipal(
  payload: unknown,
  { time, maxLifetime, ...options }: AuthenticationOptions & { readonly time: number; readonly maxLifetime: number },
): Principal {
  if (typeof payload !== 'object' || payload === null) throw new SignInError('claims');
  const claims = payload as Claims;
  const { sub, exp, iat } = claims;
  const named = options.orgClaim === undefined ? claims['org'] : claimAt(claims, options.orgClaim);
  const org = named === undefined && options.requireOrg !== true ? DEFAULT_ORG : named;
  const expiresAt = typeof exp === 'number' ? exp * 1000 : Number.NaN;
  if (!isId(sub) || !isId(org) || !Number.isFinite(expiresAt)) throw new SignInError('claims');
  // Whoever bore it would be taken for each person who was erased.
  if (sub === ERASED_NAME) throw new SignInError('claims');
  // Both: an issuer may leave `iat` out, or set it ahead.
  const sinceIssued = typeof iat === 'number' ? expiresAt - iat * 1000 : 0;
  if (Math.max(sinceIssued, expiresAt - time - CLOCK_SKEW * 1000) > maxLifetime * 1000)
    throw new SignInError('lifetime');
  // It would outlast each revocation of what was issued until now.
  if (typeof iat === 'number' && iat * 1000 > time + CLOCK_SKEW * 1000) throw new SignInError('not_yet_valid');
  const { jti } = claims;
  return {
    sub,
    org,
    permissions: grantedPermissions(claims, options),
    expiresAt,
    ...(typeof jti === 'string' && { tokenId: jti }),
    ...(typeof iat === 'number' && { issuedAt: iat * 1000 }),
    ...omitNullish({ scope: readScope(claims[SCOPE_CLAIM]) }),
  };
}

/** Our own claim with what a token is narrowed to. */
export const SCOPE_CLAIM = 'feedback_scope';

/** @throws {SignInError} if it is none: a token that was to be narrowed must not be wider than meant */
function readScope(claim: unknown): TokenScope | undefined {
  if (claim === undefined) return undefined;
  if (typeof claim !== 'object' || claim === null || Array.isArray(claim)) throw new SignInError('claims');
  const {
    interaction_id: interactionId,
    model_version: modelVersion,
    adapter_id: adapterId,
    ...others
  } = claim as Claims;
  const values = { interactionId, modelVersion, adapterId };
  if (Object.values(values).some((value) => value !== undefined && !isId(value))) throw new SignInError('claims');
  // What it means to say is not known.
  if (Object.keys(others).length > 0) throw new SignInError('claims');
  return omitNullish(values) as TokenScope;
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && idProblem(value) === undefined;
}

/** Names that are none of ours are somebody else's; a token that has no others has the default role. */
function grantedPermissions(
  claims: Claims,
  { rolesClaim, defaultRole = DEFAULT_ROLE, onUnknownNames }: AuthenticationOptions,
): ReadonlySet<Permission> {
  const roles = rolesClaim === undefined ? claims['roles'] : claimAt(claims, rolesClaim);
  // Some issuers write a list, although RFC 8693 section 4.2 has a text: were it passed over, the token would be a member.
  const scopes = toList(claims['scope']).flatMap((each) =>
    typeof each === 'string' ? each.split(/\s+/u).filter(Boolean) : [each],
  );
  const names = [...toList(roles), ...scopes];
  const unknown = names.filter((name) => !isPermission(name) && !isRole(name));
  if (unknown.length > 0) onUnknownNames?.(unknown.map(nameOfUnknown));
  const found = permissionsNamed(names);
  return found.size > 0 ? found : permissionsOf(defaultRole);
}

/** A claim with a single value may be that value (RFC 7519 section 4.1.3 has it so for `aud`), and many issuers write one role so. */
function toList(claim: unknown): readonly unknown[] {
  if (claim === undefined || claim === null) return [];
  return Array.isArray(claim) ? claim : [claim];
}

/** What the log says of it: what is no text is named by its type. */
function nameOfUnknown(name: unknown): string {
  return typeof name === 'string' ? name : `(${Array.isArray(name) ? 'list' : name === null ? 'null' : typeof name})`;
}

type Claims = Readonly<Record<string, unknown>>;

/** The claim at a path like `realm_access.roles`; a claim that has the whole path as its name goes first. */
function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let value: unknown = claims;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Claims)[name];
  }
  return value;
}
