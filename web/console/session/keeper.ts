/** Keeps somebody signed in: renews the session before it ends, once for all tabs, and ends it in all of them. */
import { isObject, isText, parseJson } from './json.js';
import { endSession, renewSession, revokeSession, type Session } from './oidc.js';
import type { Platform } from './platform.js';
import { SignInError } from './sign-in-error.js';

const SESSION_KEY = 'feedback-graph-session';
/** How long before its end a session is renewed at most; at least a quarter of its time. Ms. */
const MAX_MARGIN = 60_000;
/** How long other tabs have to answer, ms. */
const ANSWER_TIME = 200;
/** Between two attempts while the issuer cannot be reached: doubled each time, ms. */
const [FIRST_RETRY, LAST_RETRY] = [5_000, 60_000];
/** Timers of browsers go no further than 24 days, and not through a laptop's sleep: the time is looked at anew. */
const LONGEST_TIMER = 300_000;

/** Forgets the session of this tab, before there is a keeper of it. */
export function forgetKeptSession(storage: Platform['storage']): void {
  storage.removeItem(SESSION_KEY);
}

export interface SessionState {
  readonly session: Session | undefined;
  /** Why there is no session any more, or why it cannot be renewed now. */
  readonly problem?: SignInError;
}

export interface SessionKeeper {
  state(): SessionState;
  /** Calls after each change; the answer stops it. */
  subscribe(listener: (state: SessionState) => void): () => void;
  /** Keeps a session that has just begun. */
  begin(session: Session): void;
  /** Takes over the session of another tab, if there is none here and one there. Answers whether somebody is signed in. */
  join(): Promise<boolean>;
  /**
   * The token for a request. A session that ends soon is renewed meanwhile; one that has ended is renewed first.
   * @throws {SignInError} if nobody is signed in, or the session has ended and cannot be renewed now
   */
  token(): Promise<string>;
  /** The server has refused this token: renews the session unless that was done since. @throws {SignInError} */
  refused(token: string): Promise<void>;
  /** Looks whether it is time to renew; for when the tab is looked at again. */
  wake(): void;
  /** Signs out in all tabs. Answers where the browser may go to sign out at the issuer, too. */
  end(clientId: string): Promise<string | undefined>;
  /** Stops all work; the session stays. */
  close(): void;
}

type Message =
  | { readonly kind: 'ask'; readonly id?: string }
  | { readonly kind: 'session'; readonly session: Session }
  | { readonly kind: 'ended'; readonly id: string };

