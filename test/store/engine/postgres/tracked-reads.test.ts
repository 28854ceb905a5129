import { describe, expect, it } from 'vitest';
import type { Store } from '../../../../src/store/contract.js';
import { KnownStreams } from '../../../../src/store/engine/postgres/known-streams.js';
import { putKeys, useStores } from '../../../support/postgres/opened-stores.js';
import { withStatementListener } from '../../../support/postgres/sessions.js';

const stores = useStores();
const { open } = stores;

const get = (store: Store, ...keys: readonly string[]) => store.readTracked((reader) => reader.getMany(keys));

describe('a tracked read', () => {
  it('is current until another server changes what it has read, and never again', async () => {
    const [here, there] = await Promise.all([open(), open()]);
    await putKeys(there, 'a:1');
    const { isCurrent } = await get(here, 'a:1', 'a:2');
    expect(await isCurrent()).toBe(true);
    await putKeys(there, 'a:3', 'b:1');
    expect(await isCurrent()).toBe(true);
    await putKeys(there, 'a:2');
    expect(await isCurrent()).toBe(false);
    expect(isCurrent()).toBe(false);
  });

  it('of several organizations is stale with any of them', async () => {
    const [here, there] = await Promise.all([open(), open()]);
    const reads = await Promise.all([get(here, 'a:1', 'b:1'), get(here, 'a:1'), get(here, 'b:1')]);
    expect(await Promise.all(reads.map(async ({ isCurrent }) => isCurrent()))).toEqual([true, true, true]);
    await putKeys(there, 'b:1');
    expect(await Promise.all(reads.map(async ({ isCurrent }) => isCurrent()))).toEqual([false, true, false]);
  });

  it('across organizations is never current', async () => {
    const here = await open();
    const { isCurrent } = await here.readTracked((reader) => reader.scan({ gte: 'a', lt: 'z', limit: 9 }));
    expect(isCurrent()).toBe(false);
  });

  it('that was made in a snapshot is never current', async () => {
    const [here, there] = await Promise.all([open(), open()]);
    let runs = 0;
    const { isCurrent } = await here.readTracked(async (reader) => {
      await reader.get('a:1');
      if ((runs += 1) === 1) await putKeys(there, 'a:1', 'a:2');
      await reader.get('a:2');
    });
    expect(runs).toBe(2);
    expect(isCurrent()).toBe(false);
  });

  it('asks the database with all others that are asked for in the same turn, after that', async () => {
    const asked: string[] = [];
    const here = await open(withStatementListener(stores.tables.openSession, (name) => void asked.push(name)));
    const keys = Array.from({ length: 50 }, (_, at) => `${'abc'[at % 3]}:${at}`);
    const reads = await Promise.all(keys.map((key) => get(here, key)));
    asked.length = 0;
    const answers = reads.map(async ({ isCurrent }) => isCurrent());
    expect(asked).toEqual([]);
    expect(await Promise.all(answers)).toEqual(keys.map(() => true));
    expect(asked.filter((name) => name === 'since')).toHaveLength(1);
  });

  it('is not current where the database cannot be asked', async () => {
    let fails = false;
    const here = await open(
      withStatementListener(stores.tables.openSession, (name) => {
        if (fails && name === 'since') throw new Error('The database is away');
      }),
    );
    const { isCurrent } = await get(here, 'a:1');
    fails = true;
    expect(await isCurrent()).toBe(false);
  });

  it('is not current once the store is closed', async () => {
    const here = await open();
    const { isCurrent } = await get(here, 'a:1');
    await here.close();
    expect(isCurrent()).toBe(false);
  });

  it('is stale where the database has lost what it has read, which is said at the next commit', async () => {
    const errors: string[] = [];
    const note = (_fields: object, message: string) => void errors.push(message);
    const there = await open();
    const here = await open(stores.tables.openSession, { logger: { error: note, warn: note, info: () => undefined } });
    await putKeys(there, 'a:1');
    await putKeys(there, 'a:1');
    const { isCurrent } = await get(here, 'a:1');
    expect(await isCurrent()).toBe(true);
    await stores.tables.query(`UPDATE fg_head SET seq = 1; DELETE FROM fg_log WHERE seq > 1`);
    expect(await isCurrent()).toBe(false);
    expect(errors).toEqual([]);
    await putKeys(here, 'a:2');
    expect(errors).toEqual([expect.stringContaining('lost commits')]);
    const again = await get(here, 'a:1');
    expect(await again.isCurrent()).toBe(true);
  });

  it('is stale where another server has found that commits were lost', async () => {
    const [here, there] = await Promise.all([open(), open()]);
    await putKeys(there, 'a:1');
    const { isCurrent } = await get(here, 'a:2');
    expect(await isCurrent()).toBe(true);
    await stores.tables.query(`UPDATE fg_head SET epoch = epoch + 1`);
    expect(await isCurrent()).toBe(false);
    const again = await get(here, 'a:2');
    expect(await again.isCurrent()).toBe(true);
  });

  it('is stale once the connection was lost, as another database may answer that has lost what it has read', async () => {
    const sessions: { destroy(): void }[] = [];
    const there = await open();
    const here = await open(async (purpose) => {
      const session = await stores.tables.openSession(purpose);
      sessions.push(session);
      return session;
    });
    await putKeys(there, 'a:1');
    const reads = [await get(here, 'a:1')];
    await reads[0]!.isCurrent();
    await putKeys(there, 'a:3');
    reads.push(await get(here, 'a:1'));
    expect(await Promise.all(reads.map(async ({ isCurrent }) => isCurrent()))).toEqual([true, true]);
    for (const session of sessions) session.destroy();
    expect(await Promise.all(reads.map(async ({ isCurrent }) => isCurrent()))).toEqual([false, false]);
    const after = await get(here, 'a:1');
    expect(await after.isCurrent()).toBe(true);
  });
});

describe('what a server knows of an organization', () => {
  it('is forgotten with many others, and what was read before is stale then', () => {
    const known = new KnownStreams(() => ({ isEmpty: true }));
    const first = known.of('first').state;
    first.startAt(7);
    for (let at = 0; at < 6_000; at++) known.of(`stream ${at}`);
    expect(known.of('first').state).not.toBe(first);
    expect(first.generation).toBe(1);
  });

  it('says that what it has looked at was committed by another server, so that ids stay in order', async () => {
    const [here, there] = await Promise.all([open(), open()]);
    const stamp = (store: Store, key: string, meanwhile?: () => Promise<void>) =>
      store.transact(async (transaction) => {
        const time = transaction.stamp('a');
        transaction.put(key, Buffer.from('value'));
        await meanwhile?.();
        return time;
      });
    await putKeys(there, 'a:0');
    const { isCurrent } = await get(here, 'a:0');
    let theirs = 0;
    const mine = await stamp(here, 'a:1', async () => {
      theirs ||= await stamp(there, 'a:2');
      expect(await isCurrent()).toBe(true);
    });
    expect(mine).toBeGreaterThan(theirs);
  });
});
