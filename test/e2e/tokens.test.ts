import { generateKeyPairSync } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { permissionsOf } from '../../src/permissions.js';
import { MAX_REVOCATIONS } from '../../src/tokens/revocations.js';
import { APPROVED, BASE } from '../support/feedback.js';
import { connect, openStream, until } from '../support/live.js';
import { type Claims, startTestServer, type TestServer } from '../support/server.js';

const TOKENS = '/api/v1/llm/tokens';

interface Issued {
  readonly token: string;
  readonly jti: string;
  readonly permissions: readonly string[];
  readonly expires_at: number;
}
interface Entry {
  readonly id: string;
  readonly details?: string;
}

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

let organizations = 0;
let org: string;
beforeEach(() => {
  organizations += 1;
  org = `tokens-${organizations}`;
});

const admin = (): Claims => ({ org, sub: 'root', roles: ['admin'] });
const backEnd = (): Claims => ({ org, sub: 'app', roles: ['submitter'], scope: 'tokens:issue' });

function issue(body: object, claims = backEnd(), headers: Record<string, string> = {}) {
  return server.call<Issued & { details?: string }>('POST', TOKENS, { body, claims, headers });
}

async function issued(body: object, claims = backEnd()): Promise<Issued> {
  const { status, body: answer } = await issue(body, claims);
  expect(status).toBe(201);
  return answer;
}

function revoke(body: object, claims: Claims = admin()) {
  return server.call<{ before: number; details?: string }>('POST', `${TOKENS}/revoke`, { body, claims });
}

async function call(token: string, method: string, path: string, body?: object): Promise<[number, Entry]> {
  const response = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return [response.status, (await response.json()) as Entry];
}

const isHonoured = async (token: string): Promise<boolean> => (await call(token, 'GET', BASE))[0] === 200;

