/** Sessions that fail now and then, in every way in turn. All of it is counted, so that it is no matter of luck. */
import type { OpenSession, Session, SessionPurpose } from '../../../src/store/engine/postgres/session.js';
import { interceptSession, leaveUnknown, loseAnswer, loseSession, raiseError } from './sessions.js';

type Fault = <Answer>(session: Session, send: () => Promise<Answer>) => Promise<Answer>;

/** What becomes of the end of a group of commits. */
const AT_COMMIT: readonly Fault[] = [
  (session) => raiseError(session, '40001'),
  (session, send) => leaveUnknown(session, send, true),
  loseSession,
  (session, send) => leaveUnknown(session, send, false),
  loseAnswer,
  // The database does not say why.
  (session, send) => raiseError(session, '40001').catch(send),
];

/** What becomes of another statement: at most of them, the locks of the group are lost. */
const AT_STATEMENT: readonly Fault[] = [
  (session) => raiseError(session, '40001'),
  loseSession,
  loseAnswer,
  async (session, send) => {
    const answer = await send();
    setImmediate(() => session.destroy());
    return answer;
  },
];

/** Of so many, one fails: of the ends of groups, and of the other statements of each name. */
const EVERY_COMMIT = 5;
const EVERY_STATEMENT = 31;

/** What commits groups, what finds out what became of one, and what reads. A heartbeat shares the sessions of commits. */
const STATEMENTS: Readonly<Record<SessionPurpose, ReadonlySet<string>>> = {
  commit: new Set(
    ['lock', 'log', 'values', 'newestAppended', 'advance', 'put', 'remove', 'note', 'mark'].concat(
      'outcome',
      'confirm',
    ),
  ),
  read: new Set(['many', 'scan', 'scanBack', 'scanKeys', 'scanKeysBack', 'since', 'heads', 'versions']),
  // A read of one state cannot go on in another one.
  snapshot: new Set(),
};

/** The same sessions, which fail; what is counted goes on over all stores that are opened with what this answers. */
export function createFailures(): (open: OpenSession) => OpenSession {
  const counts = new Map<string, number>();

  /** The fault that the next statement of a name has. */
  const nextFault = (name: string, every: number, faults: readonly Fault[]): Fault | undefined => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count % every === 0 ? faults[(count / every - 1) % faults.length] : undefined;
  };

  return (open) => async (purpose) => {
    const session = await open(purpose);
    let isGroup = false;
    const faultOf = (name: string): Fault | undefined => {
      isGroup ||= name === 'advance';
      if (name !== 'COMMIT' || !isGroup) {
        const isKnown = STATEMENTS[purpose].has(name);
        return isKnown ? nextFault(`${purpose} ${name}`, EVERY_STATEMENT, AT_STATEMENT) : undefined;
      }
      isGroup = false;
      return nextFault(name, EVERY_COMMIT, AT_COMMIT);
    };
    return interceptSession(session, (name, send) => {
      const fault = faultOf(name);
      return fault === undefined ? send() : fault(session, send);
    });
  };
}
