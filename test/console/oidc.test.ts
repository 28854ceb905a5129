import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  beginSignIn,
  consolePath,
  endSession,
  finishSignIn,
  readConfiguration,
  renewSession,
  type SignInConfiguration,
} from '../../web/console/session/oidc.js';
import { SignInError } from '../../web/console/session/sign-in-error.js';
import { openTab, type TestTab } from '../support/openid/tab.js';

const ORIGIN = 'https://feedback.example';
const CONFIGURATION: SignInConfiguration = {
  issuer: 'https://issuer.example',
  authorizationEndpoint: 'https://issuer.example/authorize?tenant=acme',
  clientId: 'console',
  scopes: 'openid profile',
  parameters: { prompt: 'consent', state: 'overwritten' },
  namesItself: true,
};

const makeToken = (claims: object): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
const reasonOf = (result: Promise<unknown>) =>
  result.then(
    () => 'none',
    (error: unknown) => (error instanceof SignInError ? error.reason : error),
  );

/** What the page asked of the server. */
let asked: { readonly path: string; readonly body: Record<string, unknown> }[];
/** What the server answers. */
let answer: () => Response;
let tab: TestTab;

beforeEach(() => {
  asked = [];
  tab = openTab(ORIGIN, {
    fetch: (resource, init) => {
      const body = typeof init?.body === 'string' ? init.body : '{}';
      asked.push({
        path: typeof resource === 'string' ? resource : '',
        body: JSON.parse(body) as Record<string, unknown>,
      });
      return Promise.resolve(answer());
    },
  });
});

/** Begins a sign-in; answers the query with which the issuer would send the browser back. */
async function begin(returnTo = '/console'): Promise<URLSearchParams> {
  const url = new URL(await beginSignIn(CONFIGURATION, returnTo, tab));
  const { nonce = '', state = '' } = Object.fromEntries(url.searchParams);
  answer = () =>
    Response.json({ id_token: makeToken({ iss: CONFIGURATION.issuer, sub: 'anna', nonce }), expires_in: 300 });
  return new URLSearchParams({ code: 'code', state, iss: CONFIGURATION.issuer });
}

describe('a sign-in', () => {
  it('begins with what is new each time, and keeps what is in the address already', async () => {
    const [first, second] = [1, 2].map(() => beginSignIn(CONFIGURATION, '/console', tab));
    const urls = [new URL(await first!), new URL(await second!)];
    for (const name of ['state', 'nonce', 'code_challenge']) {
      const values = urls.map(({ searchParams }) => searchParams.get(name));
      expect(values[0]).toMatch(/^[\w-]{43}$/);
      expect(new Set(values).size).toBe(2);
    }
    expect(Object.fromEntries(urls[0]!.searchParams)).toMatchObject({
      tenant: 'acme',
      prompt: 'consent',
      response_type: 'code',
      client_id: 'console',
      scope: 'openid profile',
      redirect_uri: `${ORIGIN}/console/sign-in/callback`,
      code_challenge_method: 'S256',
    });
  });

  it('finishes once, with what the server made of the code', async () => {
    const query = await begin('/console/review?queue=mine');
    const { session, returnTo } = await finishSignIn(query, tab);
    expect(returnTo).toBe('/console/review?queue=mine');
    expect(session).toMatchObject({ expiresAt: tab.now() + 300_000, lifetime: 300_000 });
    expect(session).not.toHaveProperty('refreshToken');
    expect(asked[0]).toMatchObject({
      path: '/console/sign-in/token',
      body: { code: 'code', iss: CONFIGURATION.issuer, redirect_uri: `${ORIGIN}/console/sign-in/callback` },
    });
    expect(tab.kept.size).toBe(0);
    expect(await reasonOf(finishSignIn(query, tab))).toBe('not_begun');
  });

  it('needs a page with cryptography', async () => {
    expect(await reasonOf(beginSignIn(CONFIGURATION, '/console', { ...tab, digest: undefined }))).toBe('insecure');
  });

  it('sends no code to the server with any other state', async () => {
    await fc.assert(
      fc.asyncProperty(fc.option(fc.string()), fc.boolean(), async (state, again) => {
        asked = [];
        const query = await begin();
        const right = query.get('state') ?? '';
        if (state === null) query.delete('state');
        else if (again) query.append('state', state);
        else query.set('state', state === right ? `${state}x` : state);
        expect(await reasonOf(finishSignIn(query, tab))).toBe('state');
        expect([asked, tab.kept.size]).toEqual([[], 0]);
      }),
    );
  });

  it('takes no token with any other nonce, whatever it is made of', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (nonce) => {
        const query = await begin();
        answer = () => Response.json({ id_token: makeToken({ iss: CONFIGURATION.issuer, nonce }), expires_in: 300 });
        expect(await reasonOf(finishSignIn(query, tab))).toBe('nonce');
      }),
    );
  });

  it('takes no answer that is no token', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.jsonValue(),
          fc.string().map((text) => ({ id_token: text, expires_in: 1 })),
        ),
        async (body) => {
          const query = await begin();
          answer = () => Response.json(body);
          expect(await reasonOf(finishSignIn(query, tab))).toMatch(/^(?:server|nonce)$/);
        },
      ),
    );
  });

  it.each<[string, (query: URLSearchParams) => void, string]>([
    ['another issuer', (query) => query.set('iss', 'https://other.example'), 'issuer'],
    ['no issuer, where it names itself', (query) => query.delete('iss'), 'issuer'],
    ['two codes', (query) => query.append('code', 'other'), 'state'],
    ['no code', (query) => query.delete('code'), 'invalid_answer'],
    ['a refusal', (query) => query.set('error', 'access_denied'), 'refused'],
    ['a wish to see them again', (query) => query.set('error', 'login_required'), 'interaction'],
    ['an unknown client', (query) => query.set('error', 'unauthorized_client'), 'client'],
    ['an issuer that fails', (query) => query.set('error', 'server_error'), 'unreachable'],
    ['an error that nobody knows', (query) => query.set('error', 'constructor'), 'invalid_answer'],
  ])('ends with %s', async (_, change, reason) => {
    const query = await begin();
    change(query);
    expect(await reasonOf(finishSignIn(query, tab))).toBe(reason);
    expect(asked).toEqual([]);
  });

  it.each<[string, () => Response, string, string]>([
    [
      'of the server',
      () => Response.json({ reason: 'clock', details: 'The clocks differ' }, { status: 401 }),
      'clock',
      'The clocks differ',
    ],
    [
      'of a limit',
      () => Response.json({ details: 'Too many' }, { status: 429 }),
      'limit',
      'Too many sign-ins from your network; try again in a minute',
    ],
    [
      'of a proxy',
      () => new Response('<html>', { status: 502 }),
      'network',
      'This server cannot be reached now; try again in a few seconds',
    ],
    [
      'that nobody foresaw',
      () => new Response('<html>', { status: 500 }),
      'server',
      'This server could not sign you in; tell its operator',
    ],
  ])('passes on a problem %s', async (_, response, reason, sentence) => {
    answer = response;
    const error = await readConfiguration(tab).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ reason, message: sentence });
  });

  it('tells when the server cannot be reached', async () => {
    answer = () => {
      throw new TypeError('Failed to fetch');
    };
    expect(await reasonOf(readConfiguration(tab))).toBe('network');
  });
});

