import { describe, expect, it } from 'vitest';
import { putKeys, useStores } from '../../../support/postgres/opened-stores.js';

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
