/** Why a sign-in over an issuer fails, as one sentence for the person who signs in. */
import { ApiError, type ErrorCode, UnavailableError } from '../../errors.js';
import { KEY_SET_DEFAULTS } from '../jwks.js';

/** Each reason, with its code and sentence. */
export const OPEN_ID_PROBLEMS = {
  origin: ['FORBIDDEN', "Only the console's own pages may use this address"],
  redirect_uri: [
    'BAD_USER_INPUT',
    "'redirect_uri' must be the address of /console/sign-in/callback on this server, as the browser sees it",
  ],
  unreachable: ['UNAVAILABLE', 'The sign-in service cannot be reached now; try again in a few seconds'],
  busy: ['UNAVAILABLE', 'Too many people are signing in at this moment; try again in a few seconds'],
  invalid_answer: [
    'UNAVAILABLE',
    'The sign-in service gave an answer that is not OpenID Connect; tell the operator of this server',
  ],
  client: [
    'UNAVAILABLE',
    'The sign-in service does not accept this server as its client; tell the operator of this server',
  ],
  grant: ['UNAUTHENTICATED', 'This sign-in has expired or was already used; sign in again'],
  issuer: ['UNAUTHENTICATED', 'Another sign-in service answered than the one that was asked; sign in again'],
  nonce: ['UNAUTHENTICATED', 'The ID token does not belong to the sign-in that was begun here; sign in again'],
  clock: [
    'UNAUTHENTICATED',
    "The clocks of this server and the sign-in service differ by more than a minute; tell the server's operator",
  ],
  no_id_token: [
    'UNAUTHENTICATED',
    'The sign-in service gave no ID token; sign in again, and tell the operator of this server if it happens again',
  ],
  token: ['UNAUTHENTICATED', 'The ID token of the sign-in service does not hold; tell the operator of this server'],
  claims: [
    'FORBIDDEN',
    'The ID token lacks what this server needs, a valid user or organization; tell the operator of this server',
  ],
  lifetime: ['FORBIDDEN', 'The ID token is valid for longer than this server allows; tell the operator of this server'],
  revoked: ['FORBIDDEN', 'Your access to this server was revoked'],
} as const satisfies Readonly<Record<string, readonly [ErrorCode, string]>>;

export type OpenIdReason = keyof typeof OPEN_ID_PROBLEMS;

export class OpenIdError extends Error {
  override readonly name = 'OpenIdError';

  constructor(
    readonly reason: OpenIdReason,
    options?: ErrorOptions,
  ) {
    super(OPEN_ID_PROBLEMS[reason][1], options);
  }

  toApiError(): ApiError {
    const [code, details] = OPEN_ID_PROBLEMS[this.reason];
    return code === 'UNAVAILABLE'
      ? new UnavailableError(details, KEY_SET_DEFAULTS.failureCooldown / 1000, { cause: this })
      : new ApiError(code, details, { cause: this });
  }
}
