/** Short-lived tokens for users of a back end, whose browsers talk to the server themselves; who may issue and revoke them. */
import { randomUUID } from 'node:crypto';
import { ERASED_NAME } from '../audit/actor-note.js';
import type { Actor } from '../audit/events.js';
import { type Idempotency, runIdempotent } from '../audit/idempotency.js';
import { recordOrganizationEvent } from '../audit/trail.js';
import { ApiError, InvalidInputError, type Issue } from '../errors.js';
import { adapterIdProblem, checkField, idProblem, throwIssues } from '../model/input.js';
import { isPermission, isRole, type Permission, permissionsNamed, permissionsOf } from '../permissions.js';
import type { Principal, TokenScope } from '../principal.js';
import type { DomainServices } from '../services.js';
import type { Revocations } from './revocations.js';

/** Seconds. */
export const DEFAULT_TOKEN_LIFETIME = 900;
export const MAX_TOKEN_LIFETIME = 86_400;
const MAX_ROLES = 32;

/** What a token is signed with. Times are epoch seconds. */
export interface TokenToSign {
  readonly sub: string;
  readonly org: string;
  readonly roles: readonly string[];
  readonly tokenId: string;
  readonly scope: TokenScope;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** What the server knows of tokens. */
export interface TokenServices {
  readonly sign: (token: TokenToSign) => string;
  /** Seconds for which a token may be valid at most. */
  readonly maxLifetime?: number | undefined;
  readonly revocations: Revocations;
}

export interface TokenRequest extends TokenScope {
  readonly sub: string;
  /** Roles and single permissions; `submitter` unless given. */
  readonly roles?: readonly string[];
  /** Seconds; {@link DEFAULT_TOKEN_LIFETIME} unless given. */
  readonly expiresIn?: number;
}

export interface IssuedToken {
  readonly token: string;
  readonly tokenId: string;
  readonly sub: string;
  readonly permissions: readonly Permission[];
  /** Epoch ms. */
  readonly expiresAt: number;
}

/** What no issued token may do: it would outlast, or widen, the token of its issuer. */
const NEVER_ISSUED: readonly Permission[] = ['tokens:issue', 'org:admin', 'server:operate'];

/**
 * Issues a token of the issuer's organization. Its permissions are those asked for, all of which the issuer must have.
 * @throws {InvalidInputError} naming what is not allowed; {ApiError} FORBIDDEN if more is asked for than the issuer has
 */
export async function issueToken(
  { store, keyedHash, now }: DomainServices,
  { sign, maxLifetime }: TokenServices,
  issuer: Principal,
  actor: Actor,
  request: TokenRequest,
  idempotency?: Idempotency,
): Promise<IssuedToken> {
  const { sub, roles = ['submitter'], expiresIn = DEFAULT_TOKEN_LIFETIME, ...scope } = request;
  throwIssues(findIssues(request, maxLifetime));
  const permissions = permissionsNamed(roles);
  const isScoped = Object.keys(scope).length > 0;
  const submitter = permissionsOf('submitter');
  if (isScoped && [...permissions].some((each) => !submitter.has(each))) {
    throw new InvalidInputError([
      {
        field: 'roles',
        problem: "must not be wider than 'submitter' for a token that is for one interaction, model or adapter",
      },
    ]);
  }
  const refused = [...permissions].filter((each) => NEVER_ISSUED.includes(each) || !issuer.permissions.has(each));
  if (refused.length > 0) {
    throw new ApiError(
      'FORBIDDEN',
      `This token cannot issue one with ${refused.map((each) => `'${each}'`).join(', ')}`,
    );
  }
  if (isWider(scope, issuer.scope ?? {})) {
    throw new ApiError(
      'FORBIDDEN',
      'This token is limited to one interaction, model or adapter, and can only issue tokens with the same limit',
    );
  }
  const made = await store.transact((transaction) =>
    runIdempotent(transaction, idempotency, async () => {
      const at = now();
      const tokenId = randomUUID();
      const user = keyedHash(actor.org, sub);
      const reason = `the token ${tokenId} for the user with the hash ${user}, ${expiresIn} s: ${roles.join(' ')}`;
      await recordOrganizationEvent(transaction, actor, { at, action: 'token.issue', reason });
      return { tokenId, at };
    }),
  );
  // With its milliseconds, so that a revocation within the same second tells what was issued after it.
  const issuedAt = made.at / 1000;
  const expiresAt = Math.floor(issuedAt) + expiresIn;
  const { tokenId } = made;
  const token = sign({ sub, org: actor.org, roles, tokenId, scope, issuedAt, expiresAt });
  return { token, tokenId, sub, permissions: [...permissions], expiresAt: expiresAt * 1000 };
}

function isWider(asked: TokenScope, { interactionId, modelVersion, adapterId }: TokenScope): boolean {
  return (
    (interactionId !== undefined && interactionId !== asked.interactionId) ||
    (modelVersion !== undefined && modelVersion !== asked.modelVersion) ||
    (adapterId !== undefined && adapterId !== asked.adapterId)
  );
}

function findIssues({ sub, roles, expiresIn, ...scope }: TokenRequest, maxLifetime: number | undefined): Issue[] {
  const most = Math.min(MAX_TOKEN_LIFETIME, maxLifetime ?? MAX_TOKEN_LIFETIME);
  const lifetime = expiresIn ?? DEFAULT_TOKEN_LIFETIME;
  const setting = most < MAX_TOKEN_LIFETIME ? ' (FEEDBACK_TOKEN_MAX_LIFETIME)' : '';
  const problems: readonly [string, string | undefined][] = [
    ['sub', sub === ERASED_NAME ? 'must not be the name that erased people have' : idProblem(sub)],
    ['roles', rolesProblem(roles)],
    [
      'expiresIn',
      Number.isSafeInteger(lifetime) && lifetime >= 1 && lifetime <= most
        ? undefined
        : `must be an integer from 1 to ${most} seconds${setting}`,
    ],
    ['interactionId', scope.interactionId === undefined ? undefined : idProblem(scope.interactionId)],
    ['modelVersion', scope.modelVersion === undefined ? undefined : idProblem(scope.modelVersion)],
    ['adapterId', scope.adapterId === undefined ? undefined : adapterIdProblem(scope.adapterId)],
  ];
  return problems.flatMap(([field, problem]) => (problem === undefined ? [] : [{ field, problem }]));
}

function rolesProblem(roles: readonly string[] | undefined): string | undefined {
  if (roles === undefined) return undefined;
  if (roles.length < 1 || roles.length > MAX_ROLES) return `must be a list of 1 to ${MAX_ROLES} roles or permissions`;
  return roles.every((name) => isRole(name) || isPermission(name)) ? undefined : 'must be roles or permissions';
}

export interface RevocationRequest {
  readonly tokenId?: string;
  readonly sub?: string;
  readonly all?: boolean;
  /** Epoch ms; now unless given. */
  readonly before?: number;
}

/**
 * Revokes one token, or all of a user or of the organization that were issued up to a moment.
 * @returns that moment, epoch ms
 * @throws {InvalidInputError} unless exactly one of them is named, and the moment is past
 */
export async function revokeTokens(
  { now }: DomainServices,
  { revocations }: TokenServices,
  actor: Actor,
  { tokenId, sub, all = false, before }: RevocationRequest,
  idempotency?: Idempotency,
): Promise<number> {
  const at = now();
  checkField('tokenId', tokenId, idProblem);
  checkField('sub', sub, idProblem);
  if ([tokenId !== undefined, sub !== undefined, all].filter(Boolean).length !== 1) {
    throw new InvalidInputError([{ field: 'tokenId', problem: "must be given, or else 'sub', or else 'all'" }]);
  }
  if (before !== undefined) {
    const problem =
      tokenId !== undefined
        ? "must be given with 'sub' or 'all' alone"
        : Number.isSafeInteger(before) && before >= 1 && before <= at
          ? undefined
          : 'must be a time before now';
    checkField('before', before, () => problem);
  }
  const moment = before ?? at;
  const revocation =
    tokenId !== undefined ? { tokenId } : sub === undefined ? { before: moment } : { sub, before: moment };
  return revocations.revoke(actor, revocation, at, idempotency);
}
