import { createHmac, createSecretKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createAuthenticator } from '../../src/http/authentication.js';
import { type KeySource, KeyError } from '../../src/http/keys.js';
import { SignInError } from '../../src/http/sign-in-failure.js';
import { permissionsOf, type Role } from '../../src/permissions.js';

const NOW = 1_700_000_000;
const SECRET = randomBytes(32).toString('base64url');
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const P256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ED25519 = generateKeyPairSync('ed25519');
const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();

type Sign = (input: string) => Buffer;
const hs256 =
  (secret: string): Sign =>
  (input) =>
    createHmac('sha256', secret).update(input).digest();
const rs256 =
  (key = RSA.privateKey): Sign =>
  (input) =>
    sign('sha256', Buffer.from(input), key);
const es256 =
  (key = P256.privateKey): Sign =>
  (input) =>
    sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
const eddsa =
  (key = ED25519.privateKey): Sign =>
  (input) =>
    sign(null, Buffer.from(input), key);

const CLAIMS = { sub: 'anna', exp: NOW + 3600 };
const encode = (part: unknown): string =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');

/** A token by hand, so that it can be wrong in every way. */
function makeToken(alg: string, signer: Sign, claims: unknown = CLAIMS, header: object = {}): string {
  const input = `${encode({ alg, typ: 'JWT', ...header })}.${encode(claims)}`;
  return `${input}.${signer(input).toString('base64url')}`;
}

const KINDS: [string, KeySource, Sign][] = [
  ['HS256', { kind: 'secret', secret: SECRET }, hs256(SECRET)],
  ['RS256', { kind: 'publicKey', pem: pemOf(RSA.publicKey) }, rs256()],
  ['ES256', { kind: 'publicKey', pem: pemOf(P256.publicKey) }, es256()],
  ['EdDSA', { kind: 'publicKey', pem: pemOf(ED25519.publicKey) }, eddsa()],
];

const REFUSED: unknown = expect.objectContaining({ code: 'UNAUTHENTICATED', message: 'Valid Bearer Token required' });

