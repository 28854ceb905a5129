import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  beginSignIn,
  CALLBACK_PATH,
  endSession,
  finishSignIn,
  readConfiguration,
  renewSession,
  type Session,
} from '../../../web/console/session/oidc.js';
import {
  CLIENT_ID,
  createVisitor,
  startProvider,
  type TestProvider,
  type Visitor,
} from '../../support/openid/provider.js';
import { openTab, type TestTab } from '../../support/openid/tab.js';
import { startTestServer, type TestServer } from '../../support/server.js';

let provider: TestProvider;
let server: TestServer;
let tab: TestTab;
let visitor: Visitor;

beforeAll(async () => {
  provider = await startProvider();
  server = await startTestServer({
    openId: {
      issuer: provider.issuer,
      clientId: CLIENT_ID,
      scopes: 'openid profile offline_access',
      // This issuer does as OpenID Connect Core 1.0 section 11 has it.
      parameters: { prompt: 'consent' },
    },
  });
  await provider.serve(server.url + CALLBACK_PATH);
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
});
beforeEach(() => {
  tab = openTab(server.url);
  visitor = createVisitor(provider.issuer);
});

const begin = async (returnTo = '/console/review?queue=mine'): Promise<string> => {
  const configuration = await readConfiguration(tab);
  if (configuration === undefined) throw new Error('There is no sign-in');
  return beginSignIn(configuration, returnTo, tab);
};
const signIn = async (login = 'anna'): Promise<Session> => {
  const back = await visitor.signIn(await begin(), login);
  return (await finishSignIn(back.searchParams, tab)).session;
};
const call = (token: string, query = '{ reviewQueue(first: 1) { totalCount } }') =>
  fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
