import { afterEach, beforeEach, expect, it } from 'vitest';
import { decorateStore } from '../../src/store/decorated-store.js';
import { testWebhook } from '../../src/webhooks/manage.js';
import type { SendAttempt } from '../../src/webhooks/send.js';
import { createAttemptSlots } from '../../src/webhooks/slots.js';
import { actor, createWorld, FAILED, OK, POLL, type World } from './world.js';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.end());

it('a slow receiver holds up only itself, however many there are', async () => {
  const SLOW = 12;
  const slots = createAttemptSlots({ promptSlots: 2, slowSlots: 3, maxAttempts: 1_000, promptWithin: 10 });
  const slow: { readonly org: string; readonly id: string }[] = [];
  for (let nth = 0; nth < SLOW; nth++) {
    const org = `slow-${nth}`;
    slow.push({ org, id: await world.create({ org, url: `https://slow.example.com/${nth}` }) });
  }
  let hanging = new Map<() => void, string>();
  let isTold = false;
  world.start(
    'one',
    ({ url }) =>
      isTold || !url.includes('slow')
        ? Promise.resolve(OK)
        : new Promise((resolve) => hanging.set(() => resolve({ ...OK, milliseconds: 2_000 }), url)),
    { slots },
  );
  for (const { org } of slow) for (let nth = 0; nth < 3; nth++) await world.append(`feedback-${nth}`, 1, org);
  const fast = await world.create();
  for (let nth = 0; nth < 40; nth++) await world.append(`feedback-${nth}`, 1);
  // More receivers than there are slots never answer.
  await expect.poll(() => hanging.size, POLL).toBe(SLOW);
  await expect.poll(() => world.statuses(fast), POLL).toEqual(Array(40).fill('delivered'));
  // Each has one attempt under way; the rest waits in the store.
  expect(new Set(hanging.values()).size).toBe(SLOW);
  await expect.poll(slots.counts, POLL).toEqual({ prompt: 0, overdue: SLOW, slow: 0, waiting: 0 });
  const first = hanging;
  hanging = new Map();
  for (const answer of first.keys()) answer();
  // Those that were slow have fewer slots, in which they wait for each other.
  await expect.poll(slots.counts, POLL).toEqual({ prompt: 0, overdue: 0, slow: 3, waiting: SLOW - 3 });
  isTold = true;
  for (const answer of hanging.keys()) answer();
  for (const { org, id } of slow) {
    await expect.poll(() => world.statuses(id, org), POLL).toEqual(Array(3).fill('delivered'));
  }
});

it('deliveries come many at once from a receiver that answers promptly, and one at a time from one that fails', async () => {
  const id = await world.create();
  let answer = OK;
  let underWay = 0;
  let most = 0;
  world.start('one', async () => {
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise(setImmediate);
    underWay -= 1;
    return answer;
  });
  const events = async (from: number): Promise<void> => {
    for (let nth = from; nth < from + 30; nth++) await world.append(`feedback-${nth}`, 1);
  };
  await events(0);
  await expect.poll(() => world.statuses(id), POLL).toEqual(Array(30).fill('delivered'));
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(8);
  answer = { ...FAILED, status: 503 };
  await world.append('feedback-failed', 1);
  await expect.poll(() => world.statuses(id), POLL).toEqual(['pending', ...Array<string>(30).fill('delivered')]);
  most = 0;
  await events(30);
  await expect.poll(async () => (await world.deliveries(id)).every(({ attempts }) => attempts > 0), POLL).toBe(true);
  expect(most).toBe(1);
});

it('a receiver does not wait for what is stored of the deliveries that it has taken', async () => {
  const id = await world.create();
  let answers = Promise.resolve();
  let commits = Promise.resolve();
  let sent = 0;
  const store = decorateStore(world.store, {
    transact: async (work) => {
      await commits;
      return world.store.transact(work);
    },
  });
  const send: SendAttempt = async () => {
    sent += 1;
    await answers;
    return OK;
  };
  world.start('one', send, { store });
  await world.append('feedback-0', 1);
  await expect.poll(() => world.statuses(id), POLL).toEqual(['delivered']);
  let answer: () => void = () => undefined;
  answers = new Promise((resolve) => (answer = resolve));
  for (let nth = 1; nth <= 20; nth++) await world.append(`feedback-${nth}`, 1);
  await expect.poll(async () => (await world.statuses(id)).length, POLL).toBe(21);
  await expect.poll(() => sent, POLL).toBe(1 + 8);
  let commit: () => void = () => undefined;
  commits = new Promise((resolve) => (commit = resolve));
  answer();
  await expect.poll(() => sent, POLL).toBe(21);
  commit();
  await expect.poll(() => world.statuses(id), POLL).toEqual(Array(21).fill('delivered'));
  expect(sent).toBe(21);
});

it('deliveries are put off together when a receiver asks for time, until somebody tries it', async () => {
  const id = await world.create();
  const sent: string[] = [];
  world.start('one', ({ body }) => {
    sent.push((JSON.parse(body.toString()) as { type: string }).type);
    return Promise.resolve({ ...FAILED, status: 429, retryAfter: 600_000 });
  });
  const attempts = async () => (await world.deliveries(id)).map((each) => each.attempts);
  await world.append('feedback-1', 1);
  await expect.poll(attempts, POLL).toEqual([1]);
  await world.append('feedback-2', 1);
  await expect.poll(() => world.statuses(id), POLL).toEqual(['pending', 'pending']);
  expect(await attempts()).toEqual([0, 1]);
  await testWebhook(world.services, actor, id);
  await expect.poll(() => sent.length, POLL).toBe(2);
});