describe.each(KINDS)('authentication with %s', (alg, source, signer) => {
  let now: number;
  beforeEach(() => (now = NOW * 1000));
  const createWith = (options: { issuer?: string; audience?: string; maxLifetime?: number } = {}) =>
    createAuthenticator(source, { ...options, now: () => now });
  const token = (claims: unknown = CLAIMS, header: object = {}) => makeToken(alg, signer, claims, header);
  const authenticate = (claims: unknown) => createWith()(`Bearer ${token(claims)}`);

  it('answers who a token is for', async () => {
    const claims = { ...CLAIMS, org: 'acme', roles: ['trainer'], scope: 'openid reviewer' };
    expect(await authenticate(claims)).toEqual({
      sub: 'anna',
      org: 'acme',
      permissions: permissionsOf('trainer', 'reviewer'),
      expiresAt: (NOW + 3600) * 1000,
    });
  });

  it('refuses a token that is valid for longer than allowed, from its issue or from now', async () => {
    const under = (claims: object) =>
      createWith({ maxLifetime: 900 })(`Bearer ${token({ sub: 'anna', ...claims })}`).then(
        () => 'taken',
        (error: unknown) => (error instanceof SignInError ? error.reason : error),
      );
    expect(await under({ iat: NOW, exp: NOW + 900 })).toBe('taken');
    expect(await under({ exp: NOW + 900 })).toBe('taken');
    expect(await under({ iat: NOW - 100, exp: NOW + 800 })).toBe('taken');
    for (const claims of [
      { iat: NOW, exp: NOW + 901 },
      { iat: NOW - 800, exp: NOW + 101 },
      { exp: NOW + 961 },
      { iat: NOW + 10_000, exp: NOW + 10_100 },
      { exp: 1e300 },
    ]) {
      expect([claims, await under(claims)]).toEqual([claims, 'lifetime']);
    }
  });

  it.each([
    ['no roles', {}, []],
    ['unknown names', { roles: ['owner', 'Admin', 'admin '], scope: 'openid ADMIN admin,trainer' }, []],
    ['roles that are no strings', { roles: [['admin'], { admin: true }, null, 1] }, []],
    ['one role as a text', { roles: 'admin' }, ['admin']],
    ['several roles as one text', { roles: 'reviewer trainer' }, []],
    ['an empty text', { roles: '' }, []],
    ['a scope that is a list', { scope: ['openid', ' submitter  reader', 7, null] }, ['submitter', 'reader']],
    ['a scope that is neither', { scope: { admin: true } }, []],
    ['the same role twice', { roles: ['admin', 'admin'], scope: 'admin' }, ['admin']],
    ['all roles', { scope: 'reviewer  trainer admin' }, ['reviewer', 'trainer', 'admin']],
    ['a submitter', { roles: ['submitter'] }, ['submitter']],
    ['odd white space', { scope: '\t reader\n\u00a0submitter ' }, ['reader', 'submitter']],
    ['a thousand roles', { roles: Array.from({ length: 1000 }, (_, at) => `role${at}`).concat('reader') }, ['reader']],
    ['names of properties', { roles: ['constructor', '__proto__', 'toString'] }, []],
    ['a number', { roles: 7, scope: 7 }, []],
  ] satisfies [string, object, Role[]][])('reads roles: %s', async (_, claims, roles) => {
    expect((await authenticate({ ...CLAIMS, ...claims })).permissions).toEqual(
      permissionsOf(...(roles.length > 0 ? roles : (['member'] as const))),
    );
  });

  it.each([
    ['no organization', {}, 'anna', 'default'],
    ['256 bytes', { sub: 'é'.repeat(128), org: 'x'.repeat(256) }, 'é'.repeat(128), 'x'.repeat(256)],
    ['odd names', { sub: 'a:b%/ 🙂', org: '"; DROP' }, 'a:b%/ 🙂', '"; DROP'],
  ])('reads names: %s', async (_, claims, sub, org) => {
    expect(await authenticate({ ...CLAIMS, ...claims })).toMatchObject({ sub, org });
  });

  it.each([
    ['no sub', { exp: CLAIMS.exp }],
    ['no exp', { sub: 'anna' }],
    ['the name that erased people have', { ...CLAIMS, sub: '[erased]' }],
    ...[null, 7, '', [], {}, ['anna'], 'a\0b', 'a\nb', 'a\u0085b', '\ud800', 'é'.repeat(129)].flatMap(
      (name): [string, object][] => [
        [`the sub ${JSON.stringify(name).slice(0, 20)}`, { ...CLAIMS, sub: name }],
        [`the org ${JSON.stringify(name).slice(0, 20)}`, { ...CLAIMS, org: name }],
      ],
    ),
    ...[null, String(CLAIMS.exp), [CLAIMS.exp], true, {}].map((exp): [string, object] => [
      `the exp ${JSON.stringify(exp)}`,
      { sub: 'anna', exp },
    ]),
    ['an exp that never comes', '{"sub":"anna","exp":1e999}'],
    ['an exp that is out of reach', '{"sub":"anna","exp":1e308}'],
    ['an nbf that is no number', { ...CLAIMS, nbf: '1' }],
    ...[
      null,
      [],
      'chat-1',
      { interaction_id: 7 },
      { adapter_id: '' },
      { model_version: null },
      { interactionId: 'c' },
    ].map((scope): [string, object] => [`the scope ${JSON.stringify(scope)}`, { ...CLAIMS, feedback_scope: scope }]),
    ['claims that are a string', '"anna"'],
    ['claims that are null', 'null'],
    ['claims that are an array', '[]'],
    ['claims that are no JSON', '{"sub":"anna"'],
    ['no claims', ''],
    ['a sub in the prototype', `{"__proto__":{"sub":"anna"},"exp":${CLAIMS.exp}}`],
  ])('refuses %s', async (_, claims) => {
    await expect(authenticate(claims)).rejects.toThrow(REFUSED);
  });

  it.each([
    [true, { exp: NOW - 59 }],
    [false, { exp: NOW - 60 }],
    [false, { exp: 0 }],
    [false, { exp: -1 }],
    [true, { nbf: NOW + 60 }],
    [false, { nbf: NOW + 61 }],
    [true, { iat: NOW + 60 }],
    [false, { iat: NOW + 61 }],
    [false, { iat: NOW * 1000 }],
    [false, { iat: 1e308 }],
    [true, { iat: -1 }],
  ])('allows clocks to differ by less than a minute: %s for %j', async (allowed, times) => {
    const answer = authenticate({ ...CLAIMS, ...times });
    await (allowed ? expect(answer).resolves.toMatchObject({ sub: 'anna' }) : expect(answer).rejects.toThrow(REFUSED));
  });

  it('honours a token that it has seen no longer than a new one', async () => {
    const seen = createWith();
    const header = `Bearer ${token()}`;
    const first = await seen(header);
    now = (CLAIMS.exp + 59) * 1000;
    expect(await seen(header)).toEqual(first);
    now = (CLAIMS.exp + 60) * 1000;
    await expect(seen(header)).rejects.toThrow(REFUSED);
  });

  it('does not take one token for another', async () => {
    const authenticator = createWith();
    const names = ['anna', 'bert', 'anna'];
    for (const sub of names) expect(await authenticator(`Bearer ${token({ ...CLAIMS, sub })}`)).toMatchObject({ sub });
    const forged = token().replace(/[^.]+$/, token({ ...CLAIMS, sub: 'bert' }).split('.')[2]!);
    await expect(authenticator(`Bearer ${forged}`)).rejects.toThrow(REFUSED);
  });

  it('asks for the issuer and the audience where they are set', async () => {
    const authenticator = createWith({ issuer: 'https://issuer.example', audience: 'feedback' });
    const right = { ...CLAIMS, iss: 'https://issuer.example', aud: ['other', 'feedback'] };
    expect(await authenticator(`Bearer ${token(right)}`)).toMatchObject({ sub: 'anna' });
    expect(await authenticator(`Bearer ${token({ ...right, aud: 'feedback' })}`)).toMatchObject({ sub: 'anna' });
    for (const wrong of [
      { iss: undefined },
      { iss: 'https://issuer.example/' },
      { aud: undefined },
      { aud: ['other'] },
      { aud: [] },
    ]) {
      await expect(authenticator(`Bearer ${token({ ...right, ...wrong })}`)).rejects.toThrow(REFUSED);
    }
  });

  it('refuses critical extensions that it does not know (RFC 7515 section 4.1.11)', async () => {
    const header = { crit: ['http://example.com/UNDEFINED'], 'http://example.com/UNDEFINED': true };
    await expect(createWith()(`Bearer ${token(CLAIMS, header)}`)).rejects.toThrow(REFUSED);
  });

  it('takes a token of 16 KiB, and none that is longer', async () => {
    const ofSize = (padding: number) => token({ ...CLAIMS, padding: 'x'.repeat(padding) });
    const [small, large] = [ofSize(12_000 - ofSize(0).length), ofSize(20 * 1024)];
    expect(small.length).toBeLessThanOrEqual(16 * 1024);
    await expect(createWith()(`Bearer ${small}`)).resolves.toMatchObject({ sub: 'anna' });
    await expect(createWith()(`Bearer ${large}`)).rejects.toThrow(REFUSED);
  });

  it('takes the scheme in any case', async () => {
    for (const scheme of ['bearer', 'BEARER', 'Bearer  ']) {
      expect(await createWith()(`${scheme} ${token()}`)).toMatchObject({ sub: 'anna' });
    }
  });

  it.each<[string, (good: string) => string | undefined]>([
    ['no header', () => undefined],
    ['an empty header', () => ''],
    ['the scheme alone', () => 'Bearer'],
    ['the scheme and a space', () => 'Bearer '],
    ['no scheme', (good) => good],
    ['another scheme', (good) => `Basic ${good}`],
    ['a scheme that begins alike', (good) => `Bearers ${good}`],
    ['two tokens', (good) => `Bearer ${good}, Bearer ${good}`],
    ['two schemes', (good) => `Bearer Bearer ${good}`],
    ['something before it', (good) => ` Bearer ${good}`],
    ['something after it', (good) => `Bearer ${good} x`],
    ['a line break after it', (good) => `Bearer ${good}\n`],
    ['padding', (good) => `Bearer ${good}=`],
    ['quotes', (good) => `Bearer "${good}"`],
    ['no signature', (good) => `Bearer ${good.replace(/[^.]+$/, '')}`],
    ['two parts', (good) => `Bearer ${good.replace(/\.[^.]+$/, '')}`],
    ['four parts', (good) => `Bearer ${good}.x`],
    [
      'another signature',
      (good) =>
        `Bearer ${good.replace(/[^.]+$/, (signature) => `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`)}`,
    ],
    ['a shortened signature', (good) => `Bearer ${good.slice(0, -4)}`],
    ['other claims', (good) => `Bearer ${good.replace(/\.[^.]+\./, `.${encode({ ...CLAIMS, sub: 'root' })}.`)}`],
    ['a header that is no JSON', (good) => `Bearer ${good.replace(/^[^.]+/, encode('{'))}`],
    ['garbage', () => 'Bearer \0\u00ff.%00.🙂'],
    ['a long run of spaces', () => `Bearer${' '.repeat(60_000)}`],
  ])('refuses %s', async (_, headerOf) => {
    await expect(createWith()(headerOf(token()))).rejects.toThrow(REFUSED);
  });

  it.each<[string, string]>([
    ['no algorithm', makeToken('none', () => Buffer.alloc(0))],
    ['no algorithm, with a signature', makeToken('none', signer)],
    ['no algorithm, in other spelling', makeToken('nOnE', signer)],
    ['an algorithm that is no string', makeToken('', signer, CLAIMS, { alg: [alg] })],
    ['an algorithm that is null', makeToken('', signer, CLAIMS, { alg: null })],
    ['the algorithm in other spelling', makeToken(alg.toLowerCase(), signer)],
    ['HS256 with an empty secret', makeToken('HS256', hs256(''))],
    ['another secret', makeToken('HS256', hs256('x'.repeat(32)))],
    ['another RSA key', makeToken('RS256', rs256(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey))],
    ['another EC key', makeToken('ES256', es256(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey))],
    ['another Ed25519 key', makeToken('EdDSA', eddsa(generateKeyPairSync('ed25519').privateKey))],
    ['HS384', makeToken('HS384', (input) => createHmac('sha384', SECRET).update(input).digest())],
    ['HS512', makeToken('HS512', (input) => createHmac('sha512', SECRET).update(input).digest())],
    ['RS512', makeToken('RS512', (input) => sign('sha512', Buffer.from(input), RSA.privateKey))],
    [
      'a key that the token brings itself',
      makeToken('RS256', rs256(), CLAIMS, { alg: 'HS256', jwk: { kty: 'oct', k: '' } }),
    ],
    ['an empty EC signature', makeToken('ES256', () => Buffer.alloc(64))],
    ['the algorithms of other keys', alg === 'HS256' ? makeToken('RS256', rs256()) : makeToken('HS256', hs256(SECRET))],
  ])('refuses %s', async (_, forged) => {
    await expect(createWith()(`Bearer ${forged}`)).rejects.toThrow(REFUSED);
  });

  if (source.kind !== 'publicKey') return;

  it('refuses HS256 with the public key for a secret', async () => {
    const { pem } = source;
    const bare = pem.split('\n').slice(1, -2).join('');
    for (const secret of [pem, pem.trimEnd(), bare]) {
      await expect(createWith()(`Bearer ${makeToken('HS256', hs256(secret))}`)).rejects.toThrow(REFUSED);
    }
    const der = createSecretKey(Buffer.from(bare, 'base64'));
    const forged = makeToken('HS256', (input) => createHmac('sha256', der).update(input).digest());
    await expect(createWith()(`Bearer ${forged}`)).rejects.toThrow(REFUSED);
  });
});

describe('an authenticator', () => {
  it('is not made from a key that is not allowed', () => {
    expect(() => createAuthenticator({ kind: 'secret', secret: 'short' })).toThrow(KeyError);
    expect(() => createAuthenticator({ kind: 'publicKey', pem: 'none' })).toThrow(KeyError);
  });
});
