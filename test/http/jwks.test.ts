import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UnavailableError } from '../../src/errors.js';
import { type Authenticate, createAuthenticator } from '../../src/http/authentication.js';

const START = 1_700_000_000_000;
const COOLDOWN = 30_000;
const MAX_AGE = 600_000;
const FAILURE_COOLDOWN = 5_000;

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const OTHER_RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const SHORT_RSA = generateKeyPairSync('rsa', { modulusLength: 1024 });
const P256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const P384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const ED25519 = generateKeyPairSync('ed25519');

const jwk = (kid: string | undefined, key: KeyObject, others: object = {}) => ({
  ...key.export({ format: 'jwk' }),
  kid,
  ...others,
});

function makeToken(alg: string, kid: unknown, key: KeyObject, sub = 'anna'): string {
  const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const input = `${encode({ alg, kid })}.${encode({ sub, exp: START / 1000 + 86_400 })}`;
  const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return `${input}.${sign(hash, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

function flood(response: ServerResponse): void {
  if (!response.destroyed) response.write('['.repeat(16_384), () => flood(response));
}

describe('authentication with a key set', () => {
  let server: Server;
  let answer: (response: ServerResponse) => void;
  let fetches: number;
  let failures: unknown[];
  let authenticate: Authenticate;
  let create: (timeout?: number) => Authenticate;

  const serve = (...keys: object[]): void => {
    answer = (response) => response.setHeader('content-type', 'application/jwk-set+json').end(JSON.stringify({ keys }));
  };
  const advance = (ms: number): void => void vi.setSystemTime(Date.now() + ms);
  const bearer = (...token: Parameters<typeof makeToken>) => authenticate(`Bearer ${makeToken(...token)}`);
  const refused = (result: Promise<unknown>) =>
    expect(result).rejects.toThrow(
      expect.objectContaining({ code: 'UNAUTHENTICATED', message: 'Valid Bearer Token required' }) as Error,
    );
  const unavailable = async (result: Promise<unknown>) => {
    const error = await result.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(error).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 5 });
  };

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START });
    fetches = 0;
    failures = [];
    server = createServer((_, response) => {
      fetches++;
      answer(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    create = (timeout = 60_000) =>
      createAuthenticator(
        { kind: 'jwks', url: `http://127.0.0.1:${port}/keys` },
        {
          keySet: {
            cooldown: COOLDOWN,
            maxAge: MAX_AGE,
            failureCooldown: FAILURE_COOLDOWN,
            timeout,
            onFailure: (error) => failures.push(error),
          },
        },
      );
    authenticate = create();
    serve(jwk('rsa', RSA.publicKey), jwk('ec', P256.publicKey), jwk('ed', ED25519.publicKey));
  });
  afterEach(async () => {
    vi.useRealTimers();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('uses the key that the token names, with the algorithm of its type', async () => {
    expect(await bearer('RS256', 'rsa', RSA.privateKey)).toMatchObject({ sub: 'anna', org: 'default' });
    expect(await bearer('ES256', 'ec', P256.privateKey)).toMatchObject({ sub: 'anna' });
    expect(await bearer('EdDSA', 'ed', ED25519.privateKey)).toMatchObject({ sub: 'anna' });
    expect(fetches).toBe(1);
  });

  it('fetches the set once for all who wait for it', async () => {
    const users = Array.from({ length: 20 }, (_, index) => `user-${index}`);
    const principals = await Promise.all(users.map((user) => bearer('RS256', 'rsa', RSA.privateKey, user)));
    expect(principals.map(({ sub }) => sub)).toEqual(users);
    expect(fetches).toBe(1);
  });

  it.each<[string, () => string]>([
    ['another key of the same kid', () => makeToken('RS256', 'rsa', OTHER_RSA.privateKey)],
    ['another algorithm than that of the key', () => makeToken('ES256', 'rsa', P256.privateKey)],
    ['an algorithm that is not used', () => makeToken('RS512', 'rsa', RSA.privateKey)],
    ['PS256', () => makeToken('PS256', 'rsa', RSA.privateKey)],
    [
      'HS256 with the public key for a secret',
      () => {
        const input = makeToken('HS256', 'rsa', RSA.privateKey).split('.').slice(0, 2).join('.');
        const pem = RSA.publicKey.export({ type: 'spki', format: 'pem' });
        return `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`;
      },
    ],
    ['no algorithm', () => makeToken('none', 'rsa', RSA.privateKey)],
    ['an unknown kid', () => makeToken('RS256', 'unknown', RSA.privateKey)],
    ['no kid', () => makeToken('RS256', undefined, RSA.privateKey)],
    ['a kid that is no string', () => makeToken('RS256', ['rsa'], RSA.privateKey)],
    ['a key that is meant for encryption', () => makeToken('RS256', 'enc', RSA.privateKey)],
    ['a key that is meant for another algorithm', () => makeToken('RS256', 'rs512', RSA.privateKey)],
    ['an RSA key that is too short', () => makeToken('RS256', 'short', SHORT_RSA.privateKey)],
    ['a key of another curve', () => makeToken('ES256', 'p384', P384.privateKey)],
  ])('refuses %s', async (_, token) => {
    serve(
      jwk('rsa', RSA.publicKey),
      jwk('enc', RSA.publicKey, { use: 'enc' }),
      jwk('rs512', RSA.publicKey, { alg: 'RS512' }),
      jwk('short', SHORT_RSA.publicKey),
      jwk('p384', P384.publicKey),
    );
    await refused(authenticate(`Bearer ${token()}`));
    expect(failures).toEqual([]);
  });

  it('does not fetch anything for a token without a kid', async () => {
    await refused(bearer('RS256', undefined, RSA.privateKey));
    await refused(bearer('HS256', 'rsa', RSA.privateKey));
    expect(fetches).toBe(0);
  });

  it('fetches again for a new kid, but no more than once per cooldown', async () => {
    await bearer('RS256', 'rsa', RSA.privateKey);
    serve(jwk('new', OTHER_RSA.publicKey));
    for (let attempt = 0; attempt < 20; attempt++) await refused(bearer('RS256', `kid-${attempt}`, RSA.privateKey));
    await refused(bearer('RS256', 'new', OTHER_RSA.privateKey));
    expect(fetches).toBe(1);

    advance(COOLDOWN);
    expect(await bearer('RS256', 'new', OTHER_RSA.privateKey)).toMatchObject({ sub: 'anna' });
    for (let attempt = 0; attempt < 20; attempt++) await refused(bearer('RS256', `kid-${attempt}`, RSA.privateKey));
    expect(fetches).toBe(2);
  });

  it('honours a withdrawn key no longer than the set is kept, not even for a token that it has seen', async () => {
    await bearer('RS256', 'rsa', RSA.privateKey);
    serve(jwk('new', OTHER_RSA.publicKey));
    advance(MAX_AGE - 1);
    expect(await bearer('RS256', 'rsa', RSA.privateKey)).toMatchObject({ sub: 'anna' });
    advance(1);
    await refused(bearer('RS256', 'rsa', RSA.privateKey));
    expect(fetches).toBe(2);
  });

  it.each<[string, (response: ServerResponse) => unknown]>([
    ['fails', (response) => response.writeHead(500).end('{"keys":[]}')],
    ['redirects', (response) => response.writeHead(302, { location: '/keys' }).end()],
    ['hangs up', (response) => response.destroy()],
    ['answers with something else', (response) => response.end('<html></html>')],
    ['answers with no set', (response) => response.end('{"keys":{}}')],
    [
      'answers with a set that is too large',
      (response) => response.end(JSON.stringify({ keys: [], more: 'x'.repeat(600_000) })),
    ],
    ['answers without end', flood],
    ['answers with half a set', (response) => response.writeHead(200).write('{"keys":[', () => response.destroy())],
  ])('says that it cannot judge while the other side %s, tells once, and asks again later', async (_, fail) => {
    answer = fail;
    for (let attempt = 0; attempt < 10; attempt++) await unavailable(bearer('RS256', 'rsa', RSA.privateKey));
    await Promise.all([1, 2, 3].map(() => unavailable(bearer('ES256', 'ec', P256.privateKey))));
    expect([fetches, failures.length]).toEqual([1, 1]);

    serve(jwk('rsa', RSA.publicKey));
    advance(FAILURE_COOLDOWN);
    expect(await bearer('RS256', 'rsa', RSA.privateKey)).toMatchObject({ sub: 'anna' });
    expect([fetches, failures.length]).toEqual([2, 1]);
  });

  it('does not wait for ever', async () => {
    answer = () => undefined;
    authenticate = create(1);
    await unavailable(bearer('RS256', 'rsa', RSA.privateKey));
    expect(failures).toEqual([expect.objectContaining({ code: 'ERR_JWKS_TIMEOUT' })]);
  });

  it('goes on with the keys that it has while the set cannot be fetched for a new one', async () => {
    await bearer('RS256', 'rsa', RSA.privateKey);
    answer = (response) => response.writeHead(503).end();
    advance(COOLDOWN);
    await unavailable(bearer('RS256', 'new', OTHER_RSA.privateKey));
    expect(await bearer('ES256', 'ec', P256.privateKey)).toMatchObject({ sub: 'anna' });
    expect(failures).toHaveLength(1);
  });
});
