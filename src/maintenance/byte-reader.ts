/** The file of a backup is not what was written. The message is a clause about the file: what is wrong with it. */
export class BackupDamagedError extends Error {
  override readonly name = 'BackupDamagedError';
}

export interface ByteReader {
  /** The next `count` bytes. @throws BackupDamagedError if there are fewer */
  take(count: number): Promise<Buffer>;
  /** Whether nothing follows. */
  atEnd(): Promise<boolean>;
}

/** Takes exact numbers of bytes from a stream of pieces; holds what was not taken yet, and one piece at most beyond. */
export function createByteReader(source: AsyncIterable<Uint8Array>): ByteReader {
  const iterator = source[Symbol.asyncIterator]();
  let pieces: Buffer[] = [];
  let bytes = 0;

  async function more(): Promise<boolean> {
    const next = await iterator.next();
    if (next.done === true) return false;
    const { buffer, byteOffset, byteLength } = next.value;
    pieces.push(Buffer.from(buffer, byteOffset, byteLength));
    bytes += byteLength;
    return true;
  }

  return {
    take: async (count) => {
      while (bytes < count) {
        if (!(await more())) throw new BackupDamagedError('its end is missing');
      }
      const all = pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces, bytes);
      pieces = [all.subarray(count)];
      bytes -= count;
      return all.subarray(0, count);
    },
    atEnd: async () => {
      while (bytes === 0) {
        if (!(await more())) return true;
      }
      return false;
    },
  };
}
