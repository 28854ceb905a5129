import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { KeyError, publicKey, secretKey } from '../../src/http/keys.js';

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const P256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ED25519 = generateKeyPairSync('ed25519');
const pemOf = (key: KeyObject): string =>
  key.export({ type: key.type === 'public' ? 'spki' : 'pkcs8', format: 'pem' }).toString();

/** Made with `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=test -days 36500`. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBdjCCARugAwIBAgIUIf/afeu9QwER6YSdG+MQ+LHys1IwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjMwNzUxMzZaGA8yMTI2MTAzMDA3NTEz
NlowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNIN
OFpUC3OJ/HTtX7H7HyST2BkA27bbQtFigGNmq/lOOA7AF/WSJg1q/cbQsQH4kLE3
u14mV5eXnDgqwigvc5yjUzBRMB0GA1UdDgQWBBSS+uTjcPq98AJURROs0M/zHOft
dzAfBgNVHSMEGDAWgBSS+uTjcPq98AJURROs0M/zHOftdzAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0kAMEYCIQDzc7V5T6yFfOXZIcAU/JHE+KBNKvkdCUNK
HfbGBiyqtwIhAKY4uZBsbn936GQef3t/AST3mXe1QK6vPdyGeDX/y7jb
-----END CERTIFICATE-----`;

describe('public keys', () => {
  it.each([
    ['RS256', 'an RSA key', pemOf(RSA.publicKey)],
    ['RS256', 'an RSA key as PKCS #1', RSA.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
    ['ES256', 'an EC P-256 key', pemOf(P256.publicKey)],
    ['ES256', 'the key of a certificate', CERTIFICATE],
    ['EdDSA', 'an Ed25519 key', pemOf(ED25519.publicKey)],
    ['EdDSA', 'a key with text around it', `issuer: example\n${pemOf(ED25519.publicKey)}\n`],
  ])('use %s for %s', (algorithm, _, pem) => {
    const made = publicKey(pem);
    expect([made.algorithm, made.key.type]).toEqual([algorithm, 'public']);
  });

  it.each([
    [
      'an RSA key of 1024 bits',
      pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey),
      'at least 2048 bits, not 1024',
    ],
    [
      'an EC P-384 key',
      pemOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey),
      'curve P-256, not secp384r1',
    ],
    [
      'an EC key of the curve of Bitcoin',
      pemOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey),
      'curve P-256, not secp256k1',
    ],
    ['an Ed448 key', pemOf(generateKeyPairSync('ed448').publicKey), 'not a key of the type ed448'],
    ['an X25519 key', pemOf(generateKeyPairSync('x25519').publicKey), 'not a key of the type x25519'],
    [
      'an RSA-PSS key',
      pemOf(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey),
      'not a key of the type rsa-pss',
    ],
    ['a private key', pemOf(P256.privateKey), 'not a private key'],
    ['a private RSA key', RSA.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(), 'not a private key'],
    ['nothing', '', 'in PEM format'],
    ['something else', 'hello', 'in PEM format'],
    ['a truncated key', pemOf(RSA.publicKey).slice(0, 200), 'in PEM format'],
  ])('are never %s', (_, pem, problem) => {
    expect(() => publicKey(pem)).toThrow(KeyError);
    expect(() => publicKey(pem)).toThrow(problem);
  });
});

describe('secrets', () => {
  it.each([
    ['32 bytes', 'x'.repeat(32)],
    ['32 bytes that are 16 characters', 'é'.repeat(16)],
    ['random base64', randomBytes(48).toString('base64')],
    ['random hexadecimal', randomBytes(32).toString('hex')],
    ['JSON that is no key', JSON.stringify({ secret: randomBytes(32).toString('hex') })],
  ])('may be %s', (_, secret) => {
    expect(secretKey(secret)).toMatchObject({ algorithm: 'HS256', key: { type: 'secret' } });
  });

  it.each([0, 1, 31])('are never %d bytes', (length) => {
    expect(() => secretKey('x'.repeat(length))).toThrow(new KeyError(`must be at least 32 bytes long, not ${length}`));
  });

  it.each([
    ['a PEM public key', pemOf(RSA.publicKey)],
    ['a PEM public key on one line', pemOf(RSA.publicKey).replaceAll('\n', '\\n')],
    ['a PEM private key', pemOf(RSA.privateKey)],
    ['a certificate', CERTIFICATE],
    ['a PEM key in base64', Buffer.from(pemOf(P256.publicKey)).toString('base64')],
    ['the bare base64 of an RSA key', RSA.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')],
    ['the bare base64url of an EC key', P256.publicKey.export({ type: 'spki', format: 'der' }).toString('base64url')],
    ['the bare base64 of an Ed25519 key', ED25519.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')],
    ['the bare base64 of a PKCS #1 key', RSA.publicKey.export({ type: 'pkcs1', format: 'der' }).toString('base64')],
    ['the bare base64 of a certificate', CERTIFICATE.split('\n').slice(1, -1).join('')],
    ['a public JWK', JSON.stringify(P256.publicKey.export({ format: 'jwk' }))],
  ])('are never %s', (_, secret) => {
    expect(() => secretKey(secret)).toThrow(
      new KeyError('must be a secret, not a public or private key or a certificate'),
    );
  });
});
