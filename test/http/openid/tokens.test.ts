import { createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { errors } from 'jose';
import { describe, expect, it } from 'vitest';
import { type AuthenticationOptions, createAuthenticator } from '../../../src/http/authentication.js';
import type { KeySource } from '../../../src/http/keys.js';
import { SignInError } from '../../../src/http/sign-in-failure.js';

const NOW = 1_700_000_000;
const ISSUER = 'https://issuer.example/realms/acme';
const CLIENT = 'console';
const SECRET = randomBytes(32).toString('base64url');
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const APPLICATION = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = RSA.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const CLAIMS = { iss: ISSUER, aud: CLIENT, sub: 'anna', iat: NOW, exp: NOW + 3600 };

type Sign = (input: string) => Buffer;
const rs256 =
  (key: KeyObject): Sign =>
  (input) =>
    sign('sha256', Buffer.from(input), key);
const hs256 =
  (secret: string): Sign =>
  (input) =>
    createHmac('sha256', secret).update(input).digest();

const OF_ISSUER = { header: { alg: 'RS256', kid: 'k', typ: 'JWT' }, signer: rs256(RSA.privateKey) };
const OF_SECRET = { header: { alg: 'HS256' }, signer: hs256(SECRET) };

function makeToken(claims: object, { header, signer }: { header: object; signer: Sign } = OF_ISSUER): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${signer(input).toString('base64url')}`;
}

const SOURCES: Readonly<Record<'secret' | 'publicKey', KeySource>> = {
  secret: { kind: 'secret', secret: SECRET },
  publicKey: { kind: 'publicKey', pem: APPLICATION.publicKey.export({ type: 'spki', format: 'pem' }).toString() },
};

/** `taken`, or why it was refused. */
async function judge(token: string, source: KeySource = SOURCES.secret, options: AuthenticationOptions = {}) {
  const openId = {
    issuer: ISSUER,
    clientId: CLIENT,
    getKey: ({ kid }: { readonly kid?: string }) => {
      if (kid !== 'k') throw new errors.JWKSNoMatchingKey();
      return RSA.publicKey;
    },
  };
  const authenticate = createAuthenticator(source, { now: () => NOW * 1000, openId, ...options });
  return authenticate(`Bearer ${token}`).then(
    () => 'taken',
    (error: unknown) => (error instanceof SignInError ? error.reason : error),
  );
}

describe('tokens of the issuer of OpenID Connect', () => {
  it('are accepted beside those of the configured key', async () => {
    expect(await judge(makeToken(CLAIMS))).toBe('taken');
    expect(await judge(makeToken({ ...CLAIMS, aud: ['other', CLIENT] }))).toBe('taken');
    expect(await judge(makeToken({ sub: 'app', exp: NOW + 60 }, OF_SECRET))).toBe('taken');
    expect(await judge(makeToken({ sub: 'app', iss: 'https://other.example', exp: NOW + 60 }, OF_SECRET))).toBe(
      'taken',
    );
  });

  it('have the organization and the roles where other tokens have them', async () => {
    const options = { orgClaim: 'tenant.id', rolesClaim: 'realm_access.roles', requireOrg: true };
    const claims = { ...CLAIMS, tenant: { id: 'acme' }, realm_access: { roles: ['reviewer', 'offline_access'] } };
    expect(await judge(makeToken(claims), SOURCES.secret, options)).toBe('taken');
    expect(await judge(makeToken(CLAIMS), SOURCES.secret, options)).toBe('claims');
  });

  it.each<[string, string, string]>([
    ['with the secret of applications', makeToken(CLAIMS, OF_SECRET), 'signature'],
    [
      'with the key of applications',
      makeToken(CLAIMS, { ...OF_ISSUER, signer: rs256(APPLICATION.privateKey) }),
      'signature',
    ],
    [
      'with HS256 and the public key for a secret',
      makeToken(CLAIMS, { header: { alg: 'HS256', kid: 'k' }, signer: hs256(PEM) }),
      'signature',
    ],
    [
      'with no algorithm',
      makeToken(CLAIMS, { header: { alg: 'none', kid: 'k' }, signer: () => Buffer.from('x') }),
      'signature',
    ],
    ['with an unknown key', makeToken(CLAIMS, { ...OF_ISSUER, header: { alg: 'RS256', kid: 'other' } }), 'signature'],
    ['for another client', makeToken({ ...CLAIMS, aud: 'other' }), 'audience'],
    ['for nobody', makeToken({ ...CLAIMS, aud: undefined }), 'audience'],
    ['for what is no name', makeToken({ ...CLAIMS, aud: [[CLIENT], { aud: CLIENT }] }), 'audience'],
    ['that has expired', makeToken({ ...CLAIMS, exp: NOW - 61 }), 'expired'],
    ['from the future', makeToken({ ...CLAIMS, iat: NOW + 61 }), 'not_yet_valid'],
    [
      'for signing out',
      makeToken(CLAIMS, { ...OF_ISSUER, header: { alg: 'RS256', kid: 'k', typ: 'logout+jwt' } }),
      'malformed',
    ],
    [
      'for signing out, of an older kind',
      makeToken({ ...CLAIMS, events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }),
      'malformed',
    ],
    [
      'for something else',
      makeToken(CLAIMS, { ...OF_ISSUER, header: { alg: 'RS256', kid: 'k', typ: 'token-introspection+jwt' } }),
      'malformed',
    ],
    ['of another issuer with its key', makeToken({ ...CLAIMS, iss: 'https://other.example' }), 'signature'],
    ['of an issuer with a slash more', makeToken({ ...CLAIMS, iss: `${ISSUER}/` }), 'signature'],
    ['of no issuer', makeToken({ ...CLAIMS, iss: undefined }), 'signature'],
    ['of a list of issuers', makeToken({ ...CLAIMS, iss: [ISSUER] }), 'signature'],
  ])('are refused %s', async (_, token, reason) => {
    expect(await judge(token)).toBe(reason);
    // Whatever key applications have.
    expect(await judge(token, SOURCES.publicKey)).not.toBe('taken');
  });

  it('may be access tokens for the audience of applications', async () => {
    const token = makeToken(
      { ...CLAIMS, aud: 'feedback' },
      { ...OF_ISSUER, header: { alg: 'RS256', kid: 'k', typ: 'at+jwt' } },
    );
    expect(await judge(token, SOURCES.secret, { audience: 'feedback' })).toBe('taken');
    expect(await judge(token)).toBe('audience');
  });

  it('leave those of applications alone that the same issuer signs for somebody else', async () => {
    const own: KeySource = { kind: 'publicKey', pem: PEM };
    const token = makeToken({ ...CLAIMS, aud: 'other' });
    expect(await judge(token, own)).toBe('taken');
    expect(await judge(token, own, { issuer: ISSUER })).toBe('taken');
    expect(await judge(token, own, { issuer: 'https://other.example' })).toBe('audience');
    expect(await judge(token, own, { audience: 'feedback' })).toBe('audience');
  });
});
