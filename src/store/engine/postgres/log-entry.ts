/**
 * What one group of commits has written, as other servers need it: the keys, to know what of theirs it has changed, and the
 * new values of counters and numbers of appends, which they keep in memory. Values, where texts are, are not in it; keys of the search index hold words.
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { Key } from '../../contract.js';
import type { CommitBatch } from '../../transactions/commit-batch.js';
import { WriteSet } from '../../transactions/conflicts.js';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

export interface LogEntry {
  /** Tells this entry from any other that could have the same number after a failover that has lost commits. */
  readonly tag: string;
  readonly plain: readonly Key[];
  /** The new value of each counter that changed, and whether it became or ceased to be zero. */
  readonly counters: readonly (readonly [key: Key, value: number, crossedZero: boolean])[];
  readonly appended: readonly (readonly [prefix: Key, number: number])[];
  /** Whether what the group has written is unknown, as another release has noted it, or the entry is damaged. */
  readonly isUnreadable?: boolean;
}

export function toLogEntry({ writeSet, counters, appended, plain }: CommitBatch, tag: string): LogEntry {
  return {
    tag,
    plain,
    counters: [...counters].map(([key, value]) => [
      key,
      value,
      writeSet.conflictsWith({ from: 0, to: 0, zeroness: [key] }),
    ]),
    appended: [...appended],
  };
}

export function encodeLogEntry({ tag, plain, counters, appended }: LogEntry): Promise<Buffer> {
  return deflate(JSON.stringify([tag, plain, counters, appended]), { level: 1 });
}

export async function decodeLogEntry(stored: Buffer): Promise<LogEntry> {
  try {
    const text = (await inflate(stored)).toString('utf8');
    const [tag, plain, counters, appended] = JSON.parse(text) as [
      LogEntry['tag'],
      LogEntry['plain'],
      LogEntry['counters'],
      LogEntry['appended'],
    ];
    return { tag, plain, counters, appended };
  } catch {
    const tag = createHash('sha256').update(stored).digest('base64url');
    return { tag, plain: [], counters: [], appended: [], isUnreadable: true };
  }
}

export function toWriteSet({ plain, counters }: LogEntry): WriteSet {
  const writeSet = new WriteSet();
  for (const key of plain) writeSet.add(key);
  for (const [key, , crossedZero] of counters) writeSet.add(key, crossedZero);
  return writeSet;
}
