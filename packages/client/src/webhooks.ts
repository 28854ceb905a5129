import { type Api, dataOf, initOf } from './api.js';
import { cursorOf, type ListOptions, listing, type Listing } from './pages.js';
import type { CallOptions } from './transport.js';
import type { components, QueryOf, Webhook, WebhookDelivery, WebhookWithSecret } from './types.js';

type Schemas = components['schemas'];

/** Events that the server sends to URLs of yours. It needs the permission `org:admin`. */
export interface Webhooks {
  /** Creates one. No other answer has its secret, which `verifyWebhook` needs. */
  create(request: Schemas['WebhookRequest'], options?: CallOptions): Promise<WebhookWithSecret>;
  /** All of them, oldest first. */
  list(options?: ListOptions): Listing<Webhook, Schemas['WebhookList']>;
  get(id: string, options?: CallOptions): Promise<Webhook>;
  /** Changes the given fields; `enabled: false` stops it. */
  update(id: string, change: Schemas['WebhookChange'], options?: CallOptions): Promise<Webhook>;
  /** Makes a new secret. The one before stays valid for so many seconds, a day by default. */
  rotateSecret(id: string, graceSeconds?: number, options?: CallOptions): Promise<WebhookWithSecret>;
  /** Deletes it with all its deliveries. */
  delete(id: string, options?: CallOptions): Promise<Schemas['DeletedWebhook']>;
  /** Sends the event `webhook.test`. */
  test(id: string, options?: CallOptions): Promise<WebhookDelivery>;
  /** What was sent, is to be sent, or was given up, newest first. */
  deliveries(
    id: string,
    query?: Omit<QueryOf<'listWebhookDeliveries'>, 'cursor'>,
    options?: ListOptions,
  ): Listing<WebhookDelivery, Schemas['WebhookDeliveryList']>;
  delivery(id: string, delivery: string, options?: CallOptions): Promise<WebhookDelivery>;
  /** Sends again what was delivered or given up. */
  redeliver(id: string, delivery: string, options?: CallOptions): Promise<WebhookDelivery>;
}

const PATH = '/api/v1/llm/webhooks';

export function webhooksOn(api: Api): Webhooks {
  const of = (id: string, options: CallOptions = {}) => ({ ...initOf(options), params: { path: { id } } });
  const ofDelivery = (id: string, delivery: string, options: CallOptions = {}) => ({
    ...initOf(options),
    params: { path: { id, delivery } },
  });
  return {
    create: (body, options = {}) => dataOf(api.POST(PATH, { ...initOf(options), body })),
    list: ({ cursor: start, ...options } = {}) =>
      listing(
        (cursor) => dataOf(api.GET(PATH, { ...initOf(options), params: { query: cursorOf(cursor) } })),
        (page) => page.webhooks,
        start,
      ),
    get: (id, options) => dataOf(api.GET(`${PATH}/{id}`, of(id, options))),
    update: (id, body, options) => dataOf(api.PATCH(`${PATH}/{id}`, { ...of(id, options), body })),
    rotateSecret: (id, seconds, options) =>
      dataOf(
        api.POST(`${PATH}/{id}/rotate-secret`, {
          ...of(id, options),
          body: seconds === undefined ? {} : { grace_seconds: seconds },
        }),
      ),
    delete: (id, options) => dataOf(api.DELETE(`${PATH}/{id}`, of(id, options))),
    test: (id, options) => dataOf(api.POST(`${PATH}/{id}/test`, of(id, options))),
    deliveries: (id, query = {}, { cursor: start, ...options } = {}) =>
      listing(
        (cursor) =>
          dataOf(
            api.GET(`${PATH}/{id}/deliveries`, {
              ...initOf(options),
              params: { path: { id }, query: { ...query, ...cursorOf(cursor) } },
            }),
          ),
        (page) => page.deliveries,
        start,
      ),
    delivery: (id, delivery, options) =>
      dataOf(api.GET(`${PATH}/{id}/deliveries/{delivery}`, ofDelivery(id, delivery, options))),
    redeliver: (id, delivery, options) =>
      dataOf(api.POST(`${PATH}/{id}/deliveries/{delivery}/redeliver`, ofDelivery(id, delivery, options))),
  };
}
