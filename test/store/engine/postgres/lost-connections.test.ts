import { describe, expect, it } from 'vitest';
import { ConnectionLostError, type OpenSession } from '../../../../src/store/engine/postgres/session.js';
import { putKeys, useStores } from '../../../support/postgres/opened-stores.js';
import { interceptSession } from '../../../support/postgres/sessions.js';

const stores = useStores();
const { open } = stores;

/** Sessions of which the next that commits, once it is told so, loses its connection before or after the commit. */
function losing(): {
  readonly openSession: OpenSession;
  readonly lose: (when: 'before' | 'after', then?: () => Promise<void>) => void;
} {
  let next: { readonly when: 'before' | 'after'; readonly then: (() => Promise<void>) | undefined } | undefined;
  return {
    lose: (when, then) => (next = { when, then }),
    openSession: async (purpose) => {
      const session = await stores.tables.openSession(purpose);
      return interceptSession(session, async (name, send) => {
        if (name !== 'COMMIT' || next === undefined) return send();
        const { when, then } = next;
        next = undefined;
        if (when === 'after') await send();
        session.destroy();
        await then?.();
        throw new ConnectionLostError('injected');
      });
    },
  };
}

describe('a transaction whose connection is lost', () => {
  it('is not committed twice where it only reads in the first of its streams', async () => {
    const { openSession, lose } = losing();
    const here = await open(openSession);
    await putKeys(here, 'a:1', 'b:1');
    lose('after');
    await here.transact(async (transaction) => {
      await transaction.get('a:1');
      transaction.add('b:count', 1);
      transaction.append('b:log:', Buffer.from('value'));
    });
    expect(await here.read((reader) => reader.counters(['b:count']))).toEqual([1]);
    expect(await here.read((reader) => reader.scanKeys({ gte: 'b:log:', lt: 'b:log;', limit: 9 }))).toHaveLength(1);
  });

  it('runs again if it has read across streams, as nothing tells what was changed there since', async () => {
    const { openSession, lose } = losing();
    const [here, there] = await Promise.all([open(openSession), open()]);
    await putKeys(there, 'a:1');
    let runs = 0;
    await here.transact(async (transaction) => {
      const found = await transaction.scanKeys({ gte: 'a', lt: 'z', limit: 100 });
      // Its second run is the first under the locks.
      if ((runs += 1) === 2) lose('before', () => putKeys(there, 'b:1'));
      transaction.put('z:found', Buffer.from(found.join(' ')));
    });
    expect(String(await here.read((reader) => reader.get('z:found')))).toBe('a:1 b:1');
  });

  it('runs again if it has read across streams and lost its locks meanwhile', async () => {
    const committing = new Set<{ destroy(): void }>();
    const here = await open(async (purpose) => {
      const session = await stores.tables.openSession(purpose);
      if (purpose === 'commit') committing.add(session);
      return session;
    });
    await putKeys(here, 'a:1');
    let runs = 0;
    await here.transact(async (transaction) => {
      await transaction.scanKeys({ gte: 'a', lt: 'z', limit: 100 });
      if ((runs += 1) === 2) for (const session of committing) session.destroy();
      transaction.put('a:2', Buffer.from('value'));
    });
    expect(runs).toBe(3);
  });

  it('does not fail with what it makes of a torn state once its locks are lost', async () => {
    const committing = new Set<{ destroy(): void }>();
    const there = await open();
    const here = await open(async (purpose) => {
      const session = await stores.tables.openSession(purpose);
      if (purpose === 'commit') committing.add(session);
      return session;
    });
    await putKeys(there, 'a:1', 'a:2');
    let runs = 0;
    await here.transact(async (transaction) => {
      const first = await transaction.get('a:1');
      // Its fourth run is the first under the lock.
      if ((runs += 1) === 4) for (const session of committing) session.destroy();
      if (runs <= 4) {
        await there.transact((other) => {
          other.put('a:1', Buffer.from(`${runs}`));
          other.put('a:2', Buffer.from(`${runs}`));
          return Promise.resolve();
        });
      }
      const second = await transaction.get('a:2');
      if (String(first) !== String(second)) throw new Error('The state is torn');
      transaction.put('a:3', Buffer.from('value'));
    });
  });
});
