import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createSessionKeeper, type SessionKeeper } from '../../web/console/session/keeper.js';
import type { Session } from '../../web/console/session/oidc.js';
import { createTabs, openTab, type TestTab, type TestTabs } from '../support/openid/tab.js';

const ORIGIN = 'https://feedback.example';
const LIFETIME = 300_000;
const makeToken = (claims: object): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;

/** An issuer behind the server whose refresh tokens hold once. */
function createIssuer() {
  let number = 0;
  let valid = 'r0';
  const issuer = {
    renewals: 0,
    ended: [] as unknown[],
    fails: undefined as (() => Response) | undefined,
    /** Is waited for before it answers. */
    gate: Promise.resolve(),
    fetch: (async (resource, init) => {
      const { refresh_token: given } = JSON.parse(typeof init?.body === 'string' ? init.body : '{}') as {
        refresh_token?: string;
      };
      await issuer.gate;
      if (issuer.fails !== undefined) return issuer.fails();
      if (typeof resource === 'string' && resource.endsWith('/end')) {
        issuer.ended.push(given);
        return Response.json({ revoked: true });
      }
      if (given !== valid) return Response.json({ reason: 'grant', details: 'Sign in again' }, { status: 401 });
      issuer.renewals += 1;
      number += 1;
      valid = `r${number}`;
      return Response.json({
        id_token: makeToken({ sub: 'anna', number }),
        expires_in: LIFETIME / 1000,
        refresh_token: valid,
      });
    }) as typeof fetch,
  };
  return issuer;
}

let issuer: ReturnType<typeof createIssuer>;
let tabs: TestTabs;
beforeEach(() => {
  issuer = createIssuer();
  tabs = createTabs();
});

const open = (others?: TestTabs): { tab: TestTab; keeper: SessionKeeper } => {
  const tab = openTab(ORIGIN, { fetch: issuer.fetch }, others);
  return { tab, keeper: createSessionKeeper(tab) };
};
const sessionAt = (tab: TestTab, more: Partial<Session> = {}): Session => ({
  idToken: makeToken({ sub: 'anna', number: 0 }),
  refreshToken: 'r0',
  expiresAt: tab.now() + LIFETIME,
  lifetime: LIFETIME,
  id: 'one',
  ...more,
});
const numberOf = (keeper: SessionKeeper): unknown => {
  const { session } = keeper.state();
  if (session === undefined) return undefined;
  return (JSON.parse(Buffer.from(session.idToken.split('.')[1] ?? '', 'base64url').toString()) as { number: number })
    .number;
};
const refuse = () => Response.json({ reason: 'unreachable', details: 'Later' }, { status: 503 });

describe('a session that is kept', () => {
  it('is renewed a quarter of its time, at most a minute, before it ends', async () => {
    const { tab, keeper } = open();
    keeper.begin(sessionAt(tab));
    tab.advance(LIFETIME - 60_001);
    expect(issuer.renewals).toBe(0);
    tab.advance(1);
    await vi.waitFor(() => expect(numberOf(keeper)).toBe(1));
    tab.advance(LIFETIME - 60_000);
    await vi.waitFor(() => expect(numberOf(keeper)).toBe(2));
  });

  it('is renewed once for all who ask at once', async () => {
    const { tab, keeper } = open();
    keeper.begin(sessionAt(tab));
    tab.advance(60_000);
    const before = keeper.state().session?.idToken;
    await Promise.all([keeper.refused(before ?? ''), keeper.refused(before ?? ''), keeper.refused(before ?? '')]);
    expect(issuer.renewals).toBe(1);
    await keeper.refused(before ?? '');
    expect(issuer.renewals).toBe(1);
  });

  it('gives its token until it ends, and waits for a new one after that, as after the sleep of a laptop', async () => {
    const { tab, keeper } = open();
    keeper.begin(sessionAt(tab));
    const asleep = createSessionKeeper({ ...tab, startTimer: () => () => undefined });
    tab.advance(LIFETIME - 1);
    await vi.waitFor(() => expect(numberOf(keeper)).toBe(1));
    asleep.close();
    tab.advance(LIFETIME * 3);
    expect(await keeper.token()).toBe(keeper.state().session?.idToken);
    expect(keeper.state().session!.expiresAt).toBeGreaterThan(tab.now());
  });

  it('outlives a reload', async () => {
    const { tab, keeper } = open();
    keeper.begin(sessionAt(tab));
    keeper.close();
    const reloaded = createSessionKeeper(tab);
    expect(await reloaded.token()).toBe(sessionAt(tab).idToken);
  });

  it('takes nothing for a session that is none', () => {
    for (const text of ['', '{', '[]', '{"idToken":1}', '{"idToken":"a","id":"b","expiresAt":"c","lifetime":1}']) {
      const { tab } = open();
      tab.kept.set('feedback-graph-session', text);
      expect(createSessionKeeper(tab).state().session).toBeUndefined();
    }
  });

  it('stays while the issuer cannot be reached, is tried again, and not with each request', async () => {
    const { tab, keeper } = open();
    issuer.fails = refuse;
    keeper.begin(sessionAt(tab));
    tab.advance(LIFETIME - 60_000);
    await vi.waitFor(() => expect(keeper.state().problem?.reason).toBe('unreachable'));
    expect(await keeper.token()).toBe(sessionAt(tab).idToken);
    issuer.fails = undefined;
    for (let request = 0; request < 10; request++) await keeper.token();
    expect(issuer.renewals).toBe(0);
    tab.advance(5_000);
    await vi.waitFor(() => expect(numberOf(keeper)).toBe(1));
    expect(keeper.state().problem).toBeUndefined();
  });

  it('is not lost when it ends while the issuer is down', async () => {
    const { tab, keeper } = open();
    issuer.fails = refuse;
    keeper.begin(sessionAt(tab));
    tab.advance(LIFETIME);
    await expect(keeper.token()).rejects.toMatchObject({ reason: 'unreachable' });
    issuer.fails = undefined;
    await keeper.token();
    expect(numberOf(keeper)).toBe(1);
  });

  it('ends when the issuer renews it no longer', async () => {
    const { tab, keeper } = open();
    const states: unknown[] = [];
    keeper.subscribe(({ session, problem }) => states.push([session?.id, problem?.reason]));
    keeper.begin(sessionAt(tab, { refreshToken: 'stolen' }));
    tab.advance(LIFETIME - 60_000);
    await vi.waitFor(() => expect(states.at(-1)).toEqual([undefined, 'grant']));
    expect(tab.kept.size).toBe(0);
    await expect(keeper.token()).rejects.toMatchObject({ reason: 'grant' });
  });

  it('ends with its token if it cannot be renewed', () => {
    const { tab, keeper } = open();
    const { refreshToken: _, ...session } = sessionAt(tab);
    keeper.begin(session);
    tab.advance(LIFETIME - 1);
    expect(keeper.state().session).toBeDefined();
    tab.advance(1);
    expect(keeper.state()).toMatchObject({ session: undefined, problem: { reason: 'expired' } });
  });

  it('leaves nothing behind when it is ended, even in the middle of a renewal', async () => {
    const { tab, keeper } = open();
    keeper.begin(sessionAt(tab));
    let openGate: () => void = () => undefined;
    issuer.gate = new Promise((resolve) => (openGate = resolve));
    const renewing = keeper.refused(sessionAt(tab).idToken);
    const ending = keeper.end('console');
    openGate();
    await expect(renewing).rejects.toMatchObject({ reason: 'expired' });
    await ending;
    expect([keeper.state().session, tab.kept.size]).toEqual([undefined, 0]);
    expect(issuer.ended).toEqual(expect.arrayContaining(['r0', 'r1']));
  });
});

