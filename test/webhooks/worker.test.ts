import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createChangeFeed, newestChange } from '../../src/audit/change-feed.js';
import { loadKeyedHash, loadWebhookSecret } from '../../src/audit/keyed-hash.js';
import { withAppendListener } from '../../src/store/append-listener.js';
import type { Store } from '../../src/store/contract.js';
import { prefixRange } from '../../src/store/keys.js';
import { changePrefix, webhookKey } from '../../src/store/layout.js';
import { encodeRecord } from '../../src/store/record.js';
import type { Backoff } from '../../src/webhooks/backoff.js';
import { deliveryPage, KEPT_FOR, pruneDeliveries } from '../../src/webhooks/deliveries.js';
import { createWebhook, deleteWebhook, updateWebhook } from '../../src/webhooks/manage.js';
import type { SendAttempt } from '../../src/webhooks/send.js';
import { LEASE_FOR, readState, takeLease } from '../../src/webhooks/state.js';
import { findWebhook } from '../../src/webhooks/webhook.js';
import { startWebhookWorker, type WebhookWorker } from '../../src/webhooks/worker.js';
import { openMemoryStore } from '../support/memory-engine.js';

const POLL = { timeout: 10_000, interval: 5 };
const ORG = 'default';
const actor = { sub: 'root', org: ORG, requestId: 'request-1' };
const CONTENT = {
  url: 'https://hooks.example.com/',
  events: ['feedback.submitted', 'feedback.reviewed'],
  filter: {},
  includesEntry: false,
} as const;

/** A store, the servers over it, and a clock that a test sets. */
async function createWorld() {
  const memory = await openMemoryStore();
  const keyedHash = await loadKeyedHash(memory);
  const secretOf = await loadWebhookSecret(memory);
  const workers: WebhookWorker[] = [];
  const warnings: unknown[] = [];
  let ahead = 0;
  // Deliveries are stamped by the clock of the store.
  const now = () => Date.now() + ahead;
  const feed = createChangeFeed(memory);
  const store: Store = withAppendListener(memory, (prefixes) => feed.wake(prefixes));
  const services = {
    store,
    now,
    webhooks: {
      isOn: true,
      rules: { allowPrivate: false, resolve: () => Promise.resolve([{ address: '1.1.1.1', family: 4 }]) },
      secretOf,
      notice: (org: string, id: string) => {
        for (const worker of workers) worker.notice(org, id);
      },
    },
  };
  return {
    store,
    services,
    now,
    warnings,
    advance: (milliseconds: number) => void (ahead += milliseconds),
    start: (
      name: string,
      send: SendAttempt,
      { isShared = true, backoff }: { isShared?: boolean; backoff?: Backoff } = {},
    ) => {
      const worker = startWebhookWorker({
        store,
        keyedHash,
        changes: feed,
        now,
        server: { name, isShared },
        secretOf,
        send,
        userAgent: 'test',
        logger: { warn: (fields) => warnings.push(fields) },
        lookEvery: 5,
        ...(backoff !== undefined && { backoff }),
      });
      workers.push(worker);
      return worker;
    },
    append: (node: string, version: number, org = ORG) =>
      store.transact((transaction) => {
        const action = version === 1 ? 'feedback.submit' : 'feedback.review';
        transaction.append(changePrefix(org), encodeRecord({ at: now(), action, node, version }));
        return Promise.resolve();
      }),
    create: async () => (await createWebhook(services, actor, CONTENT)).id,
    statuses: (id: string) =>
      store.read(async (reader) =>
        (await deliveryPage(reader, ORG, id, { limit: 1_000 })).deliveries.map(({ status }) => status),
      ),
    end: async () => {
      await Promise.all(workers.map((worker) => worker.stop()));
      feed.close();
      await store.close();
    },
  };
}

type World = Awaited<ReturnType<typeof createWorld>>;

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.end());

const OK = { status: 204, milliseconds: 1 };
const FAILED = { status: 500, problem: 'status', milliseconds: 1 } as const;
const dataOf = (body: Buffer) =>
  (JSON.parse(body.toString()) as { data: { feedback_id: string; version: number } }).data;

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

  it('a slow receiver holds up only itself', async () => {
    const [slow, fast] = [await world.create(), await world.create()];
    await updateWebhook(world.services, actor, slow, { url: 'https://slow.example.com/' });
    const hanging: (() => void)[] = [];
    world.start('one', ({ url }) =>
      url.includes('slow') ? new Promise((resolve) => hanging.push(() => resolve(OK))) : Promise.resolve(OK),
    );
    for (let nth = 0; nth < 40; nth++) await world.append(`feedback-${nth}`, 1);
    await expect.poll(() => world.statuses(fast), POLL).toEqual(Array(40).fill('delivered'));
    // At most so many attempts of one webhook are in memory; the rest waits in the store.
    expect(hanging).toHaveLength(8);
    expect(await world.statuses(slow)).toEqual(Array(40).fill('pending'));
    for (let next = hanging.pop(); next !== undefined; next = hanging.pop()) {
      next();
      await new Promise(setImmediate);
    }
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
