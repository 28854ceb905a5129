import { type FileHandle, open, rm } from 'node:fs/promises';
import type { Reject } from './import.js';

export interface Rejects {
  readonly reject: Reject;
  close(): Promise<void>;
}

/**
 * Writes rejected records into a file, with their numbers, the reasons, and their text where it can be read: what is
 * mended there can be imported again. The file takes the place of that of a run before, and is there only if it is needed.
 */
export function openRejects(path: string, unit: 'line' | 'row'): Rejects {
  let file: FileHandle | undefined;
  return {
    reject: async (record, reason) => {
      file ??= await open(path, 'w', 0o600);
      const text = record.problem === undefined ? { text: record.text } : {};
      await file.appendFile(`${JSON.stringify({ [unit]: record.number, reason, ...text })}\n`);
    },
    close: async () => {
      if (file === undefined) await rm(path, { force: true });
      else await file.close();
    },
  };
}
