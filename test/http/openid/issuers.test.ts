import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDiscovery } from '../../../src/http/openid/discovery.js';
import { type FakeIssuer, json, startFakeIssuer } from '../../support/openid/fake-issuer.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const CLIENT = 'console';
const NONCE = 'n'.repeat(43);

function flood(response: ServerResponse): void {
  if (!response.destroyed) response.write('['.repeat(16_384), () => flood(response));
}

let issuer: FakeIssuer;
beforeEach(async () => {
  issuer = await startFakeIssuer(CLIENT);
});
afterEach(() => issuer.stop());

/** What nobody takes for an answer. */
const BAD_ANSWERS: [string, (response: ServerResponse) => unknown][] = [
  ['HTML', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>')],
  ['no JSON', (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{')],
  ['a list', (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('[]')],
  ['a redirect', (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
  ['no end', (response) => flood(response.writeHead(200, { 'content-type': 'application/json' }))],
];

describe('the metadata of an issuer', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
  afterEach(() => vi.useRealTimers());
  const advance = (ms: number): void => void vi.setSystemTime(Date.now() + ms);

  it.each([
    ...BAD_ANSWERS,
    ['an error', (response: ServerResponse) => response.writeHead(500).end()],
    ['nothing', (response: ServerResponse) => response.destroy()],
  ] satisfies typeof BAD_ANSWERS)('is fetched again after %s, but not at once', async (_, answer) => {
    const failures: unknown[] = [];
    const read = createDiscovery(issuer.issuer, { failureCooldown: 5_000, onFailure: (error) => failures.push(error) });
    const { metadata } = issuer.answers;
    issuer.answers.metadata = answer;
    const results = await Promise.allSettled([read(), read(), read()]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(read()).rejects.toThrow('The metadata of the issuer cannot be read');
    expect([issuer.requests.length, failures.length]).toEqual([1, 1]);

    issuer.answers.metadata = metadata;
    advance(5_000);
    expect((await read()).token_endpoint).toBe(`${issuer.issuer}/token`);
  });

  it('is not waited for longer than the limit', async () => {
    const read = createDiscovery(issuer.issuer, { timeout: 1 });
    issuer.answers.metadata = () => undefined;
    await expect(read()).rejects.toThrow('The metadata of the issuer cannot be read');
  });

  it('serves on while a new one is fetched, and while there is none', async () => {
    const read = createDiscovery(issuer.issuer, { maxAge: 1_000, failureCooldown: 5_000 });
    const before = await read();
    issuer.metadata['end_session_endpoint'] = `${issuer.issuer}/end`;
    advance(999);
    expect(await read()).toBe(before);
    expect(issuer.requests).toHaveLength(1);
    advance(1);
    expect(await read()).toBe(before);
    await vi.waitFor(async () => expect((await read()).end_session_endpoint).toBe(`${issuer.issuer}/end`));

    advance(1_000);
    issuer.answers.metadata = (response) => response.destroy();
    const known = await read();
    for (let attempt = 0; attempt < 5; attempt++) expect(await read()).toBe(known);
  });

  it.each<[string, Record<string, unknown>]>([
    ['calls itself otherwise', { issuer: 'https://other.example' }],
    ['has no issuer', { issuer: undefined }],
    ['has no keys', { jwks_uri: undefined }],
    ['has no place for tokens', { token_endpoint: 7 }],
    ['leads to plain HTTP', { authorization_endpoint: 'http://issuer.example/authorize' }],
    ['leads to another scheme', { authorization_endpoint: 'javascript:alert(1)' }],
    ['leads to a password', { token_endpoint: 'https://user:password@issuer.example/token' }],
    ['signs out elsewhere', { end_session_endpoint: 'data:text/html,' }],
  ])('is not taken if it %s', async (_, changed) => {
    Object.assign(issuer.metadata, changed);
    await expect(createDiscovery(issuer.issuer)()).rejects.toThrow('The metadata of the issuer cannot be read');
  });

  it('is taken only if it names the issuer character by character', async () => {
    await expect(createDiscovery(`${issuer.issuer}/`)()).rejects.toThrow('The metadata of the issuer cannot be read');
  });
});

describe('sign-in at an issuer', () => {
  let server: TestServer;
  const start = async (more: { readonly clientSecret?: string } = {}): Promise<void> => {
    server = await startTestServer({ openId: { issuer: issuer.issuer, clientId: CLIENT, scopes: 'openid', ...more } });
  };
  beforeEach(() => start());
  afterEach(() => server.stop());

  const post = async (path: string, body: object) => {
    const response = await fetch(`${server.url}/console/sign-in/${path}`, {
      method: 'POST',
      headers: { origin: server.url, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  };
  const redeem = (more: object = {}) =>
    post('token', {
      code: 'c',
      code_verifier: 'v'.repeat(43),
      redirect_uri: `${server.url}/console/sign-in/callback`,
      nonce: NONCE,
      ...more,
    });

  it('asks with the code and its verifier, and for a public client without a secret', async () => {
    issuer.answers.token = issuer.tokens({ nonce: NONCE });
    const { status, body } = await redeem();
    expect([status, body]).toEqual([
      200,
      { id_token: expect.any(String) as string, expires_in: expect.any(Number) as number, refresh_token: 'r2' },
    ]);
    const [request] = issuer.requests.filter(({ path }) => path === '/token');
    expect(request?.authorization).toBeUndefined();
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      client_id: CLIENT,
      code: 'c',
      code_verifier: 'v'.repeat(43),
      grant_type: 'authorization_code',
      redirect_uri: `${server.url}/console/sign-in/callback`,
    });
  });

  it.each([
    [undefined, 'basic'],
    [['client_secret_basic', 'client_secret_post'], 'basic'],
    [['client_secret_post'], 'post'],
  ])('sends a secret as the issuer takes it: %j', async (methods, how) => {
    await server.stop();
    await start({ clientSecret: 'a secret: 100%' });
    issuer.metadata['token_endpoint_auth_methods_supported'] = methods;
    issuer.answers.token = issuer.tokens({ nonce: NONCE });
    expect((await redeem()).status).toBe(200);
    const [request] = issuer.requests.filter(({ path }) => path === '/token');
    const inBody = new URLSearchParams(request?.body).get('client_secret');
    const inHeader = Buffer.from(request?.authorization?.split(' ')[1] ?? '', 'base64').toString();
    expect([inBody, inHeader]).toEqual(
      how === 'post' ? ['a secret: 100%', ''] : [null, `${CLIENT}:a+secret%3A+100%25`],
    );
  });

  it.each(BAD_ANSWERS)('says that the issuer answers wrongly: %s', async (_, answer) => {
    issuer.answers.token = answer;
    const { status, headers, body } = await redeem();
    expect([status, body['reason'], headers.get('retry-after')]).toEqual([503, 'invalid_answer', '5']);
  });

  it.each<[string, FakeIssuer['answers']['token'], number, string]>([
    ['a code that does not hold', json({ error: 'invalid_grant' }, 400), 401, 'grant'],
    ['an unknown client', json({ error: 'invalid_client' }, 400), 503, 'client'],
    [
      'an unknown client, as a challenge',
      json({ error: 'invalid_client' }, 401, { 'www-authenticate': 'Basic realm="x"' }),
      503,
      'client',
    ],
    ['a client that may not do so', json({ error: 'unauthorized_client' }, 400), 503, 'client'],
    ['an issuer that fails', json({ error: 'server_error' }, 500), 503, 'unreachable'],
    [
      'a proxy that fails',
      (response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<html>'),
      503,
      'unreachable',
    ],
    ['too many requests', (response) => response.writeHead(429).end(), 503, 'unreachable'],
    ['a broken connection', (response) => response.destroy(), 503, 'unreachable'],
    ['an error that nobody knows', json({ error: 'constructor' }, 400), 503, 'invalid_answer'],
    ['no ID token', json({ access_token: 'a', token_type: 'Bearer' }), 503, 'invalid_answer'],
  ])('tells of %s', async (_, answer, status, reason) => {
    issuer.answers.token = answer;
    const { body, ...response } = await redeem();
    expect([response.status, body['reason']]).toEqual([status, reason]);
    expect(body['details']).toMatch(/^[A-Z][^<>{}]+$/);
  });

  it.each<[string, object, number, string]>([
    ['another nonce', { nonce: 'm'.repeat(43) }, 401, 'nonce'],
    ['another audience', { aud: 'other' }, 401, 'token'],
    ['another issuer', { iss: 'https://other.example' }, 401, 'token'],
    ['somebody else as authorized party', { aud: [CLIENT, 'other'], azp: 'other' }, 401, 'token'],
    ['an end in the past', { iat: 1, exp: 2 }, 401, 'clock'],
    ['a beginning in the future', { iat: 9_999_999_000, exp: 9_999_999_999 }, 401, 'clock'],
    ['a user that is none', { sub: 'x'.repeat(300) }, 403, 'claims'],
    ['an organization that is none', { org: ['a'] }, 403, 'claims'],
  ])('refuses an ID token with %s', async (_, claims, status, reason) => {
    issuer.answers.token = issuer.tokens({ nonce: NONCE, ...claims });
    const { body, ...response } = await redeem();
    expect([response.status, body['reason']]).toEqual([status, reason]);
  });

  it('renews, keeps the refresh token unless there is a new one, and says if there is no ID token', async () => {
    issuer.answers.token = issuer.tokens({}, { refresh_token: undefined });
    const renewed = await post('token', { refresh_token: 'r1' });
    expect([renewed.status, Object.keys(renewed.body)]).toEqual([200, ['id_token', 'expires_in']]);
    const request = new URLSearchParams(issuer.requests.find(({ path }) => path === '/token')?.body);
    expect([request.get('grant_type'), request.get('refresh_token')]).toEqual(['refresh_token', 'r1']);
    issuer.answers.token = json({ access_token: 'a', token_type: 'Bearer' });
    expect(await post('token', { refresh_token: 'r1' })).toMatchObject({
      status: 401,
      body: { reason: 'no_id_token' },
    });
  });

  it('refuses an ID token that the issuer has not signed', async () => {
    const idToken = issuer.idToken({ nonce: NONCE });
    for (const forged of [
      issuer.idToken({ nonce: NONCE }, { kid: 'other' }),
      idToken.slice(0, -8) + 'AAAAAAAA',
      issuer.idToken({ nonce: NONCE }, { alg: 'none' }),
    ]) {
      issuer.answers.token = issuer.tokens({}, { id_token: forged });
      const { body, ...response } = await redeem();
      expect([response.status >= 400, body['reason']]).toEqual([
        true,
        expect.stringMatching(/^(?:token|invalid_answer)$/),
      ]);
    }
  });

  it('refuses an answer that names another issuer, or none where this one always does', async () => {
    issuer.answers.token = issuer.tokens({ nonce: NONCE });
    expect((await redeem({ iss: 'https://other.example' })).body['reason']).toBe('issuer');
    await server.stop();
    issuer.metadata['authorization_response_iss_parameter_supported'] = true;
    await start();
    expect((await redeem()).body['reason']).toBe('issuer');
    expect((await redeem({ iss: issuer.issuer })).status).toBe(200);
  });

  it('tells pages how to begin, and no secret', async () => {
    await server.stop();
    await start({ clientSecret: 'a secret' });
    const answer = await fetch(`${server.url}/console/sign-in/configuration`);
    expect(await answer.json()).toEqual({
      enabled: true,
      issuer: issuer.issuer,
      authorization_endpoint: `${issuer.issuer}/authorize`,
      client_id: CLIENT,
      scopes: 'openid',
      parameters: {},
      iss_parameter: false,
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('signs out although the issuer cannot revoke', async () => {
    expect((await post('end', { refresh_token: 'r' })).body).toEqual({ revoked: true });
    expect(issuer.requests.at(-1)).toMatchObject({ path: '/revoke' });
    issuer.answers.revoke = (response) => response.writeHead(500).end();
    expect((await post('end', { refresh_token: 'r' })).body).toEqual({ revoked: false });
    expect((await post('end', {})).body).toEqual({ revoked: false });
  });

  it('refuses what comes too often from one address', async () => {
    await server.restart({ addressLimits: { requestsPerMinute: 100_000, connections: 0 } });
    const statuses = new Map<number, number>();
    for (let request = 0; request < 301; request++) {
      const { status } = await post('end', {});
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect([...statuses]).toEqual([
      [200, 300],
      [429, 1],
    ]);
  });
});
