import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTurns, mapYielding, sortYielding } from '../src/yield-to-event-loop.js';
import { turnsDuring } from './support/turns.js';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

it('yieldToEventLoop gives the event loop a turn between any two stretches, however much work is under way', async () => {
  const turns = createTurns(0);
  const together = (): Promise<unknown> =>
    Promise.all(numbers(10).map(() => mapYielding(numbers(10), (item) => item, turns.start())));
  expect(await turnsDuring(together)).toBeGreaterThan(80);
});

it('yieldToEventLoop resumes work in rotation, so that large work holds up no small work', async () => {
  const turns = createTurns(0);
  const order: string[] = [];
  const work = async (name: string, items: number): Promise<void> => {
    await mapYielding(numbers(items), (item) => item, turns.start());
    order.push(name);
  };
  await Promise.all([work('large', 50), work('small', 2), work('larger', 60)]);
  expect(order).toEqual(['small', 'large', 'larger']);
});

it('yieldToEventLoop resumes one piece of work only after the one before has computed what it can', async () => {
  const { turn } = createTurns().start();
  const order: string[] = [];
  const piece = async (name: string): Promise<void> => {
    await turn();
    order.push(`${name} begins`);
    for (let job = 0; job < 20; job += 1) await Promise.resolve();
    order.push(`${name} ends`);
  };
  await Promise.all([piece('one'), piece('other')]);
  expect(order).toEqual(['one begins', 'one ends', 'other begins', 'other ends']);
});

it('what is deferred to the end of a stretch runs once, when no work waits any more', async () => {
  const stretches = createTurns(Infinity).start();
  const order: string[] = [];
  const asked: string[] = [];
  const ask = (name: string): void => {
    asked.push(name);
    if (asked.length === 1) stretches.atEndOfStretch(() => order.push(asked.splice(0).join(' and ')));
  };
  await Promise.all(numbers(3).map((each) => stretches.turn().then(() => ask(String(each)))));
  await new Promise(setImmediate);
  expect(order).toEqual(['0 and 1 and 2']);
});

it('sortYielding sorts as arrays do', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ key: fc.nat(20), place: fc.nat() }), { maxLength: 5_000, size: 'max' }),
      async (items) => {
        const byKey = (one: { key: number }, other: { key: number }): number => one.key - other.key;
        expect(await sortYielding(items, byKey)).toEqual([...items].sort(byKey));
      },
    ),
    { numRuns: 20 },
  );
});
