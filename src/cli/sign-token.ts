import type { AuthSetting } from '../config/config.js';
import { ensureOwnSecret } from '../http/secret.js';
import { signClaims } from '../http/token-signer.js';
import type { Permission, Role } from '../permissions.js';
import { CommandError, EXIT } from './terminal.js';

export interface TokenRequest {
  readonly sub: string;
  readonly org?: string | undefined;
  readonly roles?: readonly Role[] | undefined;
  /** Beside those of the roles. */
  readonly permissions?: readonly Permission[] | undefined;
  /** From now on. */
  readonly expiresInSeconds: number;
  /** Leaves out what the server does not read, for a token that is shown on a screen. */
  readonly minimal?: boolean;
}

/**
 * Signs a token (HS256) that a server with these settings accepts, with the configured secret or else the server's own,
 * which is created if necessary.
 * @throws {CommandError} if the settings have a public key or a key set, with which nobody can sign, or would refuse the token.
 * @throws {SecretFileError} if the server's own secret cannot be used.
 */
export async function signToken(auth: AuthSetting, request: TokenRequest): Promise<string> {
  const { sub, org, expiresInSeconds, minimal = false } = request;
  const roles = [...(request.roles ?? []), ...(request.permissions ?? [])];
  if (expiresInSeconds > (auth.maxLifetime ?? Number.POSITIVE_INFINITY)) {
    throw new CommandError(
      `The server takes no token that is valid for longer than ${auth.maxLifetime} s (FEEDBACK_TOKEN_MAX_LIFETIME); ask for less with --expires`,
      EXIT.usage,
    );
  }
  const issuedAt = Math.floor(Date.now() / 1000);
  return signClaims(await signingSecret(auth), auth, {
    sub,
    org,
    roles,
    issuedAt,
    expiresAt: issuedAt + expiresInSeconds,
    minimal,
  });
}

async function signingSecret(auth: AuthSetting): Promise<string> {
  switch (auth.kind) {
    case 'secret':
      return auth.secret;
    case 'ownSecret':
      return ensureOwnSecret(auth.path);
    case 'none':
      throw new CommandError(auth.problem, EXIT.usage);
    case 'publicKey':
    case 'jwks':
      throw new CommandError(
        `The settings verify tokens with ${auth.kind === 'jwks' ? 'a key set' : 'a public key'}, so only their issuer can sign them; ` +
          'to sign them here, set FEEDBACK_JWT_SECRET instead',
        EXIT.usage,
      );
  }
}