describe('a session', () => {
  it('is renewed for the same person alone', async () => {
    const { session } = await finishSignIn(await begin(), tab);
    const renewable = { ...session, refreshToken: 'r' };
    for (const claims of [
      { sub: 'bob', iss: CONFIGURATION.issuer },
      { sub: 'anna', iss: 'https://other.example' },
      {},
    ]) {
      answer = () => Response.json({ id_token: makeToken(claims), expires_in: 300 });
      expect(await reasonOf(renewSession(renewable, tab))).toBe('user');
    }
    answer = () => Response.json({ id_token: makeToken({ sub: 'anna', iss: CONFIGURATION.issuer }), expires_in: 60 });
    expect(await renewSession(renewable, tab)).toMatchObject({ refreshToken: 'r', lifetime: 60_000, id: session.id });
    expect(await reasonOf(renewSession(session, tab))).toBe('expired');
  });

  it('ends at the issuer too, if that has a place for it', async () => {
    const { session } = await finishSignIn(await begin(), tab);
    answer = () => Response.json({ revoked: false });
    expect(await endSession(session, 'console', tab)).toBeUndefined();
    answer = () => Response.json({ revoked: true, end_session_endpoint: 'https://issuer.example/end?a=b' });
    expect(await endSession(session, 'console', tab)).toBe(
      'https://issuer.example/end?a=b&client_id=console&post_logout_redirect_uri=https%3A%2F%2Ffeedback.example%2Fconsole',
    );
  });
});

describe('the way back', () => {
  it.each([
    ['/console', '/console'],
    ['/console/review/1%2F2?tab=history&q=%C3%A9', '/console/review/1%2F2?tab=history&q=%C3%A9'],
    ['/console?x#token=secret', '/console?x'],
    ['//evil.example/console', '/console'],
    ['/\\evil.example/console', '/console'],
    ['https://evil.example/console', '/console'],
    ['javascript:alert(1)', '/console'],
    ['/console/../graphql', '/console'],
    ['/console/%2e%2e/graphql', '/console'],
    ['/consoles', '/console'],
    ['/console/sign-in/callback?code=x', '/console'],
    ['console', '/console'],
    ['', '/console'],
  ])('from %j is %s', (path, expected) => {
    expect(consolePath(path)).toBe(expected);
  });

  it('never leads out of the console', () => {
    const part = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '%2e',
      '%2F',
      'console',
      '@',
      ':',
      '?',
      '#',
      '\t',
      '\n',
      'evil.example',
      'é',
    );
    fc.assert(
      fc.property(
        fc.array(part).map((parts) => `/${parts.join('')}`),
        (path) => {
          const { origin, pathname } = new URL(consolePath(path), ORIGIN);
          expect(origin).toBe(ORIGIN);
          expect(pathname).toMatch(/^\/console(?:\/|$)/);
          expect(pathname).not.toMatch(/^\/console\/sign-in\//);
        },
      ),
    );
  });
});