describe('several tabs', () => {
  /** Has time pass in both until both have the same token. */
  const settle = async (one: ReturnType<typeof open>, two: ReturnType<typeof open>, number: number): Promise<void> => {
    await vi.waitFor(() => {
      one.tab.advance(200);
      two.tab.advance(200);
      expect([numberOf(one.keeper), numberOf(two.keeper)]).toEqual([number, number]);
    });
  };

  it('renew once, and all have the new token', async () => {
    const [one, two] = [open(tabs), open(tabs)];
    one.keeper.begin(sessionAt(one.tab));
    expect(await two.keeper.join()).toBe(true);
    one.tab.advance(LIFETIME - 60_000);
    two.tab.advance(LIFETIME - 60_000);
    await settle(one, two, 1);
    expect(issuer.renewals).toBe(1);
  });

  it('renew once although one has not heard of it', async () => {
    const [one, two] = [open(tabs), open()];
    one.keeper.begin(sessionAt(one.tab));
    // A copy of a tab has its session, and then hears the others.
    const copy = openTab(ORIGIN, { fetch: issuer.fetch }, tabs);
    one.tab.advance(LIFETIME - 60_000);
    await vi.waitFor(() => {
      one.tab.advance(200);
      expect(numberOf(one.keeper)).toBe(1);
    });
    copy.storage.setItem('feedback-graph-session', JSON.stringify(sessionAt(two.tab)));
    const copied = createSessionKeeper(copy);
    await copied.refused(sessionAt(copy).idToken);
    expect([numberOf(copied), issuer.renewals]).toEqual([1, 1]);
  });

  it('are signed out together, but for somebody else', async () => {
    const [one, two, other] = [open(tabs), open(tabs), open(tabs)];
    one.keeper.begin(sessionAt(one.tab));
    other.keeper.begin(sessionAt(other.tab, { id: 'other' }));
    await two.keeper.join();
    two.keeper.begin(sessionAt(two.tab));
    await one.keeper.end('console');
    expect([one, two, other].map(({ keeper }) => keeper.state().session?.id)).toEqual([undefined, undefined, 'other']);
    expect(two.tab.kept.size).toBe(0);
  });

  it('have nobody to ask when they are alone', async () => {
    const { tab, keeper } = open(tabs);
    const joining = keeper.join();
    tab.advance(200);
    expect(await joining).toBe(false);
  });

  it('believe nothing that is no session', async () => {
    const { tab, keeper } = open(tabs);
    const stranger = tabs.open();
    stranger.listen(() => undefined);
    const joining = keeper.join();
    for (const message of [
      null,
      'session',
      { kind: 'session' },
      { kind: 'session', session: { idToken: 'a' } },
      { kind: 'ended' },
    ]) {
      stranger.post(message);
    }
    tab.advance(200);
    expect(await joining).toBe(false);
  });
});
