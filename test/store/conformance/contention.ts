import { setImmediate as nextTurnOfEventLoop } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Reader, Transaction } from '../../../src/store/contract.js';
import { bytes, putting, expectCount, lastEnds, useStore, type CreateFixture, type Conditions } from './harness.js';

/** Everybody comes to an end, whatever the others do. */
export function describeContention(createFixture: CreateFixture, conditions: Conditions): void {
  const opened = useStore(createFixture);

  test('reading and writing back one key loses nothing', async () => {
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        for (let round = 0; round < 5; round++) {
          await opened.store.transact(async (transaction) => {
            const value = Number((await transaction.get('hot'))?.toString() ?? 0);
            transaction.put('hot', bytes(String(value + 1)));
          });
        }
      }),
    );
    expect(await opened.get('hot')).toBe('60');
  });

  /** Changes both keys, always to the same, until `ended`. */
  async function keepChanging(ended: () => boolean): Promise<void> {
    for (let round = 0; !ended(); round++) {
      await opened.commit((transaction) => {
        transaction.put('left', bytes(String(round)));
        transaction.put('right', bytes(String(round)));
      });
    }
  }

  /** Reads slowly enough that commits come between. */
  async function readBoth(reader: Reader): Promise<[string | undefined, string | undefined]> {
    const left = await reader.get('left');
    for (let pause = 0; pause < 20; pause++) await nextTurnOfEventLoop();
    const [right] = await reader.scan({ gte: 'right', lt: 'righu', limit: 1 });
    return [left?.toString(), right?.value.toString()];
  }

  test('a slow transaction comes to its end, and others with it', async () => {
    let ended = false;
    const changing = [keepChanging(() => ended), keepChanging(() => ended)];
    await Promise.all(
      Array.from({ length: 3 }, (_, at) =>
        opened.store.transact(async (transaction) => {
          const [left, right] = await readBoth(transaction);
          transaction.put(`own:${at}`, bytes(String(left === right)));
        }),
      ),
    );
    ended = true;
    await Promise.all(changing);
    expect(await Promise.all([0, 1, 2].map((at) => opened.get(`own:${at}`)))).toEqual(['true', 'true', 'true']);
  });

  test('for whom commits pause, those who do not disturb it run once, and all are committed in order', async () => {
    let ended = false;
    const ends: string[] = [];
    const runs = new Map<string, number>();
    const append = (id: string, work: (reader: Reader) => Promise<unknown>): Promise<void> =>
      opened.store.transact(async (transaction) => {
        runs.set(id, (runs.get(id) ?? 0) + 1);
        await work(transaction);
        transaction.append('log:', bytes(id));
        ends.push(id);
      });
    const changing = keepChanging(() => ended);
    const others = Array.from({ length: 4 }, async (_, client) => {
      for (let round = 0; !ended; round++) {
        const id = `${client}:${round}`;
        await append(id, (reader) => reader.get(id));
      }
    });
    await append('slow', readBoth);
    ended = true;
    await Promise.all([changing, ...others]);

    // Where commits fail, none may come between.
    if (conditions.isUndisturbed) expect(runs.get('slow')).toBeGreaterThan(1);
    runs.delete('slow');
    for (const count of runs.values()) expectCount(count, 1, conditions);
    const log = await opened.store.read((reader) => reader.scan({ gte: 'log:', lt: 'log;', limit: Infinity }));
    expect(log.map(({ value }) => value.toString())).toEqual(lastEnds(ends));
  });

  test('who runs while commits pause takes the place of its end, even among ends in one turn', async () => {
    const ends: string[] = [];
    const others: Promise<void>[] = [];
    const end = (transaction: Transaction, id: string): void => {
      transaction.append('log:', bytes(id));
      ends.push(id);
    };
    let runs = 0;
    await opened.store.transact(async (transaction) => {
      const run = runs++;
      await transaction.get('hot');
      // So often do commits conflict with it that they pause for it in the end.
      if (run < 3) await opened.commit(putting('hot'));
      let endAll = (): void => undefined;
      const ending = new Promise<void>((resolve) => {
        endAll = resolve;
      });
      const begun = Array.from(
        { length: 3 },
        (_, nth) =>
          new Promise<void>((hasBegun) => {
            const other = opened.store.transact(async (writes) => {
              await writes.get(`own:${nth}`);
              hasBegun();
              await ending;
              end(writes, `${run}.${nth}`);
            });
            others.push(other);
          }),
      );
      await Promise.all(begun);
      end(transaction, 'paused for');
      endAll();
    });
    await Promise.all(others);
    expectCount(runs, 4, conditions);
    const log = await opened.store.read((reader) => reader.scan({ gte: 'log:', lt: 'log;', limit: Infinity }));
    expect(log.map(({ value }) => value.toString())).toEqual(lastEnds(ends));
  });

  test('slow reads come to their end, with one state each', async () => {
    let ended = false;
    const changing = [keepChanging(() => ended), keepChanging(() => ended)];
    const seen = await Promise.all(Array.from({ length: 10 }, () => opened.store.read(readBoth)));
    ended = true;
    await Promise.all(changing);
    for (const [left, right] of seen) expect(left).toBe(right);
  });

  test('slow reads and slow transactions come to their end together', async () => {
    const transactions = Array.from({ length: 8 }, (_, at) =>
      opened.store.transact(async (transaction) => {
        await readBoth(transaction);
        transaction.put('left', bytes(String(at)));
        transaction.put('right', bytes(String(at)));
      }),
    );
    const reads = Array.from({ length: 8 }, () => opened.store.read(readBoth));
    await Promise.all(transactions);
    for (const [left, right] of await Promise.all(reads)) expect(left).toBe(right);
    expect(opened.store.sequence).toBe(8);
  });
}
