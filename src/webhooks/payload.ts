/** What a receiver is sent. */
import { findAdapter } from '../adapters/adapters.js';
import { linkedAdapters } from '../feedback/links.js';
import { findFeedback } from '../feedback/read.js';
import type { Feedback } from '../model/feedback.js';
import { storedToWire } from '../model/wire-entry.js';
import type { Reader } from '../store/contract.js';
import type { Delivery } from './deliveries.js';
import { isAboutFeedback } from './event-types.js';
import type { Webhook } from './webhook.js';

/**
 * The body of a delivery: the event, and of an entry what it is at this moment. Nothing of it is stored, so an entry that was
 * erased in the meantime says nothing but that.
 */
export async function renderPayload(
  reader: Reader,
  org: string,
  { includesEntry }: Pick<Webhook, 'includesEntry'>,
  delivery: Delivery,
): Promise<Buffer> {
  const { event: type, at } = delivery;
  const data = { organization: org, ...(await describe(reader, org, includesEntry, delivery)) };
  return Buffer.from(JSON.stringify({ type, timestamp: new Date(at).toISOString(), data }));
}

async function describe(
  reader: Reader,
  org: string,
  includesEntry: boolean,
  { event, node, version, change, ready }: Delivery,
): Promise<object> {
  const place = { version, change };
  if (isAboutFeedback(event)) {
    const [entry] = await findFeedback(reader, org, [node]);
    const about = { feedback_id: node, ...place };
    if (entry === undefined) return { ...about, erased: true };
    const adapters = await linkedAdapters(reader, org, node);
    return { ...about, entry: { ...(includesEntry ? storedToWire(entry) : summarize(entry)), adapters } };
  }
  if (event.startsWith('training_batch.')) return { training_batch_id: Number(node.slice('batch-'.length)), ...place };
  if (event.startsWith('adapter.')) {
    const stage = (await findAdapter(reader, org, node))?.stage;
    return { adapter_id: node, ...place, ...(stage !== undefined && { stage }) };
  }
  if (ready !== undefined) return { adapter_id: node, unused_approved: ready.count, threshold: ready.threshold };
  return { webhook_id: node };
}

/** Of an entry what names nobody and quotes nothing. */
function summarize({ id, version, type, validationStatus, use, tags = [], createdAt }: Feedback): object {
  return {
    id,
    version,
    type,
    validation_status: validationStatus,
    used_for_training: use === 'used',
    tags,
    created_at: createdAt,
  };
}
