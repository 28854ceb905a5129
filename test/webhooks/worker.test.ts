import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newestChange } from '../../src/audit/change-feed.js';
import { newFeedbackId } from '../../src/model/ids.js';
import { prefixRange } from '../../src/store/keys.js';
import { feedbackKey, webhookKey } from '../../src/store/layout.js';
import { encodeRecord } from '../../src/store/record.js';
import type { Backoff } from '../../src/webhooks/backoff.js';
import { countWaiting, enqueue, KEPT_FOR, MAX_WAITING, pruneDeliveries } from '../../src/webhooks/deliveries.js';
import { createWebhook, deleteWebhook, testWebhook, updateWebhook } from '../../src/webhooks/manage.js';
import type { AttemptOutcome, SendAttempt } from '../../src/webhooks/send.js';
import { LEASE_FOR, readState, takeLease } from '../../src/webhooks/state.js';
import { findWebhook } from '../../src/webhooks/webhook.js';
import { actor, CONTENT, createWorld, dataOf, FAILED, OK, ORG, POLL, type World } from './world.js';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.end());

describe('deliveries', () => {
  it('whatever a receiver answers, a change of an entry is sent once those before are taken or dead', async () => {
    const changes = fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 25 });
    const answers = fc.infiniteStream(fc.constantFrom('taken', 'taken', 'failed', 'dead'));
    await fc.assert(
      fc.asyncProperty(changes, answers, fc.boolean(), async (nodes, answer, restarts) => {
        const own = await createWorld();
        try {
          const open = new Map<string, number>();
          const finished = new Map<string, number>();
          const disorders: string[] = [];
          const send: SendAttempt = async ({ body }) => {
            const { feedback_id: node, version } = dataOf(body);
            const expected = open.get(node) ?? (finished.get(node) ?? 0) + 1;
            if (version !== expected) disorders.push(`${node} ${version}, not ${expected}`);
            open.set(node, version);
            const [said] = answer.take(1);
            await new Promise(setImmediate);
            if (said === 'failed') return FAILED;
            open.delete(node);
            finished.set(node, version);
            // What is to be given up is told to the backoff.
            return said === 'dead' ? { ...FAILED, retryAfter: 1 } : OK;
          };
          const backoff: Backoff = ({ now, retryAfter }) => (retryAfter === undefined ? now : undefined);
          const id = await own.create();
          const first = own.start('one', send, { isShared: false, backoff });
          const versions = new Map<string, number>();
          for (const [nth, node] of nodes.entries()) {
            const version = (versions.get(`feedback-${node}`) ?? 0) + 1;
            versions.set(`feedback-${node}`, version);
            await own.append(`feedback-${node}`, version);
            if (restarts && nth === nodes.length >> 1) {
              await first.stop();
              own.start('two', send, { isShared: false, backoff });
            }
          }
          await expect
            .poll(async () => {
              const found = await own.statuses(id);
              return found.length === nodes.length && !found.includes('pending');
            }, POLL)
            .toBe(true);
          expect(disorders).toEqual([]);
          expect(finished).toEqual(versions);
          expect(own.warnings).toEqual([]);
        } finally {
          await own.end();
        }
      }),
      { numRuns: 25 },
    );
  });

  it('are made by one server at a time, and by another once that stops, or its lease has run out', async () => {
    const sent: string[] = [];
    const sender =
      (name: string): SendAttempt =>
      ({ body }) => {
        sent.push(`${name} ${dataOf(body).feedback_id}`);
        return Promise.resolve(OK);
      };
    const one = world.start('one', sender('one'));
    const id = await world.create();
    await world.append('feedback-1', 1);
    await expect.poll(() => world.statuses(id), POLL).toEqual(['delivered']);
    world.start('two', sender('two'));
    await world.append('feedback-2', 1);
    await expect.poll(() => world.statuses(id), POLL).toEqual(['delivered', 'delivered']);
    await one.stop();
    await world.append('feedback-3', 1);
    await expect.poll(() => sent, POLL).toEqual(['one feedback-1', 'one feedback-2', 'two feedback-3']);
  });

  it('of a server that died are made once its lease has run out', async () => {
    const id = await world.create();
    const dead = { name: 'dead', isShared: true };
    await world.store.transact((transaction) => takeLease(transaction, ORG, id, dead, world.now()));
    await world.append('feedback-1', 1);
    const sent: unknown[] = [];
    const alive = { name: 'alive', isShared: true };
    const take = () => world.store.transact((transaction) => takeLease(transaction, ORG, id, alive, world.now()));
    world.advance(LEASE_FOR / 2);
    expect(await take()).toBeUndefined();
    world.advance(LEASE_FOR / 2 + 1);
    world.start('alive', ({ body }) => {
      sent.push(dataOf(body).feedback_id);
      return Promise.resolve(OK);
    });
    await expect.poll(() => sent, POLL).toEqual(['feedback-1']);
    expect(await world.store.read((reader) => readState(reader, ORG, id))).toMatchObject({
      holder: { server: 'alive' },
    });
  });

  it('that were to be made again by a clock that was far ahead are made once it is right', async () => {
    const id = await world.create();
    let answer = FAILED as AttemptOutcome;
    world.start('one', () => Promise.resolve(answer));
    world.advance(365 * 24 * 60 * 60_000);
    await world.append('feedback-1', 1);
    const attempts = async () => (await world.deliveries(id)).map((each) => each.attempts);
    await expect.poll(attempts, POLL).toEqual([1]);
    answer = OK;
    world.advance(-365 * 24 * 60 * 60_000);
    await testWebhook(world.services, actor, id);
    await expect.poll(() => world.statuses(id), POLL).toEqual(['delivered', 'delivered']);
  });

  it('that are too many to wait stay in the change feed, and are made once there is room', async () => {
    const CHANGES = MAX_WAITING + 250;
    const id = await world.create();
    let answer: () => void = () => undefined;
    const answers = new Promise<void>((resolve) => (answer = resolve));
    const sent = new Set<string>();
    world.start('one', async ({ body }) => {
      await answers;
      sent.add(dataOf(body).feedback_id);
      return OK;
    });
    await Promise.all(Array.from({ length: CHANGES }, (_, nth) => world.append(`feedback-${nth}`, 1)));
    const waiting = () => world.store.read((reader) => countWaiting(reader, ORG, id, CHANGES));
    await expect.poll(waiting, POLL).toBeGreaterThanOrEqual(MAX_WAITING);
    answer();
    await expect.poll(() => sent.size, POLL).toBe(CHANGES);
    expect(await waiting()).toBeLessThan(MAX_WAITING);
  });

  it('of what is damaged hold up nothing else', async () => {
    const [damaged, sound] = [newFeedbackId(ORG, world.now()), 'feedback-1'];
    await world.store.transact((transaction) => {
      transaction.put(feedbackKey(ORG, damaged), Buffer.from('damaged'));
      return Promise.resolve();
    });
    const id = await world.create();
    const events = ['feedback.submitted', 'feedback.erased'] as const;
    await updateWebhook(world.services, actor, id, { filter: { type: 'negative' }, events });
    world.start('one', () => Promise.resolve(OK));
    await world.append(damaged, 1);
    await world.append(sound, 1, ORG, 'feedback.erase');
    const found = async () =>
      (await world.deliveries(id)).map(({ node, status, last }) => [node, status, last?.problem]);
    await expect.poll(found, POLL).toEqual([
      [sound, 'delivered', undefined],
      [damaged, 'pending', 'unreadable_event'],
    ]);
    const state = await world.store.read((reader) => readState(reader, ORG, id));
    expect(state).not.toHaveProperty('failingSince');
  });

  it('that are over are forgotten after a while', async () => {
    const id = await world.create();
    world.start('one', () => Promise.resolve(OK));
    await world.append('feedback-1', 1);
    await expect.poll(() => world.statuses(id), POLL).toEqual(['delivered']);
    await pruneDeliveries(world.store, ORG, id, world.now() + KEPT_FOR / 2);
    expect(await world.statuses(id)).toHaveLength(1);
    await pruneDeliveries(world.store, ORG, id, world.now() + 2 * KEPT_FOR);
    expect(await world.statuses(id)).toEqual([]);
  });
});

