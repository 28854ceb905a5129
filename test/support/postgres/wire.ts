/** Just enough of PostgreSQL's protocol, version 3, to find a COMMIT and its answer in what a connection carries. */

/** One message as it was sent. The first of a client has no type. */
export interface WireMessage {
  readonly type: string;
  readonly bytes: Buffer;
}

const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
const COMMITS = /^\s*(?:COMMIT|END)\b/i;

/** Splits a stream of bytes into messages; the rest waits for more bytes. */
export function createMessageSplitter(hasStartup: boolean): (chunk: Buffer) => readonly WireMessage[] {
  let rest: Buffer = Buffer.alloc(0);
  let startup = hasStartup;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const messages: WireMessage[] = [];
    for (;;) {
      const header = startup ? 0 : 1;
      if (rest.length < header + 4) return messages;
      const length = header + rest.readInt32BE(header);
      if (rest.length < length) return messages;
      const bytes = rest.subarray(0, length);
      rest = rest.subarray(length);
      messages.push({ type: startup ? '' : bytes.toString('latin1', 0, 1), bytes });
      // A request for encryption, which this proxy refuses, comes before the actual startup.
      if (startup && !isEncryptionRequest(bytes)) startup = false;
    }
  };
}

export function isEncryptionRequest(bytes: Buffer): boolean {
  return bytes.length === 8 && [SSL_REQUEST, GSS_REQUEST].includes(bytes.readInt32BE(4));
}

/** Finds in a client's messages the one that makes the server commit, prepared statements included. */
export function createCommitFinder(): (message: WireMessage) => boolean {
  const committingStatements = new Set<string>();
  const committingPortals = new Set<string>();
  const mark = (set: Set<string>, name: string, committing: boolean): void => {
    if (committing) set.add(name);
    else set.delete(name);
  };
  return ({ type, bytes }) => {
    const [first = '', second = ''] = bytes.toString('utf8', 5).split('\0');
    switch (type) {
      case 'Q':
        return COMMITS.test(first);
      case 'P':
        mark(committingStatements, first, COMMITS.test(second));
        return false;
      case 'B':
        mark(committingPortals, first, committingStatements.has(second));
        return false;
      case 'E':
        return committingPortals.has(first);
      default:
        return false;
    }
  };
}

/** Whether a server's message says how a transaction ended. */
export function isCommitAnswer({ type, bytes }: WireMessage): boolean {
  return type === 'C' && /^(?:COMMIT|ROLLBACK)\0/.test(bytes.toString('latin1', 5));
}
