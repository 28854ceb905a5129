/** A real issuer of OpenID Connect, and the way of a person through its pages. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Configuration } from 'oidc-provider';

export const CLIENT_ID = 'feedback-console';

export interface TestProvider {
  readonly issuer: string;
  /** Takes requests from then on, for a client that comes back to this address. */
  serve(redirectUri: string, changed?: Configuration): Promise<void>;
  /** Closes the port, until it is opened again. */
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}

/** What the issuer says of each person. */
export const PEOPLE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  anna: { org: 'acme', roles: ['reviewer'], name: 'Anna Ångström' },
  bob: { org: 'acme', name: 'Bob' },
};

export async function startProvider(): Promise<TestProvider> {
  // It warns of older lines of Node.js, and of everything that is meant for tests.
  const { default: Provider } = await quietly(() => import('oidc-provider'));
  let handle: ReturnType<InstanceType<typeof Provider>['callback']> | undefined;
  const server = createServer((request, response) => {
    if (handle === undefined) response.writeHead(503).end();
    else void handle(request, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await once(server.close(), 'close');
  };
  return {
    issuer,
    serve: async (redirectUri, changed = {}) => {
      await quietly(() => {
        const configuration: Configuration = {
          clients: [
            {
              client_id: CLIENT_ID,
              redirect_uris: [redirectUri],
              post_logout_redirect_uris: [`${new URL(redirectUri).origin}/console`],
              grant_types: ['authorization_code', 'refresh_token'],
              token_endpoint_auth_method: 'none',
            },
          ],
          claims: { openid: ['sub', 'org', 'roles'], profile: ['name'] },
          // Keycloak, Entra, Auth0 and others have the claims in the ID token, too.
          conformIdTokenClaims: false,
          findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, ...PEOPLE[sub] }) }),
          ttl: {
            AccessToken: 600,
            Grant: 86_400,
            IdToken: 3600,
            Interaction: 600,
            RefreshToken: 86_400,
            Session: 3600,
          },
          features: {
            revocation: { enabled: true, allowedPolicy: () => true },
            rpInitiatedLogout: {
              enabled: true,
              logoutSource: (context, form) => {
                context.body = form;
              },
            },
          },
          ...changed,
        };
        const provider = new Provider(issuer, configuration);
        handle = provider.callback();
        return Promise.resolve();
      });
    },
    goDown: close,
    comeBack: async () => {
      await once(server.listen(port, '127.0.0.1'), 'listening');
    },
    stop: close,
  };
}

async function quietly<Result>(act: () => Promise<Result>): Promise<Result> {
  /* eslint-disable no-console */
  const { info, warn } = console;
  console.info = console.warn = () => undefined;
  try {
    return await act();
  } finally {
    console.info = info;
    console.warn = warn;
  }
  /* eslint-enable no-console */
}

/** Goes through the pages of the issuer as a browser with cookies does. */
export interface Visitor {
  /** Opens an address, signs in where asked to, and answers where the issuer sends the browser back to. */
  signIn(url: string, login: string): Promise<URL>;
  /** Opens an address, and cancels what it asks. */
  cancel(url: string): Promise<URL>;
}

export function createVisitor(issuer: string): Visitor {
  const cookies = new Map<string, string>();

  const visit = async (url: URL, form?: Record<string, string>): Promise<Response> => {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form !== undefined && { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };

  const follow = async (start: string, answer: (page: string) => Record<string, string> | 'abort'): Promise<URL> => {
    let response = await visit(new URL(start));
    for (let at = new URL(start), step = 0; step < 20; step++) {
      const location = response.headers.get('location');
      if (location !== null) {
        at = new URL(location, at);
        if (at.origin !== issuer) return at;
        response = await visit(at);
        continue;
      }
      const page = await response.text();
      if (!at.pathname.startsWith('/interaction/')) throw new Error(`The issuer answers ${response.status}: ${page}`);
      const said = answer(page);
      if (said === 'abort') {
        at = new URL(`${at.href}/abort`);
        response = await visit(at);
      } else response = await visit(at, said);
    }
    throw new Error('The issuer leads nowhere');
  };

  return {
    signIn: (url, login) =>
      follow(url, (page) =>
        page.includes('name="prompt" value="consent"')
          ? { prompt: 'consent' }
          : { prompt: 'login', login, password: 'any' },
      ),
    cancel: (url) => follow(url, () => 'abort'),
  };
}
