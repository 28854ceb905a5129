import { describe, expect, it } from 'vitest';
import { putKeys, useStores } from '../../../support/postgres/opened-stores.js';
import { withStatementListener } from '../../../support/postgres/sessions.js';

const stores = useStores();
const { open } = stores;

describe('a transaction that reads across organizations', () => {
  it('has all of them for itself, even one that appears while it takes their locks', async () => {
    const there = await open();
    let disturb: (() => Promise<void>) | undefined;
    const here = await open(
      withStatementListener(stores.tables.openSession, async (name) => {
        if (name !== 'lock') return;
        const once = disturb;
        disturb = undefined;
        await once?.();
      }),
    );
    await putKeys(there, 'a:1');
    const whole = { gte: 'a', lt: 'z', limit: 100 };
    let runs = 0;
    const writing: Promise<void>[] = [];
    const [first, second] = await here.transact(async (transaction) => {
      runs += 1;
      // Its second run is the first under the locks.
      if (runs === 1) disturb = () => putKeys(there, 'new:1');
      const before = await transaction.scanKeys(whole);
      if (runs === 2) {
        const write = putKeys(there, 'new:2');
        writing.push(write);
        // Where nothing keeps it from it, it has time to be committed.
        for (let turn = 0; turn < 50; turn++) await there.read((reader) => reader.get('a:1'));
      }
      const after = await transaction.scanKeys(whole);
      transaction.put('a:2', Buffer.from('value'));
      return [before, after];
    });
    expect(second).toEqual(first);
    await Promise.all(writing);
  });

  it('comes in front of those who wait meanwhile, whose writes it has not seen', async () => {
    const here = await open();
    await putKeys(here, 'a:1');
    const append = (value: string) =>
      here.transact((transaction) => {
        transaction.append('a:log:', Buffer.from(value));
        return Promise.resolve();
      });
    let runs = 0;
    const waiting: Promise<void>[] = [];
    await here.transact(async (transaction) => {
      runs += 1;
      await transaction.scanKeys({ gte: 'a', lt: 'z', limit: 100 });
      // Its second run is the first under the locks.
      if (runs === 2) waiting.push(append('behind'));
      await here.read((reader) => reader.get('a:1'));
      transaction.append('a:log:', Buffer.from('in front'));
    });
    await Promise.all(waiting);
    const log = await here.read((reader) => reader.scan({ gte: 'a:log:', lt: 'a:log;', limit: 9 }));
    expect(log.map(({ value }) => value.toString())).toEqual(['in front', 'behind']);
  });
});

describe('a transaction that takes longer than it may keep others waiting', () => {
  it.each([
    ['reads across organizations', { gte: 'a', lt: 'z', limit: 100 }, 2],
    ['conflicts each time', { gte: 'a:', lt: 'a;', limit: 100 }, 6],
  ])('is refused in the end: it %s', async (_, range, mostRuns) => {
    const there = await open();
    const here = await open(stores.tables.openSession, { limits: { leaseMilliseconds: 0 } });
    await putKeys(there, 'a:1');
    let runs = 0;
    const running = here.transact(async (transaction) => {
      runs += 1;
      await transaction.scanKeys(range);
      // It ends long after it has lost the lock, as somebody else has it then.
      await putKeys(there, `a:${runs}`);
      transaction.put('a:own', Buffer.from('value'));
    });
    await expect(running).rejects.toThrow('this write did not take place');
    expect(runs).toBe(mostRuns);
    expect(await there.read((reader) => reader.get('a:own'))).toBeUndefined();
  });
});