const reasonOf = (result: Promise<unknown>) =>
  result.then(
    () => 'none',
    (error: unknown) => (error as { readonly reason?: string }).reason,
  );
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/console/sign-in/${path}`, {
    method: 'POST',
    headers: { origin: server.url, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('sign-in at a real issuer', () => {
  it('leads through the issuer and back to where it began, with the roles that the issuer gives', async () => {
    const url = new URL(await begin());
    expect(url.origin).toBe(provider.issuer);
    expect(url.searchParams.get('code_challenge_method')).toBe('S256');
    const back = await visitor.signIn(url.href, 'anna');
    expect(back.origin + back.pathname).toBe(server.url + CALLBACK_PATH);
    expect(back.searchParams.get('iss')).toBe(provider.issuer);

    const { session, returnTo } = await finishSignIn(back.searchParams, tab);
    expect(returnTo).toBe('/console/review?queue=mine');
    expect(session.refreshToken).toEqual(expect.any(String));
    expect(session.lifetime).toBeGreaterThan(3_500_000);
    const answer = await call(session.idToken);
    expect([answer.status, await answer.json()]).toEqual([200, { data: { reviewQueue: { totalCount: 0 } } }]);
  });

  it('gives those without a role of ours the default role', async () => {
    const { idToken } = await signIn('bob');
    expect((await (await call(idToken)).json()) as object).toMatchObject({
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
    const listed = await call(idToken, '{ feedbackList(first: 1) { totalCount } }');
    expect(await listed.json()).toEqual({ data: { feedbackList: { totalCount: 0 } } });
  });

  it('accepts the tokens of applications besides', async () => {
    const { data } = await server.graphql('{ reviewQueue(first: 1) { totalCount } }', {}, { roles: ['reviewer'] });
    expect(data).toEqual({ reviewQueue: { totalCount: 0 } });
  });

  it('renews with a refresh token that holds once', async () => {
    const session = await signIn();
    const renewed = await renewSession(session, tab);
    expect(renewed.refreshToken).not.toBe(session.refreshToken);
    expect((await call(renewed.idToken)).status).toBe(200);
    expect(await reasonOf(renewSession(session, tab))).toBe('grant');
    // The issuer takes a refresh token that comes twice for stolen, and all that followed from it with it.
    expect(await reasonOf(renewSession(renewed, tab))).toBe('grant');
  });

  it('signs out: nothing is renewed any more, and the address at the issuer holds no token', async () => {
    const session = await signIn();
    const url = new URL((await endSession(session, CLIENT_ID, tab)) ?? '');
    expect(url.origin).toBe(provider.issuer);
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'post_logout_redirect_uri']);
    expect((await fetch(url)).status).toBe(200);
    expect(await reasonOf(renewSession(session, tab))).toBe('grant');
  });

  it('refuses a code that comes twice', async () => {
    const back = await visitor.signIn(await begin(), 'anna');
    const kept = new Map(tab.kept);
    await finishSignIn(back.searchParams, tab);
    expect(await reasonOf(finishSignIn(back.searchParams, tab))).toBe('not_begun');
    for (const [key, value] of kept) tab.kept.set(key, value);
    expect(await reasonOf(finishSignIn(back.searchParams, tab))).toBe('grant');
  });

  it('refuses a code that another sign-in was given', async () => {
    const begun = await begin();
    const back = await visitor.signIn(begun, 'anna');
    const other = openTab(server.url);
    const configuration = (await readConfiguration(other))!;
    const otherUrl = new URL(await beginSignIn(configuration, '/console', other));
    const injected = new URLSearchParams(back.searchParams);
    expect(await reasonOf(finishSignIn(injected, other))).toBe('state');
    // With the right state, too, since its code belongs to another verifier.
    await beginSignIn(configuration, '/console', other);
    injected.set('state', otherUrl.searchParams.get('state') ?? '');
    expect(await reasonOf(finishSignIn(injected, other))).toBe('state');
    const again = new URL(await beginSignIn(configuration, '/console', other));
    injected.set('state', again.searchParams.get('state') ?? '');
    expect(await reasonOf(finishSignIn(injected, other))).toBe('grant');
  });

  it('refuses an ID token with another nonce', async () => {
    const back = await visitor.signIn(await begin(), 'anna');
    const [[key, text]] = [...tab.kept] as [[string, string]];
    tab.kept.set(key, JSON.stringify({ ...(JSON.parse(text) as object), nonce: 'n'.repeat(43) }));
    expect(await reasonOf(finishSignIn(back.searchParams, tab))).toBe('nonce');
  });

  it('tells whoever cancels that they did', async () => {
    const back = await visitor.cancel(await begin());
    expect(back.searchParams.get('error')).toBe('access_denied');
    expect(await reasonOf(finishSignIn(back.searchParams, tab))).toBe('refused');
  });

  it('says so while the issuer is down, and goes on when it is back', async () => {
    const session = await signIn();
    await provider.goDown();
    try {
      expect(await reasonOf(renewSession(session, tab))).toBe('unreachable');
      // What was signed in goes on, as the keys are known.
      expect((await call(session.idToken)).status).toBe(200);
    } finally {
      await provider.comeBack();
    }
    const renewed = await renewSession(session, tab);
    expect((await call(renewed.idToken)).status).toBe(200);
  });

  it('serves its own pages alone', async () => {
    const { refreshToken } = await signIn();
    const body = { refresh_token: refreshToken };
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `${server.url}/` },
      { origin: server.url, 'sec-fetch-site': 'cross-site' },
      { origin: server.url, 'sec-fetch-site': 'same-site' },
    ]) {
      const answer = await post('token', body, headers);
      expect([headers, answer.status, ((await answer.json()) as { reason: string }).reason]).toEqual([
        headers,
        403,
        'origin',
      ]);
    }
    const without = await fetch(`${server.url}/console/sign-in/token`, { method: 'POST', body: JSON.stringify(body) });
    expect(without.status).toBe(403);
    expect((await post('token', body)).status).toBe(200);
  });

  it('takes back no code that was sent elsewhere', async () => {
    const body = { code: 'c', code_verifier: 'v'.repeat(43), nonce: 'n'.repeat(43), iss: provider.issuer };
    for (const redirectUri of [
      'https://evil.example/console/sign-in/callback',
      `${server.url}/console/sign-in/callback/`,
      `${server.url}/console/sign-in/callback?a=b`,
      `${server.url}/console`,
    ]) {
      const answer = await post('token', { ...body, redirect_uri: redirectUri });
      expect([answer.status, await answer.json()]).toMatchObject([400, { reason: 'redirect_uri' }]);
    }
  });

  it.each([
    ['nothing', {}, 400],
    ['half a code', { code: 'c', nonce: 'n'.repeat(43) }, 400],
    ['a short verifier', { code: 'c', code_verifier: 'short', nonce: 'n'.repeat(43), redirect_uri: 'x' }, 400],
    ['a list', [], 400],
    ['a number', { refresh_token: 1 }, 400],
    ['an unknown field', { refresh_token: 'r', grant_type: 'password' }, 400],
    ['no JSON', '{', 400],
    ['too much', { refresh_token: 'r'.repeat(40_000) }, 413],
    ['an unknown refresh token', { refresh_token: 'unknown' }, 401],
  ])('refuses %s', async (_, body, status) => {
    const answer = await post('token', body);
    expect([answer.status, await answer.json()]).toMatchObject([status, { details: expect.any(String) as string }]);
  });

  it('takes JSON alone', async () => {
    const answer = await post('token', 'refresh_token=r', { 'content-type': 'application/x-www-form-urlencoded' });
    expect(answer.status).toBe(415);
  });
});

it('is not there unless it is configured', async () => {
  const plain = await startTestServer();
  try {
    expect(await readConfiguration(openTab(plain.url))).toBeUndefined();
    const answer = await fetch(`${plain.url}/console/sign-in/token`, { method: 'POST' });
    expect(answer.status).toBe(401);
  } finally {
    await plain.stop();
  }
});
