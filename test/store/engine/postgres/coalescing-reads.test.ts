import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Range } from '../../../../src/store/contract.js';
import { createCoalescingReads } from '../../../../src/store/engine/postgres/coalescing-reads.js';
import type { RunStatement, Session } from '../../../../src/store/engine/postgres/session.js';
import { createVersionedReads, type VersionedReads } from '../../../../src/store/engine/postgres/versioned-reads.js';
import { putKeys, useStores } from '../../../support/postgres/opened-stores.js';

const stores = useStores();

/** Of three streams, in an order of bytes that is none of UTF-16 code units. */
const KEYS = ['a:', 'b:', 'c:'].flatMap((prefix) =>
  ['1', '10', '2', 'x', 'y%', 'é', '\uffee', '😀', '😀1'].map((end) => prefix + end),
);

type Asked =
  | { readonly kind: 'many'; readonly keys: readonly string[] }
  | { readonly kind: 'scan' | 'scanKeys'; readonly range: Range };

const bound = fc.constantFrom('a', 'b:', 'c:x', 'd', ...KEYS);
const range = fc
  .record({ gte: bound, lt: bound, limit: fc.constantFrom(1, 2, 5, 1_000, Infinity), reverse: fc.boolean() })
  .map(({ gte, lt, ...how }): Range => (gte < lt ? { gte, lt, ...how } : { gte: lt, lt: gte, ...how }));
const asked: fc.Arbitrary<Asked> = fc.oneof(
  fc.record({ kind: fc.constant('many' as const), keys: fc.subarray([...KEYS, 'a:absent']) }),
  fc.record({ kind: fc.constantFrom('scan' as const, 'scanKeys' as const), range }),
);

async function ask(reads: VersionedReads, one: Asked): Promise<unknown> {
  if (one.kind !== 'many') return reads[one.kind](one.range, one.range.gte.slice(0, 1));
  const { values, versions } = await reads.many(one.keys, ['a', 'b', 'nobody']);
  return [one.keys.map((key) => values.get(key)), versions.get('a'), versions.get('b'), versions.get('nobody')];
}

async function withSession(work: (session: Session) => Promise<void>): Promise<void> {
  const session = await stores.tables.openSession('read');
  try {
    await work(session);
  } finally {
    await session.close();
  }
}

describe('reads that are asked for at the same time', () => {
  it('are answered as they are one by one, the first time and again', async () => {
    const store = await stores.open();
    await putKeys(store, ...KEYS.slice(0, 12));
    await putKeys(store, ...KEYS.slice(12));
    await withSession(async (session) => {
      const plain = createVersionedReads((name, values) => session.run(name, values));
      const coalescing = createCoalescingReads((name, values) => session.run(name, values));
      await fc.assert(
        fc.asyncProperty(fc.array(asked, { maxLength: 80 }), async (all) => {
          const expected = [];
          for (const one of all) expected.push(await ask(plain, one));
          for (let time = 0; time < 3; time += 1) {
            expect(await Promise.all(all.map((one) => ask(coalescing, one)))).toEqual(expected);
          }
        }),
        { numRuns: 40 },
      );
    });
  });

  it('share statements, but for so many ranges and rows that others would wait for', async () => {
    const store = await stores.open();
    await putKeys(store, ...KEYS);
    await withSession(async (session) => {
      const statements: string[] = [];
      const reads = createCoalescingReads((name, values) => {
        statements.push(name);
        return session.run(name, values);
      });
      const scan = (limit: number, at: number) =>
        reads.scanKeys({ gte: 'a:1', lt: `a:2${'x'.repeat(at)}`, limit }, 'a');
      const counts = async (limit: number, different: number, times: number): Promise<number> => {
        statements.length = 0;
        await Promise.all(Array.from({ length: times }, (_, at) => scan(limit, at % different)));
        return statements.length;
      };
      expect(await counts(10, 32, 32)).toBe(1);
      expect(await counts(10, 33, 33)).toBe(2);
      expect(await counts(10, 5, 500)).toBe(1);
      expect(await counts(512, 3, 3)).toBe(2);
      expect(await counts(5_000, 2, 2)).toBe(2);
      expect(await counts(Infinity, 2, 2)).toBe(2);
    });
  });

  it('may be changed by whoever has asked', async () => {
    const store = await stores.open();
    await putKeys(store, ...KEYS);
    await withSession(async (session) => {
      const reads = createCoalescingReads((name, values) => session.run(name, values));
      const all = { gte: 'a:', lt: 'a;', limit: 9 };
      const [one, other] = await Promise.all([reads.scanKeys(all, 'a'), reads.scanKeys(all, 'a')]);
      one.items.pop();
      expect(other.items).toHaveLength(one.items.length + 1);
    });
  });

  it('all fail where their statement does, and the next ones do not', async () => {
    const store = await stores.open();
    await putKeys(store, 'a:1', 'a:2');
    await withSession(async (session) => {
      let isBroken = true;
      const reads = createCoalescingReads((name, values) =>
        isBroken ? Promise.reject(new Error('broken')) : session.run(name, values),
      );
      const scans = () => ['a:1', 'a:2'].map((gte) => reads.scanKeys({ gte, lt: 'a:3', limit: 5 }, 'a'));
      expect(await Promise.allSettled(scans())).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
      isBroken = false;
      expect((await Promise.all(scans())).map(({ items }) => items)).toEqual([['a:1', 'a:2'], ['a:2']]);
    });
  });
});

describe.each([false, true])('a range whose rows come in another order (reverse: %s)', (reverse) => {
  it('is put in order', async () => {
    const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');
    const run: RunStatement = () =>
      Promise.resolve([
        [null, null, 'a', '7'],
        ['2', bytes('a:5'), null, null],
        ['1', bytes('a:😀'), null, null],
        ['1', bytes('a:\uffee'), null, null],
        ['1', bytes('a:1'), null, null],
      ]);
    const reads = createCoalescingReads(run);
    const how = { lt: 'b', limit: 3, reverse };
    const [first, second] = await Promise.all([
      reads.scanKeys({ gte: 'a:1', ...how }, 'a'),
      reads.scanKeys({ gte: 'a:2', ...how }, 'a'),
    ]);
    const ascending = ['a:1', 'a:\uffee', 'a:😀'];
    expect(first).toEqual({ items: reverse ? ascending.toReversed() : ascending, version: 7 });
    expect(second).toEqual({ items: ['a:5'], version: 7 });
  });
});
