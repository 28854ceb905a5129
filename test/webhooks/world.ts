/** Servers that deliver webhooks over one store, with a clock and a receiver that a test sets. */
import { createChangeFeed } from '../../src/audit/change-feed.js';
import type { AuditAction } from '../../src/audit/events.js';
import { loadKeyedHash, loadWebhookSecret } from '../../src/audit/keyed-hash.js';
import { withAppendListener } from '../../src/store/append-listener.js';
import type { Store } from '../../src/store/contract.js';
import { changePrefix } from '../../src/store/layout.js';
import { encodeRecord } from '../../src/store/record.js';
import { type Delivery, deliveryPage } from '../../src/webhooks/deliveries.js';
import { createWebhook } from '../../src/webhooks/manage.js';
import type { AttemptOutcome, SendAttempt } from '../../src/webhooks/send.js';
import { startWebhookWorker, type WebhookWorker, type WorkerServices } from '../../src/webhooks/worker.js';
import { openMemoryStore } from '../support/memory-engine.js';

export const POLL = { timeout: 30_000, interval: 5 };
export const ORG = 'default';
export const actor = { sub: 'root', org: ORG, requestId: 'request-1' };
export const CONTENT = {
  url: 'https://hooks.example.com/',
  events: ['feedback.submitted', 'feedback.reviewed'],
  filter: {},
  includesEntry: false,
} as const;

export async function createWorld() {
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
  const deliveries = (id: string, org = ORG): Promise<readonly Delivery[]> =>
    store.read(async (reader) => (await deliveryPage(reader, org, id, { limit: 1_000 })).deliveries);
  return {
    store,
    services,
    now,
    warnings,
    advance: (milliseconds: number) => void (ahead += milliseconds),
    start: (
      name: string,
      send: SendAttempt,
      {
        isShared = true,
        ...options
      }: Partial<Pick<WorkerServices, 'backoff' | 'slots' | 'store'>> & { isShared?: boolean } = {},
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
        ...options,
      });
      workers.push(worker);
      return worker;
    },
    append: (
      node: string,
      version: number,
      org = ORG,
      action: AuditAction = version === 1 ? 'feedback.submit' : 'feedback.review',
    ) =>
      store.transact((transaction) => {
        transaction.append(changePrefix(org), encodeRecord({ at: now(), action, node, version }));
        return Promise.resolve();
      }),
    create: async ({ url = CONTENT.url, org = ORG }: { url?: string; org?: string } = {}) =>
      (await createWebhook(services, { ...actor, org }, { ...CONTENT, url })).id,
    deliveries,
    statuses: async (id: string, org = ORG) => (await deliveries(id, org)).map(({ status }) => status),
    end: async () => {
      await Promise.all(workers.map((worker) => worker.stop()));
      feed.close();
      await store.close();
    },
  };
}

export type World = Awaited<ReturnType<typeof createWorld>>;

export const OK: AttemptOutcome = { status: 204, milliseconds: 1 };
export const FAILED = { status: 500, problem: 'status', milliseconds: 1 } as const satisfies AttemptOutcome;

/** What a delivery says of the entry that it is about. */
export function dataOf(body: Buffer): { readonly feedback_id: string; readonly version: number } {
  return (JSON.parse(body.toString()) as { data: ReturnType<typeof dataOf> }).data;
}
