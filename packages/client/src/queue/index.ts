import { SYSTEM_CLOCK } from '../retry.js';
import { withFallback } from './fallback.js';
import { indexedDbStorage } from './indexed-db.js';
import { createQueueWith, type FeedbackQueue, type QueueOptions } from './queue.js';
import { memoryStorage, type QueueStorage } from './storage.js';

export type { FeedbackQueue, QueueOptions } from './queue.js';
export { QueueFullError, type Undelivered, UndeliveredError } from './undelivered.js';
export { FeedbackGraphError } from '../errors.js';
export { tokenFrom } from '../token.js';

/**
 * A queue for pages and servers. In a page, entries wait in IndexedDB, survive reloads and are sent once, however many tabs
 * there are; elsewhere, they wait in memory.
 */
export function createQueue(options: QueueOptions): FeedbackQueue {
  const open = async (): Promise<QueueStorage> => {
    // Also its name may throw, as where cookies are blocked.
    try {
      return withFallback(await indexedDbStorage(options.name ?? 'feedback-graph'));
    } catch {
      return memoryStorage();
    }
  };
  return createQueueWith(options, open, SYSTEM_CLOCK);
}
