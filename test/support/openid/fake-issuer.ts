/** An issuer of OpenID Connect that does as a test says, also what none should do. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = (response: ServerResponse, request: IncomingMessage, body: string) => unknown;

export interface FakeIssuer {
  readonly issuer: string;
  /** What is asked for, one entry for each request. */
  readonly requests: { readonly path: string; readonly authorization: string | undefined; readonly body: string }[];
  /** Answers of each path, which a test replaces. */
  readonly answers: Record<'metadata' | 'keys' | 'token' | 'revoke', Answer>;
  readonly metadata: Record<string, unknown>;
  /** An ID token of this issuer. */
  idToken(claims: object, header?: object): string;
  /** An answer of the token endpoint. */
  tokens(claims: object, more?: object): Answer;
  stop(): Promise<void>;
}

export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

const KEYS = generateKeyPairSync('rsa', { modulusLength: 2048 });

export async function startFakeIssuer(clientId: string): Promise<FakeIssuer> {
  const requests: FakeIssuer['requests'] = [];
  const paths = {
    '/.well-known/openid-configuration': 'metadata',
    '/keys': 'keys',
    '/token': 'token',
    '/revoke': 'revoke',
  } as const;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      requests.push({ path, authorization: request.headers.authorization, body });
      const name = Object.entries(paths).find(([known]) => known === path)?.[1];
      if (name === undefined) response.writeHead(404).end();
      else answers[name](response, request, body);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const metadata: Record<string, unknown> = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    revocation_endpoint: `${issuer}/revoke`,
  };
  const answers: FakeIssuer['answers'] = {
    metadata: (response, request, body) => json(metadata)(response, request, body),
    keys: json({ keys: [{ ...KEYS.publicKey.export({ format: 'jwk' }), kid: 'k' }] }),
    token: json({ error: 'invalid_grant' }, 400),
    revoke: (response) => response.writeHead(200).end(),
  };
  const idToken: FakeIssuer['idToken'] = (claims, header = {}) => {
    const now = Math.floor(Date.now() / 1000);
    const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
    const all = { iss: issuer, aud: clientId, sub: 'anna', iat: now, exp: now + 3600, ...claims };
    const input = `${encode({ alg: 'RS256', kid: 'k', ...header })}.${encode(all)}`;
    return `${input}.${sign('sha256', Buffer.from(input), KEYS.privateKey).toString('base64url')}`;
  };
  return {
    issuer,
    requests,
    answers,
    metadata,
    idToken,
    tokens: (claims, more = {}) =>
      json({ access_token: 'a', token_type: 'Bearer', id_token: idToken(claims), refresh_token: 'r2', ...more }),
    stop: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}
