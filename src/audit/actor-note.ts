/**
 * Who did what an audit event tells of. The name is kept beside the event, in the pointer from its node, with a random
 * salt; the event, which the chain of hashes covers, holds a hash of both. So a name can be forgotten without a change of
 * any event, and what then remains of it cannot even be compared with a guess, while a name that was exchanged is found.
 */
import { takeRandomBytes } from '../random-bytes.js';
import { shortDigest } from '../short-digest.js';
import { decodeRecord, encodeRecord } from '../store/record.js';

/** Stands for the name of a person that was erased. */
export const ERASED_NAME = '[erased]';

/** The value of a pointer whose event names its actor itself, as those of stores before 0.2.0 do, or nobody any more. */
export const NO_NOTE: Buffer = Buffer.alloc(0);

const SALT_BYTES = 16;

export interface ActorNote {
  /** To be kept beside the event. */
  readonly note: Buffer;
  /** To be kept in the event. */
  readonly actorHash: string;
}

export function createActorNote(actor: string): ActorNote {
  const salt = takeRandomBytes(SALT_BYTES).toString('base64url');
  return { note: encodeRecord([salt, actor]), actorHash: hashActor(salt, actor) };
}

/**
 * The name in a note; undefined where there is none.
 * @throws {CorruptRecordError}
 */
export function readActor(note: Buffer): string | undefined {
  if (note.length === 0) return undefined;
  const [, actor] = decodeRecord(note) as readonly [string, string];
  return actor;
}

/** Whether a note is the one that was made with the event. @throws {CorruptRecordError} */
export function verifyNote(note: Buffer, actorHash: string | undefined): boolean {
  if (note.length === 0) return true;
  const [salt, actor] = decodeRecord(note) as readonly [string, string];
  return actorHash === hashActor(salt, actor);
}

function hashActor(salt: string, actor: string): string {
  return shortDigest(salt + actor);
}