describe('a webhook', () => {
  it('cannot lead to an address that is not public', async () => {
    const content = { ...CONTENT, url: 'https://[::1]/' };
    await expect(createWebhook(world.services, actor, content)).rejects.toThrow('must lead to a public address');
    const id = await world.create();
    const change = { url: 'https://192.168.0.1/' };
    await expect(updateWebhook(world.services, actor, id, change)).rejects.toThrow('must lead to a public address');
  });

  it('that leads elsewhere has not failed yet', async () => {
    const id = await world.create();
    world.start('one', () => Promise.resolve(FAILED));
    await world.append('feedback-1', 1);
    const failingSince = async () => (await world.store.read((reader) => readState(reader, ORG, id)))?.failingSince;
    await expect.poll(failingSince, POLL).toBeDefined();
    await updateWebhook(world.services, actor, id, { description: 'Alerts' });
    expect(await failingSince()).toBeDefined();
    await updateWebhook(world.services, actor, id, { url: 'https://other.example.com/' });
    expect(await failingSince()).toBeUndefined();
  });

  it('is disabled when every attempt has failed for five days', async () => {
    const id = await world.create();
    world.start('one', () => Promise.resolve(FAILED), {
      isShared: false,
      backoff: ({ now }) => (world.advance(24 * 60 * 60_000), now),
    });
    await world.append('feedback-1', 1);
    const read = () => world.store.read((reader) => findWebhook(reader, ORG, id));
    await expect.poll(read, POLL).toMatchObject({ isEnabled: false, disabledReason: 'failing' });
  });

  it('can be tried while as many deliveries wait as may, but not without end', async () => {
    const id = await world.create();
    const event = (nth: number) => ({ event: 'feedback.used', node: `feedback-${nth}`, at: 1 }) as const;
    const events = Array.from({ length: MAX_WAITING }, (_, nth) => event(nth));
    await world.store.transact((transaction) => enqueue(transaction, ORG, id, events));
    for (let nth = 0; nth < 100; nth++) await testWebhook(world.services, actor, id);
    await expect(testWebhook(world.services, actor, id)).rejects.toThrow('Too many deliveries of the webhook wait');
  });

  it('that is disabled while deliveries wait is left alone', async () => {
    const id = await world.create();
    let attempts = 0;
    world.start('one', () => {
      attempts += 1;
      return Promise.resolve({ ...FAILED, status: 410 });
    });
    await world.append('feedback-1', 1);
    await world.append('feedback-1', 2);
    const read = () => world.store.read((reader) => findWebhook(reader, ORG, id));
    await expect.poll(read, POLL).toMatchObject({ isEnabled: false, disabledReason: 'gone' });
    // Turns of the event loop come, in which nothing is attempted.
    await new Promise(setImmediate);
    expect(await world.statuses(id)).toEqual(['pending', 'dead']);
    expect(attempts).toBe(1);
  });

  it('that was restored without its secret is disabled, as receivers would not believe what it sends', async () => {
    const id = await world.create();
    const webhook = await world.store.read((reader) => findWebhook(reader, ORG, id));
    const elsewhere = { ...webhook!, secret: { ...webhook!.secret, check: 'of another store' } };
    await world.store.transact((transaction) => {
      transaction.put(webhookKey(ORG, id), encodeRecord(elsewhere));
      return Promise.resolve();
    });
    world.start('one', () => Promise.resolve(OK));
    const read = () => world.store.read((reader) => findWebhook(reader, ORG, id));
    await expect.poll(read, POLL).toMatchObject({ isEnabled: false, disabledReason: 'restored' });
    await expect(updateWebhook(world.services, actor, id, { isEnabled: true })).rejects.toThrow('rotate the secret');
  });

  it('leaves nothing when it is deleted', async () => {
    const id = await world.create();
    world.start('one', () => Promise.resolve(FAILED));
    await world.append('feedback-1', 1);
    await world.append('feedback-1', 2);
    await expect.poll(() => world.statuses(id), POLL).toEqual(['pending', 'pending']);
    await deleteWebhook(world.services, actor, id);
    const kinds = ['webhook', 'webhook_delivery', 'webhook_queue', 'webhook_ready', 'webhook_state'];
    for (const kind of kinds) {
      const keys = await world.store.read((reader) => reader.scanKeys({ ...prefixRange(`${kind}:`), limit: 1 }));
      expect(keys).toEqual([]);
    }
    expect(await world.store.read((reader) => newestChange(reader, ORG))).not.toBe('0');
  });
});