describe('issued tokens', () => {
  it('are a submitter of one user for a quarter of an hour unless asked otherwise', async () => {
    const { token, jti, permissions, expires_at } = await issued({ sub: 'ann' });
    expect(permissions).toEqual([...permissionsOf('submitter')]);
    const claims = jsonwebtoken.decode(token) as Record<string, number | string>;
    expect(claims).toMatchObject({ sub: 'ann', org, jti, exp: expires_at / 1000 });
    expect(Math.floor(Number(claims['iat']))).toBe(Number(claims['exp']) - 900);

    const [status, entry] = await call(token, 'POST', BASE, APPROVED);
    expect(status).toBe(201);
    expect(await call(token, 'GET', `${BASE}/${entry.id}`)).toMatchObject([200, { user_id: 'ann' }]);
    expect((await call(token, 'POST', BASE, { ...APPROVED, user_id: 'bob' }))[0]).toBe(400);
    expect((await call(token, 'GET', `${BASE}/stats`))[0]).toBe(403);
    expect((await call(token, 'POST', TOKENS, { sub: 'bob' }))[0]).toBe(403);
  });

  it('are never wider than asked, nor than their issuer', async () => {
    const read = await issued({ sub: 'ann', roles: ['feedback:read:own'] });
    expect(read.permissions).toEqual(['feedback:read:own']);
    expect((await call(read.token, 'POST', BASE, APPROVED))[0]).toBe(403);
    const reviewer = await issued({ sub: 'ann', roles: ['reviewer'] }, admin());
    expect(reviewer.permissions).toEqual([...permissionsOf('reviewer')]);

    for (const [claims, roles] of [
      [backEnd(), ['reader']],
      [backEnd(), ['submitter', 'feedback:link']],
      [{ org, scope: 'tokens:issue' }, ['submitter']],
      [admin(), ['admin']],
      [admin(), ['tokens:issue']],
      [admin(), ['org:admin']],
      [admin(), ['operator']],
      [{ org, roles: ['admin', 'operator'] }, ['operator']],
    ] as const) {
      const { status, body } = await issue({ sub: 'ann', roles }, claims);
      expect([roles, status, body.details]).toEqual([roles, 403, expect.stringContaining('cannot issue')]);
    }
    for (const claims of [{ org }, { org, roles: ['submitter'] }, { org, roles: ['trainer'] }]) {
      expect((await issue({ sub: 'ann' }, claims)).status).toBe(403);
    }
  });

  it('are for one interaction, model and adapter if asked', async () => {
    const scope = { interaction_id: 'chat-1', model_version: 'm-1', adapter_id: 'lora' };
    const { token } = await issued({ sub: 'ann', ...scope });
    const other = await issued({ sub: 'ann', interaction_id: 'chat-2' });
    const whole = await issued({ sub: 'ann' });
    const [status, entry] = await call(token, 'POST', BASE, APPROVED);
    expect(status).toBe(201);
    expect(await call(token, 'GET', `${BASE}/${entry.id}`)).toMatchObject([200, { user_id: 'ann', ...scope }]);
    expect((await call(token, 'POST', BASE, { ...APPROVED, ...scope, answer: 'Another answer.' }))[0]).toBe(201);
    for (const wrong of [{ interaction_id: 'chat-2' }, { model_version: 'm-2' }, { adapter_id: 'other' }]) {
      const [refused, { details }] = await call(token, 'POST', BASE, { ...APPROVED, ...wrong });
      expect([wrong, refused, details]).toEqual([wrong, 400, expect.stringContaining(Object.keys(wrong)[0]!)]);
    }

    expect((await call(other.token, 'GET', `${BASE}/${entry.id}`))[0]).toBe(404);
    expect((await call(other.token, 'PATCH', `${BASE}/${entry.id}`, { comment: 'Mine?' }))[0]).toBe(404);
    const countOf = async (by: string, query = ''): Promise<unknown> =>
      ((await call(by, 'GET', BASE + query))[1] as unknown as { count?: number }).count;
    expect([await countOf(token), await countOf(other.token), await countOf(whole.token)]).toEqual([2, 0, 2]);
    expect((await call(other.token, 'GET', `${BASE}?interaction=chat-1`))[0]).toBe(400);

    const wide = await issue({ sub: 'ann', roles: ['reader'], ...scope }, admin());
    expect([wide.status, wide.body.details]).toEqual([400, expect.stringContaining("'roles'")]);
  });

  it('for one interaction do not answer what their user has submitted about another', async () => {
    const [one, other] = await Promise.all(
      ['chat-1', 'chat-2'].map(async (interaction_id) => (await issued({ sub: 'ann', interaction_id })).token),
    );
    const named = { ...APPROVED, external_id: 'mine' };
    const [, { id }] = await call(one!, 'POST', BASE, named);
    expect(await call(one!, 'POST', BASE, named)).toMatchObject([200, { id }]);
    const refused = await call(other!, 'POST', BASE, named);
    expect(refused).toMatchObject([409, { details: expect.stringContaining('external id') as string }]);
    const [status, batch] = await call(other!, 'POST', `${BASE}/batch`, { feedback: [APPROVED, named] });
    expect([status, batch]).toMatchObject([207, { results: [{ status: 201 }, { status: 409 }] }]);
    expect(JSON.stringify([refused, batch])).not.toContain(id);

    const another = { ...APPROVED, question: 'How do I disable sharding?' };
    const repeat = async (token: string, body: object): Promise<number> => {
      const response = await fetch(server.url + BASE, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': 'once',
        },
        body: JSON.stringify(body),
      });
      return response.status;
    };
    const renewed = (await issued({ sub: 'ann', interaction_id: 'chat-1' })).token;
    expect([await repeat(one!, another), await repeat(renewed, another)]).toEqual([201, 201]);
    expect(await repeat(other!, another)).toBe(422);
  });

  it('are no wider than their issuer, who may be for one interaction alone', async () => {
    const narrow = jsonwebtoken.sign(
      { org, roles: ['admin'], feedback_scope: { interaction_id: 'chat-1' } },
      server.secret,
      { subject: 'app', expiresIn: 60 },
    );
    for (const [scope, status] of [
      [{}, 403],
      [{ interaction_id: 'chat-2' }, 403],
      [{ interaction_id: 'chat-1', adapter_id: 'lora' }, 201],
    ] as const) {
      expect([scope, (await call(narrow, 'POST', TOKENS, { sub: 'ann', ...scope }))[0]]).toEqual([scope, status]);
    }
  });

  it.each<[string, object, string]>([
    ['no user', {}, 'sub'],
    ['an empty user', { sub: '' }, 'sub'],
    ['a user that is no text', { sub: 7 }, 'sub'],
    ['the name of erased people', { sub: '[erased]' }, 'sub'],
    ['a negative lifetime', { sub: 'a', expires_in: -1 }, 'expires_in'],
    ['no lifetime', { sub: 'a', expires_in: 0 }, 'expires_in'],
    ['a huge lifetime', { sub: 'a', expires_in: 86_401 }, 'expires_in'],
    ['a lifetime beyond numbers', { sub: 'a', expires_in: 1e300 }, 'expires_in'],
    ['half a second', { sub: 'a', expires_in: 0.5 }, 'expires_in'],
    ['a lifetime as text', { sub: 'a', expires_in: '15m' }, 'expires_in'],
    ['unknown roles', { sub: 'a', roles: ['owner'] }, 'roles'],
    ['no roles', { sub: 'a', roles: [] }, 'roles'],
    ['too many roles', { sub: 'a', roles: Array(1_000).fill('submitter') }, 'roles'],
    ['a role as text', { sub: 'a', roles: 'submitter' }, 'roles'],
    ['an interaction that is none', { sub: 'a', interaction_id: '' }, 'interaction_id'],
    ['an adapter that is none', { sub: 'a', adapter_id: 'feedback-1' }, 'adapter_id'],
    ['another organization', { sub: 'a', org: 'other' }, 'org'],
  ])('are refused with %s', async (_, body, field) => {
    const { status, body: answer } = await issue(body);
    expect([status, answer.details]).toEqual([400, expect.stringContaining(`'${field}'`)]);
  });

  it('are the same for a request that is repeated, and stored nowhere', async () => {
    const headers = { 'idempotency-key': 'issue-1' };
    const first = await issue({ sub: 'ann' }, backEnd(), headers);
    const again = await issue({ sub: 'ann' }, backEnd(), headers);
    expect(again.body).toEqual(first.body);
    expect((await issue({ sub: 'bob' }, backEnd(), headers)).status).toBe(422);
  });

  it('may not be valid for longer than the server takes tokens', async () => {
    const strict = await startTestServer({
      auth: {
        kind: 'secret',
        secret: server.secret,
        defaultRole: 'member',
        rolesClaim: 'realm_access.roles',
        orgClaim: 'tenant.id',
        requireOrg: true,
        issuer: 'https://issuer.example',
        audience: 'feedback',
        maxLifetime: 3_600,
      },
    });
    try {
      const own = jsonwebtoken.sign({ realm_access: { roles: ['admin'] }, tenant: { id: 'acme' } }, server.secret, {
        subject: 'root',
        expiresIn: 60,
        issuer: 'https://issuer.example',
        audience: 'feedback',
      });
      const ask = async (body: object) => {
        const response = await fetch(strict.url + TOKENS, {
          method: 'POST',
          headers: { authorization: `Bearer ${own}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
        return [response.status, (await response.json()) as Issued & { details?: string }] as const;
      };
      expect(await ask({ sub: 'ann', expires_in: 3_601 })).toMatchObject([
        400,
        { details: expect.stringContaining('FEEDBACK_TOKEN_MAX_LIFETIME') as string },
      ]);
      const [status, { token }] = await ask({ sub: 'ann', expires_in: 3_600 });
      expect(status).toBe(201);
      // Its claims are where this server looks for them.
      const stored = await fetch(strict.url + BASE, { headers: { authorization: `Bearer ${token}` } });
      expect(stored.status).toBe(200);
    } finally {
      await strict.stop();
    }
  });

  it('are signed by the server itself where others sign all the rest, and end like these', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const claims = { issuer: 'https://issuer.example', audience: 'feedback' };
    const places = { defaultRole: 'member', rolesClaim: 'roles', orgClaim: 'org', requireOrg: false } as const;
    const auth = { kind: 'publicKey', pem, ...claims, ...places } as const;
    const verifying = await startTestServer({ auth });
    const ofAnotherStore = await startTestServer({ auth });
    const ask = async (token: string, path: string, body?: object): Promise<[number, Record<string, unknown>]> => {
      const response = await fetch(verifying.url + path, {
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      });
      return [response.status, (await response.json()) as Record<string, unknown>];
    };
    try {
      const admin = jsonwebtoken.sign({ roles: ['admin'] }, privateKey, {
        algorithm: 'ES256',
        subject: 'root',
        expiresIn: 60,
        ...claims,
      });
      const [status, { token, jti }] = await ask(admin, TOKENS, { sub: 'ann' });
      expect(status).toBe(201);
      const ann = token as string;
      for (let times = 0; times < 2; times += 1) expect((await ask(ann, BASE))[0]).toBe(200);
      expect((await ask(ann, '/api/v1/llm/adapters'))[0]).toBe(403);

      await verifying.restart();
      expect((await ask(ann, BASE))[0]).toBe(200);
      // Each store has a secret of its own.
      const elsewhere = await fetch(ofAnotherStore.url + BASE, { headers: { authorization: `Bearer ${ann}` } });
      expect(elsewhere.status).toBe(401);

      // The key id alone makes no token: neither another secret, nor the public key taken for one, nor no signature at all.
      const payload = jsonwebtoken.decode(ann) as object;
      const header = { alg: 'HS256', kid: 'feedback-graph:issued' } as const;
      for (const secret of ['x'.repeat(32), pem]) {
        expect((await ask(jsonwebtoken.sign(payload, secret, { header }), BASE))[0]).toBe(401);
      }
      const none = jsonwebtoken.sign(payload, '', { algorithm: 'none', header: { ...header, alg: 'none' } });
      expect((await ask(`${none}x`, BASE))[0]).toBe(401);
      const [head = '', body = '', signature = ''] = ann.split('.');
      const bare = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT' })).toString('base64url');
      expect(head).not.toBe(bare);
      expect((await ask([bare, body, signature].join('.'), BASE))[0]).toBe(401);

      expect((await ask(admin, `${TOKENS}/revoke`, { jti }))[0]).toBe(200);
      expect((await ask(ann, BASE))[0]).toBe(401);
    } finally {
      await verifying.stop();
      await ofAnotherStore.stop();
    }
  });
});

describe('revoked tokens', () => {
  it('end by their id, for all who bear them, and no others do', async () => {
    const [one, other] = [await issued({ sub: 'ann' }), await issued({ sub: 'ann' })];
    expect(await isHonoured(one.token)).toBe(true);
    expect((await revoke({ jti: one.jti }, backEnd())).status).toBe(200);
    expect(await call(one.token, 'GET', BASE)).toMatchObject([401, { details: 'Valid Bearer Token required' }]);
    expect(await isHonoured(other.token)).toBe(true);
    // Another organization's token may have the same id.
    const same = jsonwebtoken.sign({ org: `${org}-other`, jti: other.jti }, server.secret, {
      subject: 'ann',
      expiresIn: 60,
    });
    await revoke({ jti: other.jti });
    expect([await isHonoured(other.token), await isHonoured(same)]).toEqual([false, true]);
  });

  it('end by their user, up to a moment', async () => {
    const ann = await issued({ sub: 'ann' });
    const bob = await issued({ sub: 'bob' });
    const { body } = await revoke({ sub: 'ann' }, backEnd());
    expect([await isHonoured(ann.token), await isHonoured(bob.token)]).toEqual([false, true]);
    await until(() => Date.now() > body.before);
    const next = await issued({ sub: 'ann' });
    expect(await isHonoured(next.token)).toBe(true);
    // What was revoked stays so, whatever is said later.
    await revoke({ sub: 'ann', before: 1 });
    expect(await isHonoured(ann.token)).toBe(false);
    // A token that does not say when it was issued may be of any time.
    const timeless = jsonwebtoken.sign({ org }, server.secret, { subject: 'ann', expiresIn: 60, noTimestamp: true });
    expect(await isHonoured(timeless)).toBe(false);
  });

  it('all end with their organization, at the word of an administrator alone', async () => {
    const ann = await issued({ sub: 'ann' });
    const elsewhere = server.token({ org: `${org}-elsewhere` });
    expect((await revoke({ all: true }, backEnd())).status).toBe(403);
    expect(await isHonoured(ann.token)).toBe(true);
    const administrator = server.token(admin());
    const { status } = await revoke({ all: true });
    expect(status).toBe(200);
    expect([await isHonoured(ann.token), await isHonoured(administrator)]).toEqual([false, false]);
    expect(await isHonoured(elsewhere)).toBe(true);
  });

  it('stay revoked after a restart', async () => {
    const [one, ann, bob] = [await issued({ sub: 'carl' }), await issued({ sub: 'ann' }), await issued({ sub: 'bob' })];
    await revoke({ jti: one.jti });
    await revoke({ sub: 'ann' });
    await server.restart();
    expect([await isHonoured(one.token), await isHonoured(ann.token), await isHonoured(bob.token)]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('end live connections', async () => {
    const { token, jti } = await issued({ sub: 'ann', roles: ['reader'] }, admin());
    const other = await issued({ sub: 'bob', roles: ['reader'] }, admin());
    const open = async (by: string) => {
      const client = await connect(server);
      client.send({ type: 'connection_init', payload: { token: by } });
      expect((await client.next()).type).toBe('connection_ack');
      await client.subscribe('one', 'subscription { feedbackSubmitted { id } }');
      return client;
    };
    const [revoked, kept] = [await open(token), await open(other.token)];
    const stream = await openStream(server, `${BASE}/changes`, { headers: { authorization: `Bearer ${token}` } });
    expect(stream.status).toBe(200);
    await revoke({ jti });
    expect(await revoked.closed).toEqual({ code: 4403, reason: 'The token was revoked' });
    while ((await stream.next()) !== undefined);
    await until(() => server.live().connections === 1);
    expect(kept.socket.readyState).toBe(kept.socket.OPEN);
    kept.socket.terminate();
    await until(() => server.live().connections === 0);
  });

  it.each<[string, object, string]>([
    ['nothing', {}, 'jti'],
    ['two of them', { jti: 'a', sub: 'b' }, 'jti'],
    ['an empty id', { jti: '' }, 'jti'],
    ['false for all', { all: false }, 'jti'],
    ['a moment with an id', { jti: 'a', before: 5 }, 'before'],
    ['a moment to come', { sub: 'a', before: Date.now() + 600_000 }, 'before'],
    ['a negative moment', { sub: 'a', before: -1 }, 'before'],
    ['the moment zero', { sub: 'a', before: 0 }, 'before'],
    ['a huge moment', { sub: 'a', before: 1e300 }, 'before'],
    ['an unknown field', { sub: 'a', org: 'other' }, 'org'],
  ])('are refused to be named by %s', async (_, body, field) => {
    const { status, body: answer } = await revoke(body);
    expect([status, answer.details]).toEqual([400, expect.stringContaining(`'${field}'`)]);
  });

  it('are audited, as issued ones are, without the name of their user', async () => {
    const { jti } = await issued({ sub: 'ann-the-user' });
    await revoke({ jti });
    await revoke({ sub: 'ann-the-user' });
    await revoke({ jti: 'x'.repeat(256) });
    expect((await revoke({ jti: 'y'.repeat(257) })).status).toBe(400);
    const { data } = await server.graphql<{ auditLog: { edges: { node: Record<string, string> }[] } }>(
      '{ auditLog { edges { node { action actor node reason } } } }',
      {},
      admin(),
    );
    const events = data!.auditLog.edges.map(({ node }) => node);
    expect(events.map(({ action, actor, node }) => [action, actor, node])).toEqual([
      ['TOKEN_REVOKE', 'root', 'organization'],
      ['TOKEN_REVOKE', 'root', 'organization'],
      ['TOKEN_REVOKE', 'root', 'organization'],
      ['TOKEN_ISSUE', 'app', 'organization'],
    ]);
    expect(events[3]!['reason']).toContain(jti);
    expect(JSON.stringify(events)).not.toContain('ann-the-user');
    // Members who follow the changes are not told.
    const changes = await server.call<{ count: number }>('GET', `${BASE}/changes?after=0`, {
      claims: { org },
      headers: { accept: 'application/json' },
    });
    expect(changes.body.count).toBe(0);
  });

  it('can be revoked over GraphQL, too', async () => {
    const { data } = await server.graphql<{ issueToken: { token: string; tokenId: string; permissions: string[] } }>(
      'mutation { issueToken(input: { sub: "ann", expiresIn: 60 }) { token tokenId permissions sub expiresAt } }',
      {},
      backEnd(),
    );
    const { token, tokenId } = data!.issueToken;
    expect(await isHonoured(token)).toBe(true);
    const revoked = await server.graphql(
      'mutation ($id: ID!) { revokeTokens(input: { tokenId: $id }) { before } }',
      { id: tokenId },
      backEnd(),
    );
    expect(revoked.errors).toBeUndefined();
    expect(await isHonoured(token)).toBe(false);
    const all = await server.graphql('mutation { revokeTokens(input: { all: true }) { before } }', {}, backEnd());
    expect(all.errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
  });

  it('are counted as such', async () => {
    expect(MAX_REVOCATIONS).toBeGreaterThan(1_000);
    const { token, jti } = await issued({ sub: 'ann' });
    await revoke({ jti });
    expect(await isHonoured(token)).toBe(false);
    const response = await fetch(`${server.url}/metrics`, {
      headers: { authorization: `Bearer ${server.token({ roles: ['operator'] })}` },
    });
    expect(await response.text()).toMatch(/sign_in_failures_total\{reason="revoked"\} [1-9]/);
  });
});
