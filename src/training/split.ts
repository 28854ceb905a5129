import { hash } from 'node:crypto';
import type { Split } from './batch.js';

/**
 * Which part an entry belongs to. Follows from its id alone, so an entry that was held out once is held out by every
 * later batch of the same or a larger share.
 * @param holdout the share that is held out, 0 to 0.5
 */
export function splitOf(feedbackId: string, holdout: number): Split {
  const place = hash('sha256', `holdout:${feedbackId}`, 'buffer').readUInt32BE(0) / 2 ** 32;
  return place < holdout ? 'holdout' : 'train';
}
