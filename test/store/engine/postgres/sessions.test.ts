import { describe, expect, it } from 'vitest';
import pg from 'pg';
import type { Session } from '../../../../src/store/engine/postgres/session.js';
import { createSessions } from '../../../../src/store/engine/postgres/sessions.js';

const COUNTS = { read: 1, commit: 2, snapshot: 2 };

function createIdleSession(): Session {
  return {
    pending: 0,
    isLost: false,
    onLost: () => undefined,
    run: () => Promise.resolve([]),
    command: () => Promise.resolve(''),
    close: () => Promise.resolve(),
    destroy: () => undefined,
  };
}

function tooManyConnections(): Error {
  return Object.assign(new pg.DatabaseError('sorry, too many clients already', 0, 'error'), { code: '53300' });
}

describe('the sessions of a store', () => {
  it.each(['commit', 'snapshot'] as const)(
    'take the one that came back while the database refused another: %s',
    async (purpose) => {
      let refuse: ((error: Error) => void) | undefined;
      let opened = 0;
      const sessions = createSessions(
        () =>
          (opened += 1) === 1
            ? Promise.resolve(createIdleSession())
            : new Promise((_resolve, reject) => (refuse = reject)),
        COUNTS,
        () => undefined,
      );
      const first = await sessions.lease(purpose);
      const second = sessions.lease(purpose);
      sessions.release(purpose, first);
      refuse?.(tooManyConnections());
      expect(await second).toBe(first);
    },
  );
});
