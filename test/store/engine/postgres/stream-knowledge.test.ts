import { describe, expect, it } from 'vitest';
import type { Store } from '../../../../src/store/contract.js';
import { putKeys, useStores } from '../../../support/postgres/opened-stores.js';
import { interceptSession } from '../../../support/postgres/sessions.js';

const stores = useStores();
const { open } = stores;

async function column(sql: string): Promise<readonly unknown[]> {
  return (await stores.tables.query(sql)).map(([value]) => value);
}

describe('what a server knows of an organization', () => {
  it('is kept while a transaction needs the lock of more of them than are kept', async () => {
    const here = await open();
    await stores.tables.query(`INSERT INTO fg_head SELECT 's' || n, 0, 0, 0 FROM generate_series(1, 5500) AS n`);
    await here.transact(async (transaction) => {
      await transaction.scanKeys({ gte: 's', lt: 't', limit: 1 });
      await transaction.get('s2:1');
      transaction.put('s1:1', Buffer.from('value'));
    });
    expect(await here.read((reader) => reader.scanKeys({ gte: 's', lt: 't', limit: 9 }))).toEqual(['s1:1']);
  });
});

describe('the log of an organization', () => {
  it('that a server cannot read, it passes over as a gap', async () => {
    const [here, there] = [await open(), await open()];
    const count = (store: Store): Promise<void> =>
      store.transact((transaction) => {
        transaction.add('a:count', 1);
        return Promise.resolve();
      });
    await count(here);
    await count(there);
    // As a later release may write it, or the disk may damage it.
    await stores.tables.query(`UPDATE fg_log SET entry = 'unreadable' WHERE stream = 'a' AND seq = 2`);
    let runs = 0;
    await here.transact(async (transaction) => {
      if ((runs += 1) === 1) await count(there);
      transaction.put('a:seen', Buffer.from(String(await transaction.counters(['a:count']))));
    });
    await count(here);
    const seen = await here.read(async (reader) => [await reader.counters(['a:count']), await reader.get('a:seen')]);
    expect(seen).toEqual([[4], Buffer.from('3')]);
  });

  it('is read to a bound, however much others have committed', async () => {
    let bytes = 0;
    const here = await open(async (purpose) => {
      const session = await stores.tables.openSession(purpose);
      return interceptSession(session, async (name, send) => {
        const answer = await send();
        if ((name === 'log' || name === 'since') && Array.isArray(answer)) {
          const values: readonly unknown[] = answer.flat();
          for (const value of values) if (Buffer.isBuffer(value)) bytes += value.length;
        }
        return answer;
      });
    });
    await putKeys(here, 'a:1');
    await stores.tables.query(
      `INSERT INTO fg_log SELECT 'a', n, n, convert_to(repeat('x', 1048576), 'UTF8') FROM generate_series(2, 40) AS n;
       UPDATE fg_head SET seq = 40 WHERE stream = 'a'`,
    );
    await putKeys(here, 'a:2');
    const keys = { gte: 'a:', lt: 'a;', limit: 9 };
    expect(await here.read((reader) => Promise.all([reader.scanKeys(keys), reader.get('a:0')]))).toEqual([
      ['a:1', 'a:2'],
      undefined,
    ]);
    expect(bytes).toBeLessThan(3 * 1024 * 1024);
  });

  it('is trimmed, however few of its commits each server makes', async () => {
    const here = await open();
    await putKeys(here, 'a:1');
    await stores.tables.query(
      `INSERT INTO fg_log SELECT 'a', n, n, entry FROM generate_series(2, 5119) AS n, fg_log WHERE seq = 1;
       UPDATE fg_head SET seq = 5119 WHERE stream = 'a'`,
    );
    await putKeys(here, 'a:2');
    // The connection trims the log before it does anything else.
    await putKeys(here, 'a:3');
    expect(await column(`SELECT min(seq) FROM fg_log WHERE stream = 'a'`)).toEqual(['1024']);
  });
});
