import pg from 'pg';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { UnavailableError } from '../../../../src/errors.js';
import { createEngineCounts } from '../../../../src/store/engine/postgres/engine-counts.js';
import { GroupRunner } from '../../../../src/store/engine/postgres/group-runner.js';
import type { Session } from '../../../../src/store/engine/postgres/session.js';
import type { Sessions } from '../../../../src/store/engine/postgres/sessions.js';
import type { StatementName } from '../../../../src/store/engine/postgres/statements.js';
import { StreamState } from '../../../../src/store/engine/postgres/stream-state.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Each look at the clock takes so long, ms. */
function hurryClock(milliseconds: number): void {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += milliseconds));
}

function databaseError(code: string): Error {
  return Object.assign(new pg.DatabaseError('refused', 0, 'error'), { code });
}

function createRunner(lease: () => Promise<Session>): { readonly runner: GroupRunner; readonly failures: unknown[] } {
  const failures: unknown[] = [];
  const sessions: Sessions = {
    read: () => Promise.resolve([]),
    lease,
    release: () => undefined,
    openAnother: lease,
    open: 0,
    waiting: 0,
    close: () => Promise.resolve(),
  };
  const settings = { writer: 'test', begin: 'BEGIN', onOutdated: () => undefined, onLoss: () => undefined };
  const events = { onFailure: (error: unknown) => void failures.push(error), onCommit: () => undefined };
  return { runner: new GroupRunner(sessions, settings, events, createEngineCounts()), failures };
}

/** A session of a database that answers nothing, and this to one statement. */
function createSession(failing?: StatementName, code = ''): Session {
  return {
    pending: 0,
    isLost: false,
    onLost: () => undefined,
    run: (name) =>
      name === failing
        ? Promise.reject(databaseError(code))
        : Promise.resolve(name === 'lock' ? [['a', '0', '0', '0']] : []),
    command: (text) => Promise.resolve(text),
    close: () => Promise.resolve(),
    destroy: () => undefined,
  };
}

describe('a group of commits', () => {
  it('that finds no connection at first says nothing of the store', async () => {
    let leases = 0;
    const { runner, failures } = createRunner(() =>
      (leases += 1) === 1 ? Promise.reject(databaseError('53300')) : Promise.resolve(createSession()),
    );
    await runner.run([new StreamState('a')], () => Promise.resolve(undefined));
    expect([leases, failures]).toEqual([2, []]);
  });

  it('that finds no connection for long is refused, and so is the store', async () => {
    hurryClock(3_000);
    const { runner, failures } = createRunner(() => Promise.reject(databaseError('53300')));
    const running = runner.run([new StreamState('a')], () => Promise.resolve(undefined));
    await expect(running).rejects.toThrow(UnavailableError);
    expect(failures).toHaveLength(1);
  });

  // 55P03: somebody has the lock. 22P05, 54000: the database cannot hold this. 57014: it was told to stop at this.
  it.each(['55P03', '22P05', '54000', '57014'])(
    'is refused alone for what says nothing of other organizations: %s',
    async (code) => {
      hurryClock(3_000);
      const { runner, failures } = createRunner(() => Promise.resolve(createSession('lock', code)));
      const running = runner.run([new StreamState('a')], () => Promise.resolve(undefined));
      await expect(running).rejects.toThrow('this write did not take place');
      expect(failures).toEqual([]);
    },
  );

  it('is refused, and so is the store, where a whole table is locked', async () => {
    hurryClock(3_000);
    const { runner, failures } = createRunner(() => Promise.resolve(createSession('log', '55P03')));
    const running = runner.run([new StreamState('a')], () => Promise.resolve(undefined));
    await expect(running).rejects.toThrow('this write did not take place');
    expect(failures).toHaveLength(1);
  });

  it.each(['53100', '42501'])('is refused, and so is the store, where no other would do better: %s', async (code) => {
    const { runner, failures } = createRunner(() => Promise.resolve(createSession('lock', code)));
    const running = runner.run([new StreamState('a')], () => Promise.resolve(undefined));
    await expect(running).rejects.toThrow('this write did not take place');
    expect(failures).toHaveLength(1);
  });

  it('whose end was not seen waits for the lock without giving up its connection', async () => {
    const state = new StreamState('a');
    const lost = createSession();
    const destroyed: string[] = [];
    let looks = 0;
    const second: Session = {
      ...createSession(),
      destroy: () => void destroyed.push('second'),
      run: (name) => {
        if (name === 'lock' && (looks += 1) <= 2) return Promise.reject(databaseError('55P03'));
        if (name === 'lock') return Promise.resolve([['a', '1', '0', '0']]);
        return Promise.resolve(name === 'outcome' ? [['1']] : []);
      },
    };
    const first: Session = {
      ...lost,
      destroy: () => void destroyed.push('first'),
      command: (text) => (text === 'COMMIT' ? Promise.reject(new Error('The connection is lost')) : lost.command(text)),
    };
    let leases = 0;
    const { runner } = createRunner(() => Promise.resolve((leases += 1) === 1 ? first : second));
    const part = {
      ...{ state, generation: 0, stamps: undefined, readSet: [], deltas: new Map<string, number>(), appends: [] },
      puts: new Map([['a', Buffer.from('value')]]),
    };
    const outcomes = await runner.run([state], () =>
      Promise.resolve({ parts: new Map([[state, [part]]]), isAtomic: false }),
    );
    expect([outcomes.get(part), looks, new Set(destroyed)]).toEqual(['accepted', 3, new Set(['first'])]);
  });
});
