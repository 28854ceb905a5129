import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StoreFixture } from './harness.js';

/** Keys of a few awkward characters, so that many share beginnings, on both sides of the surrogates. */
const key = fc.string({
  unit: fc.constantFrom('\u0000', '\u0001', ':', 'a', '\u007f', 'é', '\ud7ff', '\ue000', '\uffff', '😀', '\u{10ffff}'),
  minLength: 1,
  maxLength: 4,
});
const storable = key.filter((text) => !text.startsWith('\u0000'));

/** Keys are ordered by their UTF-8 bytes, and every range is what that order says. */
export function describeOrder(createFixture: () => Promise<StoreFixture>): void {
  test('keys are in the order of their UTF-8 bytes, in every range', async () => {
    const fixture = await createFixture();
    const store = await fixture.open();
    const stored = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(storable, { maxLength: 8 }),
        fc.array(
          fc.record({
            gte: fc.oneof(key, fc.constant('')),
            lt: fc.oneof(key, fc.constant('')),
            limit: fc.nat(12),
            reverse: fc.boolean(),
          }),
          { minLength: 1, maxLength: 8 },
        ),
        async (added, ranges) => {
          await store.transact((transaction) => {
            for (const one of added) transaction.put(one, Buffer.from(one));
            return Promise.resolve();
          });
          for (const one of added) stored.add(one);
          for (const range of ranges) {
            const entries = await store.read((reader) => reader.scan(range));
            const keys = await store.read((reader) => reader.scanKeys(range));
            expect(keys).toEqual(model(stored, range));
            expect(entries).toEqual(keys.map((one) => ({ key: one, value: Buffer.from(one) })));
          }
        },
      ),
      { numRuns: 100 },
    );
    await store.close();
    await fixture.dispose();
  });
}

function model(
  stored: ReadonlySet<string>,
  range: { readonly gte: string; readonly lt: string; readonly limit: number; readonly reverse: boolean },
): string[] {
  const [gte, lt] = [Buffer.from(range.gte), Buffer.from(range.lt)];
  const within = [...stored]
    .map((text) => Buffer.from(text))
    .filter((candidate) => Buffer.compare(candidate, gte) >= 0 && Buffer.compare(candidate, lt) < 0)
    .sort((left, right) => Buffer.compare(left, right))
    .map((bytes) => bytes.toString());
  return (range.reverse ? within.reverse() : within).slice(0, range.limit);
}
