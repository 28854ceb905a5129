/** Why tokens do not hold: for the server's metrics and log. Clients are told nothing of it. */
import { errors as jose } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { ApiError } from '../errors.js';

export const SIGN_IN_FAILURES = [
  /** There is no `Authorization`. */
  'missing',
  /** It holds no bearer token, or one that is no JSON Web Token. */
  'malformed',
  /** Another key signed it, or with an algorithm that is not the key's. */
  'signature',
  'expired',
  'not_yet_valid',
  'issuer',
  'audience',
  /** `sub`, `exp` or `org` is missing where it is needed, or invalid. */
  'claims',
  /** It is valid for longer than FEEDBACK_TOKEN_MAX_LIFETIME allows. */
  'lifetime',
  /** It was revoked. */
  'revoked',
] as const;

export type SignInFailure = (typeof SIGN_IN_FAILURES)[number];

/** A token that does not hold, whatever the reason: clients see the same error for all. */
export class SignInError extends ApiError {
  override readonly name = 'SignInError';

  constructor(
    readonly reason: SignInFailure,
    options?: ErrorOptions,
  ) {
    super('UNAUTHENTICATED', 'Valid Bearer Token required', options);
  }
}

/** What an error of jsonwebtoken or jose says of a token. */
export function classifyFailure(error: unknown): SignInFailure {
  if (error instanceof SignInError) return error.reason;
  if (error instanceof jsonwebtoken.TokenExpiredError || error instanceof jose.JWTExpired) return 'expired';
  if (error instanceof jsonwebtoken.NotBeforeError) return 'not_yet_valid';
  if (error instanceof jose.JWTClaimValidationFailed) return failureOfClaim(error.claim);
  if (SIGNATURE_ERRORS.some((kind) => error instanceof kind)) return 'signature';
  if (!(error instanceof jsonwebtoken.JsonWebTokenError)) return 'malformed';
  // jsonwebtoken tells these apart by their messages alone.
  if (/^jwt issuer/.test(error.message)) return 'issuer';
  if (/^jwt audience/.test(error.message)) return 'audience';
  return /^invalid (?:signature|algorithm)/.test(error.message) ? 'signature' : 'malformed';
}

const SIGNATURE_ERRORS = [
  jose.JWSSignatureVerificationFailed,
  jose.JOSEAlgNotAllowed,
  jose.JOSENotSupported,
  jose.JWKSNoMatchingKey,
  jose.JWKSMultipleMatchingKeys,
];

function failureOfClaim(claim: string): SignInFailure {
  switch (claim) {
    case 'nbf':
      return 'not_yet_valid';
    case 'iss':
      return 'issuer';
    case 'aud':
      return 'audience';
    default:
      return 'claims';
  }
}
