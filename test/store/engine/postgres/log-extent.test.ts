import { describe, expect, it } from 'vitest';
import type { Store } from '../../../../src/store/contract.js';
import { putKeys, useStores } from '../../../support/postgres/opened-stores.js';

const stores = useStores();
const { open } = stores;

async function extentOf(store: Store): Promise<Record<string, number>> {
  await store.refreshMetrics?.();
  const metrics = (store.metrics?.() ?? []).filter(({ name }) => name.startsWith('log_'));
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

describe('the metrics of the log', () => {
  it('tell how far a server is behind, and how much the log holds', async () => {
    const [here, there] = await Promise.all([open(), open()]);
    expect(await extentOf(here)).toEqual({ log_lag_commits: 0, log_commits: 0 });
    await putKeys(here, 'a:1');
    await putKeys(here, 'b:1');
    for (let times = 0; times < 3; times++) await putKeys(there, 'a:2');
    await putKeys(there, 'b:2');
    await putKeys(there, 'c:1');
    // Of `c` the server knows nothing.
    expect(await extentOf(here)).toEqual({ log_lag_commits: 3, log_commits: 6 });
    await putKeys(here, 'a:3');
    expect(await extentOf(here)).toEqual({ log_lag_commits: 1, log_commits: 7 });
    await putKeys(here, 'b:3');
    await stores.tables.query(`DELETE FROM fg_log WHERE stream = 'a' AND seq < 4`);
    expect(await extentOf(here)).toEqual({ log_lag_commits: 0, log_commits: 5 });
  });

  it('stay as they were where the database cannot be asked', async () => {
    const here = await open();
    await putKeys(here, 'a:1');
    expect(await extentOf(here)).toEqual({ log_lag_commits: 0, log_commits: 1 });
    await stores.tables.query('ALTER TABLE fg_log RENAME TO moved');
    expect(await extentOf(here)).toEqual({ log_lag_commits: 0, log_commits: 1 });
    await stores.tables.query('ALTER TABLE moved RENAME TO fg_log');
  });
});
