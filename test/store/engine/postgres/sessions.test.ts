import pg from 'pg';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../../../src/store/engine/postgres/session.js';
import { createSessions } from '../../../../src/store/engine/postgres/sessions.js';

const COUNTS = { read: 1, commit: 2, snapshot: 2 };

function createIdleSession(): Session {
  let isClosed = false;
  return {
    pending: 0,
    get isLost() {
      return isClosed;
    },
    onLost: () => undefined,
    run: () => Promise.resolve([]),
    command: () => Promise.resolve(''),
    close: () => {
      isClosed = true;
      return Promise.resolve();
    },
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

  it('are given to what is urgent first', async () => {
    const sessions = createSessions(
      () => Promise.resolve(createIdleSession()),
      { ...COUNTS, commit: 1 },
      () => undefined,
    );
    const session = await sessions.lease('commit');
    const order: string[] = [];
    const take = async (name: string, isUrgent?: boolean): Promise<void> => {
      const taken = await sessions.lease('commit', isUrgent);
      order.push(name);
      sessions.release('commit', taken);
    };
    const taking = [take('first'), take('second'), take('urgent', true)];
    sessions.release('commit', session);
    await Promise.all(taking);
    expect(order).toEqual(['urgent', 'first', 'second']);
  });

  it('count those that somebody has for himself, until he closes them', async () => {
    const sessions = createSessions(
      () => Promise.resolve(createIdleSession()),
      COUNTS,
      () => undefined,
    );
    await sessions.lease('commit');
    const [one, other] = [await sessions.openAnother('snapshot'), await sessions.openAnother('read')];
    expect(sessions.open).toBe(3);
    await one.close();
    expect(sessions.open).toBe(2);
    await sessions.close();
    expect(other.isLost).toBe(true);
  });
});