export function createSessionKeeper(platform: Platform): SessionKeeper {
  const { storage, tabs, now, startTimer } = platform;
  const exclusive = platform.exclusive ?? ((act) => act());
  const listeners = new Set<(state: SessionState) => void>();
  const answers = new Set<(session: Session) => void>();
  let state: SessionState = { session: toSession(parseJson(storage.getItem(SESSION_KEY))) };
  let renewing: Promise<Session> | undefined;
  let retry = FIRST_RETRY;
  let retryAt = 0;
  let stopTimer: () => void = () => undefined;

  const current = (): Session | undefined => state.session;
  const post = (message: Message): void => tabs?.post(message);

  const set = (next: SessionState): void => {
    state = next;
    if (next.session === undefined) storage.removeItem(SESSION_KEY);
    else storage.setItem(SESSION_KEY, JSON.stringify(next.session));
    for (const listener of listeners) listener(next);
  };

  const keep = (session: Session): void => {
    retry = FIRST_RETRY;
    retryAt = 0;
    set({ session });
    schedule();
  };

  const drop = (problem?: SignInError): void => {
    stopTimer();
    set({ session: undefined, ...(problem !== undefined && { problem }) });
  };

  function schedule(delay?: number): void {
    stopTimer();
    const { session } = state;
    if (session === undefined) return;
    const until = session.expiresAt - (session.refreshToken === undefined ? 0 : marginOf(session)) - now();
    stopTimer = startTimer(look, Math.min(Math.max(delay ?? until, 0), LONGEST_TIMER));
  }

  function look(): void {
    const { session } = state;
    if (session === undefined) return;
    const left = session.expiresAt - now();
    if (session.refreshToken === undefined) {
      if (left <= 0) drop(new SignInError('expired'));
      else schedule();
    } else if (left > marginOf(session)) schedule();
    else if (now() >= retryAt) void renew().catch(() => undefined);
  }

  /** Renews once, for all who ask for it in any tab. */
  function renew(): Promise<Session> {
    const { session: before } = state;
    if (before === undefined) return Promise.reject(state.problem ?? new SignInError('expired'));
    renewing ??= exclusive(() => renewAlone(before)).finally(() => (renewing = undefined));
    return renewing;
  }

  async function renewAlone(before: Session): Promise<Session> {
    // Another tab may have renewed it meanwhile, and its refresh token holds only once.
    const known = await newerThan(before);
    if (known !== undefined) return known;
    try {
      const renewed = await renewSession(before, platform);
      if (state.session?.id !== before.id) {
        // It was ended meanwhile, and what was renewed must not outlast it.
        await revokeSession(renewed, platform).catch(() => undefined);
        throw new SignInError('expired');
      }
      keep(renewed);
      post({ kind: 'session', session: renewed });
      return renewed;
    } catch (error) {
      const problem = error instanceof SignInError ? error : new SignInError('server', undefined, { cause: error });
      const other = problem.isTemporary ? undefined : await newerThan(before);
      if (other !== undefined) return other;
      if (state.session?.id === before.id) fail(state.session, problem);
      throw problem;
    }
  }

  function fail(session: Session, problem: SignInError): void {
    if (!problem.isTemporary) {
      drop(problem);
      return;
    }
    set({ session, problem });
    schedule(retry);
    retryAt = now() + retry;
    retry = Math.min(retry * 2, LAST_RETRY);
  }

  /** The session as it was renewed, here or in another tab. */
  async function newerThan(before: Session): Promise<Session | undefined> {
    const isNewer = (session: Session | undefined): session is Session =>
      session !== undefined && session.id === before.id && session.expiresAt > before.expiresAt;
    if (isNewer(state.session)) return state.session;
    await askTabs({ kind: 'ask', id: before.id }, isNewer);
    return isNewer(state.session) ? state.session : undefined;
  }

  /** Asks the other tabs, and waits for the first answer that will do. */
  function askTabs(
    question: Extract<Message, { kind: 'ask' }>,
    willDo: (session: Session) => boolean,
  ): Promise<Session | undefined> {
    if (tabs === undefined) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const finish = (session?: Session): void => {
        answers.delete(take);
        stop();
        resolve(session);
      };
      const take = (session: Session): void => {
        if (willDo(session)) finish(session);
      };
      const stop = startTimer(finish, ANSWER_TIME);
      answers.add(take);
      post(question);
    });
  }

  function receive(message: Message): void {
    const { session } = state;
    switch (message.kind) {
      case 'ask':
        if (session !== undefined && (message.id === undefined || message.id === session.id)) {
          post({ kind: 'session', session });
        }
        return;
      case 'session':
        // Another person may be signed in in the other tab.
        if (session?.id === message.session.id && message.session.expiresAt > session.expiresAt) keep(message.session);
        for (const answer of answers) answer(message.session);
        return;
      case 'ended':
        if (session?.id === message.id) drop();
    }
  }

  const stopListening = tabs?.listen((received) => {
    const message = toMessage(received);
    if (message !== undefined) receive(message);
  });
  schedule();

  return {
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    begin: keep,
    join: async () => {
      if (current() !== undefined) return true;
      const session = await askTabs({ kind: 'ask' }, ({ expiresAt }) => expiresAt > now());
      if (session !== undefined && current() === undefined) keep(session);
      return current() !== undefined;
    },
    token: async () => {
      const { session } = state;
      if (session === undefined) throw state.problem ?? new SignInError('expired');
      const left = session.expiresAt - now();
      if (left <= 0) return (await renew()).idToken;
      look();
      return session.idToken;
    },
    refused: async (token) => {
      if (state.session?.idToken === token) await renew();
    },
    wake: look,
    end: async (clientId) => {
      const { session } = state;
      if (session === undefined) return undefined;
      drop();
      post({ kind: 'ended', id: session.id });
      // Nobody is signed in here any more, whether or not the issuer knows.
      return endSession(session, clientId, platform).catch(() => undefined);
    },
    close: () => {
      stopTimer();
      stopListening?.();
      listeners.clear();
    },
  };
}

function marginOf({ lifetime }: Session): number {
  return Math.min(MAX_MARGIN, lifetime / 4);
}

function toSession(value: unknown): Session | undefined {
  if (!isObject(value)) return undefined;
  const { idToken, refreshToken, expiresAt, lifetime, id } = value;
  if (!isText(idToken) || !isText(id) || typeof expiresAt !== 'number' || typeof lifetime !== 'number')
    return undefined;
  return { idToken, expiresAt, lifetime, id, ...(isText(refreshToken) && { refreshToken }) };
}

/** A tab of another version may say something else. */
function toMessage(value: unknown): Message | undefined {
  if (!isObject(value)) return undefined;
  const { kind, id } = value;
  const session = toSession(value['session']);
  if (kind === 'session' && session !== undefined) return { kind, session };
  if (kind === 'ended' && isText(id)) return { kind, id };
  return kind === 'ask' ? { kind, ...(isText(id) && { id }) } : undefined;
}
