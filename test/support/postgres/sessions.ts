/** Sessions that a test stands between: it sees what is sent, makes it fail, or keeps them for the next store. */
import pg from 'pg';
import {
  ConnectionLostError,
  type OpenSession,
  type Session,
  type SessionPurpose,
} from '../../../src/store/engine/postgres/session.js';

/** Does something instead of, before or after sending a statement, which it gets by its name, or a command by its text. */
export type Interceptor = <Answer>(name: string, send: () => Promise<Answer>) => Promise<Answer>;

/** The same session, of which `intercept` decides what becomes of each statement and command. */
export function interceptSession(session: Session, intercept: Interceptor): Session {
  return {
    ...session,
    get pending() {
      return session.pending;
    },
    get isLost() {
      return session.isLost;
    },
    run: (name, values) => intercept(name, () => session.run(name, values)),
    command: (text) => intercept(text, () => session.command(text)),
  };
}

/** The same sessions; tells the name of each statement, or the text of each command, and waits before it is sent. */
export function withStatementListener(
  open: OpenSession,
  listener: (name: string) => Promise<void> | void,
): OpenSession {
  return async (purpose) =>
    interceptSession(await open(purpose), (name, send) => {
      const waiting = listener(name);
      return waiting === undefined ? send() : waiting.then(send);
    });
}

/** Lets the database itself fail with an error, as it does in the middle of a transaction. */
export function raiseError(session: Session, code: string): Promise<never> {
  const raise = `DO $$ BEGIN RAISE EXCEPTION 'injected' USING ERRCODE = '${code}'; END $$`;
  return session.command(raise).then(() => {
    throw new Error('The database was to fail');
  });
}

/** Loses the connection at once: what comes after it in the pipeline does not arrive either. */
export function loseSession(session: Session): Promise<never> {
  session.destroy();
  return Promise.reject(new ConnectionLostError('injected'));
}

/** Sends a statement, and loses the connection before anybody learns of the answer. */
export async function loseAnswer(session: Session, send: () => Promise<unknown>): Promise<never> {
  await send().finally(() => session.destroy());
  throw new ConnectionLostError('injected');
}

/** The database answers that it does not know itself what became of a COMMIT. */
export async function leaveUnknown(
  session: Session,
  send: () => Promise<unknown>,
  isCommitted: boolean,
): Promise<never> {
  await (isCommitted ? send() : session.command('ROLLBACK'));
  throw Object.assign(new pg.DatabaseError('injected', 0, 'error'), { code: '40003' });
}

export interface KeptSessions {
  readonly openSession: OpenSession;
  /** Ends the connections, once all that were opened are closed. */
  readonly end: () => Promise<void>;
}

/** Keeps the connections of sessions that are closed for the next ones: making one takes longer than most tests. */
export function keepSessions(open: OpenSession): KeptSessions {
  const free: Record<SessionPurpose, Session[]> = { read: [], commit: [], snapshot: [] };
  const take = (purpose: SessionPurpose): Session | undefined => {
    const session = free[purpose].pop();
    return session?.isLost === true ? take(purpose) : session;
  };
  return {
    openSession: async (purpose) => {
      const session = take(purpose) ?? (await open(purpose));
      let isClosed = false;
      const refuseIfClosed: Interceptor = (_, send) =>
        isClosed ? Promise.reject(new ConnectionLostError('It is closed')) : send();
      const kept = interceptSession(session, refuseIfClosed);
      return {
        ...kept,
        get pending() {
          return session.pending;
        },
        get isLost() {
          return isClosed || session.isLost;
        },
        close: async () => {
          if (isClosed || session.isLost) return;
          isClosed = true;
          session.onLost(() => undefined);
          // Whatever was left half done; answered after all that was asked before.
          await session.command('ROLLBACK').catch(() => session.destroy());
          free[purpose].push(session);
        },
      };
    },
    end: async () => {
      await Promise.all(Object.values(free).flatMap((sessions) => sessions.map((session) => session.close())));
    },
  };
}
