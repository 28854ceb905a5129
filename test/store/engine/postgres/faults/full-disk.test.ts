import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, rmdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { queryOnce, startPostgres, own } from '../../../../support/postgres/server.js';
import { createTables, openStoreAt, until } from '../../../../support/postgres/store.js';

/** Mounts a file system of a size of its own, which root may do; undefined for others. */
function mountSmallDisk(mebibytes: number): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'feedback-graph-small-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=755`, 'tmpfs', directory]);
  if (status === 0) return directory;
  rmdirSync(directory);
  return undefined;
}

/** Takes all the space that is left. */
function fill(file: string): void {
  const handle = openSync(file, 'w');
  try {
    for (let size = 2 ** 20; size >= 512; size /= 2) {
      try {
        for (;;) if (writeSync(handle, Buffer.alloc(size)) < size) break;
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      }
    }
  } finally {
    closeSync(handle);
  }
}

function unmount(directory: string): void {
  spawnSync('umount', [directory]);
  rmdirSync(directory);
}

/** Whether this process may mount. */
function mayMount(): boolean {
  const directory = mountSmallDisk(1);
  if (directory !== undefined) unmount(directory);
  return directory !== undefined;
}

it.runIf(mayMount())('a full disk of the database refuses writes, loses nothing, and recovers', async () => {
  const postgres = await startPostgres();
  const directory = mountSmallDisk(32) ?? '';
  own(directory);
  try {
    await postgres.query(`CREATE TABLESPACE small LOCATION '${directory}'`);
    await postgres.query('CREATE DATABASE small TEMPLATE template0 TABLESPACE small');
    const url = postgres.url('small');
    await createTables(url);
    const store = await openStoreAt(url);
    const acknowledged: string[] = [];
    let submitted = 0;
    const submit = (): Promise<void> => {
      const key = `a/${(submitted += 1)}`;
      return store
        .transact((transaction) => {
          transaction.put(key, Buffer.alloc(100_000, key));
          transaction.add('a/total', 1);
          return Promise.resolve();
        })
        .then(() => void acknowledged.push(key));
    };
    for (let times = 0; times < 2; times++) {
      await submit();
      const filler = join(directory, 'filler');
      fill(filler);
      let refusal: unknown;
      await until(() =>
        submit().then(
          () => false,
          (error: unknown) => ((refusal = error), true),
        ),
      );
      expect(refusal).toMatchObject({ message: expect.stringContaining('did not take place') as string });
      expect(store.health.writable).toBe(false);
      // Small changes are still possible, which is no reason to call for others.
      const seen = await queryOnce<{ seen: string }>(url, 'SELECT seen::text FROM fg_server');
      await until(
        async () =>
          (await queryOnce<{ seen: string }>(url, 'SELECT seen::text FROM fg_server'))[0]?.seen !== seen[0]?.seen,
      );
      expect(store.health.writable).toBe(false);
      await expect(submit()).rejects.toThrow('did not take place');
      rmSync(filler);
      await until(() => store.health.writable);
      await submit();
    }
    const found = await store.read(async (reader) => ({
      values: await reader.getMany(acknowledged),
      total: await reader.counters(['a/total']),
    }));
    expect(found.values.every((value) => value?.length === 100_000)).toBe(true);
    expect(found.total).toEqual([acknowledged.length]);
    await store.close();
  } finally {
    await postgres.stop();
    unmount(directory);
  }
});
