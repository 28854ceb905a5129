import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createAttemptSlots, PROMPT_WITHIN, type SlotRequest } from '../../src/webhooks/slots.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const OPTIONS = { promptSlots: 2, slowSlots: 1, maxAttempts: 5 };
const request = (more: Partial<SlotRequest> = {}): SlotRequest => ({
  isSlow: false,
  signal: new AbortController().signal,
  onSlow: () => undefined,
  ...more,
});

it('lets in so many at once, the others in their order', async () => {
  const slots = createAttemptSlots(OPTIONS);
  const [first] = await Promise.all([slots.take(request()), slots.take(request())]);
  const entered: string[] = [];
  const third = slots.take(request()).then((leave) => (entered.push('third'), leave));
  const fourth = slots.take(request()).then((leave) => (entered.push('fourth'), leave));
  expect(slots.counts()).toEqual({ prompt: 2, overdue: 0, slow: 0, waiting: 2 });
  first?.();
  (await third)?.();
  await fourth;
  expect(entered).toEqual(['third', 'fourth']);
});

it('those who do not answer in time leave the slots of those who do, and are not many at once', async () => {
  const slots = createAttemptSlots(OPTIONS);
  const onSlow = vi.fn();
  const hanging: ((() => void) | undefined)[] = [];
  // Two at a time are found out, until there are as many attempts as there may be.
  for (let nth = 0; nth < 8; nth++) void slots.take(request({ onSlow })).then((leave) => hanging.push(leave));
  for (const [taken, waiting] of [
    [2, 6],
    [4, 4],
    [5, 3],
    [5, 3],
  ]) {
    await Promise.resolve();
    const { prompt, overdue, waiting: left } = slots.counts();
    expect([prompt + overdue, left]).toEqual([taken, waiting]);
    vi.advanceTimersByTime(PROMPT_WITHIN);
  }
  expect(onSlow).toHaveBeenCalledTimes(5);
  hanging.shift()?.();
  expect(slots.counts()).toMatchObject({ prompt: 1, overdue: 4, slow: 0, waiting: 2 });
});

it('those who were slow before wait for each other alone', async () => {
  const slots = createAttemptSlots(OPTIONS);
  const one = await slots.take(request({ isSlow: true }));
  const two = slots.take(request({ isSlow: true }));
  const prompt = await slots.take(request());
  expect(slots.counts()).toEqual({ prompt: 1, overdue: 0, slow: 1, waiting: 1 });
  // Given back once, however often somebody says so.
  prompt?.();
  prompt?.();
  one?.();
  await two;
  expect(slots.counts()).toEqual({ prompt: 0, overdue: 0, slow: 1, waiting: 0 });
});

it('nobody waits whose webhook is over', async () => {
  const slots = createAttemptSlots({ promptSlots: 1 });
  const ending = new AbortController();
  const leave = await slots.take(request());
  const waits = slots.take(request({ signal: ending.signal }));
  ending.abort();
  expect(await waits).toBeUndefined();
  expect(await slots.take(request({ signal: ending.signal }))).toBeUndefined();
  leave?.();
  expect(slots.counts()).toEqual({ prompt: 0, overdue: 0, slow: 0, waiting: 0 });
});
