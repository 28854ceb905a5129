/** The keys that tokens are checked with, each with its one algorithm, as `KeyObject`s that are made once. */
import { createPublicKey, createSecretKey, type JsonWebKey, type KeyObject, X509Certificate } from 'node:crypto';

/** Bytes; RFC 7518 section 3.2: a key of at least the size of the hash. */
export const MIN_SECRET_BYTES = 32;
/** Bits; RFC 7518 section 3.3. */
const MIN_RSA_BITS = 2048;

/** Where the key of the tokens comes from. */
export type KeySource =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'publicKey'; readonly pem: string }
  | { readonly kind: 'jwks'; readonly url: string };

/** A key and the only algorithm that it is used with (RFC 8725 section 3.1). */
export interface VerificationKey {
  readonly key: KeyObject;
  readonly algorithm: 'HS256' | 'RS256' | 'ES256' | 'EdDSA';
}

/** Key material that is not used; the message is the rest of a sentence: `must be …`. Never holds the material. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
}

/**
 * The HS256 key of a shared secret.
 * @throws {KeyError} if it is short, or a key of another kind, which others may know.
 */
export function secretKey(secret: string): VerificationKey {
  const bytes = Buffer.from(secret);
  if (bytes.length < MIN_SECRET_BYTES) {
    throw new KeyError(`must be at least ${MIN_SECRET_BYTES} bytes long, not ${bytes.length}`);
  }
  if (isAsymmetricKey(secret)) {
    throw new KeyError('must be a secret, not a public or private key or a certificate');
  }
  return { key: createSecretKey(bytes), algorithm: 'HS256' };
}

/**
 * The public key of a PEM text: RSA for RS256, EC P-256 for ES256, Ed25519 for EdDSA.
 * @throws {KeyError} if it is none of these.
 */
export function publicKey(pem: string): VerificationKey {
  if (pem.includes('PRIVATE KEY-----')) throw new KeyError('must hold a public key, not a private key');
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new KeyError('must hold a public key in PEM format');
  }
  return { key, algorithm: detectAlgorithm(key) };
}

function detectAlgorithm(key: KeyObject): 'RS256' | 'ES256' | 'EdDSA' {
  const { asymmetricKeyType: type = 'secret', asymmetricKeyDetails: { modulusLength = 0, namedCurve = '' } = {} } = key;
  if (type === 'ed25519') return 'EdDSA';
  if (type === 'ec') {
    if (namedCurve === 'prime256v1') return 'ES256';
    throw new KeyError(`must be an EC key of the curve P-256, not ${namedCurve}`);
  }
  if (type === 'rsa') {
    if (modulusLength >= MIN_RSA_BITS) return 'RS256';
    throw new KeyError(`must be an RSA key of at least ${MIN_RSA_BITS} bits, not ${modulusLength}`);
  }
  throw new KeyError(`must be an RSA, EC P-256 or Ed25519 public key, not a key of the type ${type}`);
}

/**
 * Whether a text that is meant as a secret is a key of a pair in any usual spelling: PEM, PEM in base64, the bare base64
 * of DER, JWK. Whoever knows the public key could sign with it.
 */
function isAsymmetricKey(text: string): boolean {
  const decoded = Buffer.from(text, 'base64');
  if (text.includes('-----BEGIN ') || decoded.includes('-----BEGIN ')) return true;
  return [
    () => createPublicKey({ key: decoded, format: 'der', type: 'spki' }),
    () => createPublicKey({ key: decoded, format: 'der', type: 'pkcs1' }),
    () => new X509Certificate(decoded),
    () => createPublicKey({ key: JSON.parse(text) as JsonWebKey, format: 'jwk' }),
  ].some(succeeds);
}

function succeeds(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}
