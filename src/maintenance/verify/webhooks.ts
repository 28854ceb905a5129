/** Webhooks, how far they are, and their deliveries with the lists in which these stand. */
import { newestChange } from '../../audit/change-feed.js';
import { keyPrefix, prefixRange, splitKey } from '../../store/keys.js';
import {
  webhookDeliveryKey,
  webhookKey,
  webhookPrefix,
  webhookReadyKey,
  webhookStateKey,
  webhookStatePrefix,
} from '../../store/layout.js';
import { encodeRecord } from '../../store/record.js';
import { listKeys } from '../../webhooks/deliveries.js';
import type { WebhookState } from '../../webhooks/state.js';
import { putEmpty, remove } from '../repair.js';
import { type Check, eachChunk, malformed, reportInconsistency } from './check.js';
import { Lookups } from './cursor.js';
import { readRecord } from './shapes.js';
import { isDelivery, isReadiness, isWebhook, isWebhookState } from './webhook-shapes.js';

export async function checkWebhooks(check: Check): Promise<void> {
  check.progress.phase('webhooks');
  await checkSettings(check);
  await checkStates(check);
  await checkDeliveries(check);
  await checkLists(check);
  await checkReadiness(check);
}

/** Each webhook is what its key says, and says how far it is. */
async function checkSettings(check: Check): Promise<void> {
  const { org, store } = check;
  await eachChunk(check, 'webhook', prefixRange(webhookPrefix(org)), async (entries) => {
    const lookups = new Lookups();
    // One that does not know its place goes on with what happens from now on.
    const position = await store.read((reader) => newestChange(reader, org));
    for (const { key, value } of entries) {
      const [, , id = ''] = splitKey(key);
      if (key !== webhookKey(org, id)) {
        malformed(check, 'webhook', key);
        continue;
      }
      const { record, problem } = readRecord(value, isWebhook);
      if (record?.id !== id) {
        reportInconsistency(check, 'webhook', id, problem ?? 'has the id of another webhook');
        continue;
      }
      const state = webhookStateKey(org, id);
      lookups.find(state, (stored) => {
        if (stored !== undefined) return;
        const fix = { key: state, value: encodeRecord({ position } satisfies WebhookState) };
        reportInconsistency(check, 'webhook_state', id, 'does not say how far its deliveries are', [fix]);
      });
    }
    await lookups.resolve(store);
  });
}

/** A state without a webhook stands for what is still to be removed of one that was deleted. */
async function checkStates(check: Check): Promise<void> {
  const { org } = check;
  await eachChunk(check, 'webhook_state', prefixRange(webhookStatePrefix(org)), (entries) => {
    for (const { key, value } of entries) {
      const [, , id = ''] = splitKey(key);
      if (key !== webhookStateKey(org, id)) {
        malformed(check, 'webhook_state', key);
        continue;
      }
      const { problem } = readRecord(value, isWebhookState);
      if (problem !== undefined) reportInconsistency(check, 'webhook_state', id, problem);
    }
  });
}

async function checkDeliveries(check: Check): Promise<void> {
  const { org, store } = check;
  await eachChunk(check, 'webhook_delivery', prefixRange(keyPrefix('webhook_delivery', org)), async (entries) => {
    const lookups = new Lookups();
    for (const { key, value } of entries) {
      const [, , webhook = '', id = ''] = splitKey(key);
      if (key !== webhookDeliveryKey(org, webhook, id)) {
        malformed(check, 'webhook_delivery', key);
        continue;
      }
      const { record, problem } = readRecord(value, isDelivery);
      if (record?.id !== id) {
        reportInconsistency(check, 'webhook_delivery', id, problem ?? 'has the id of another delivery');
        continue;
      }
      lookups.find(webhookStateKey(org, webhook), (stored) => {
        if (stored !== undefined) return;
        reportInconsistency(check, 'webhook_delivery', id, 'belongs to no webhook', [remove(key)]);
      });
      for (const list of listKeys(org, webhook, record)) {
        lookups.find(list, (stored) => {
          if (stored !== undefined) return;
          reportInconsistency(check, 'webhook_queue', id, 'is missing in a list', [putEmpty(list)]);
        });
      }
    }
    await lookups.resolve(store);
  });
}

/** Each place in a list leads to a delivery that is to be there. */
async function checkLists(check: Check): Promise<void> {
  const { org, store } = check;
  await eachChunk(check, 'webhook_queue', prefixRange(keyPrefix('webhook_queue', org)), async (entries) => {
    const lookups = new Lookups();
    for (const { key } of entries) {
      const [, , webhook = '', , , id = ''] = splitKey(key);
      lookups.find(webhookDeliveryKey(org, webhook, id), (stored) => {
        const delivery = stored === undefined ? undefined : readRecord(stored, isDelivery);
        // A damaged delivery cannot say which lists it is in.
        if (delivery !== undefined && delivery.record === undefined) return;
        if (delivery !== undefined && listKeys(org, webhook, delivery.record).includes(key)) return;
        reportInconsistency(check, 'webhook_queue', id, 'is in a list that it does not belong to', [remove(key)]);
      });
    }
    await lookups.resolve(store);
  });
}

async function checkReadiness(check: Check): Promise<void> {
  const { org, store } = check;
  await eachChunk(check, 'webhook_ready', prefixRange(keyPrefix('webhook_ready', org)), async (entries) => {
    const lookups = new Lookups();
    for (const { key, value } of entries) {
      const [, , webhook = '', adapter = ''] = splitKey(key);
      if (key !== webhookReadyKey(org, webhook, adapter)) {
        malformed(check, 'webhook_ready', key);
        continue;
      }
      const { problem } = readRecord(value, isReadiness);
      // Without it the webhook is told once more.
      if (problem !== undefined) reportInconsistency(check, 'webhook_ready', webhook, problem, [remove(key)]);
      lookups.find(webhookStateKey(org, webhook), (stored) => {
        if (stored !== undefined) return;
        reportInconsistency(check, 'webhook_ready', webhook, 'is no webhook that exists', [remove(key)]);
      });
    }
    await lookups.resolve(store);
  });
}
