import type { ExecutionResult } from 'graphql';
import { isShortJson, jsonInPieces, jsonText, OVER_LIMIT } from './scheduling/json-pieces.js';

/** Characters from which on a body is turned into bytes once, and not each time that it is sent. */
const LONG = 16 * 1024;

/** A body that may be sent many times, in the form that is sent soonest: a short one goes out in one piece with its headers. */
export function sentBody(text: string): string | Buffer {
  return text.length < LONG ? text : Buffer.from(text);
}

/** Data of an operation of ours that is JSON already: who measures it as data would count each quote in it twice. */
export abstract class WrittenData {
  constructor(readonly pieces: readonly Buffer[]) {}

  get bytes(): number {
    let sum = 0;
    for (const { length } of this.pieces) sum += length;
    return sum;
  }
}

/** Bytes that are kept: in memory of their own, as each part of Node.js's pool that is kept keeps 8 KiB of it. */
export function keptBytes(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}

const COMMA = 0x2c;

/** JSON with a list of pieces of JSON in it, as bytes that may be kept. Bytes are copied several times as fast as texts are joined and encoded. */
export function listedBetween(start: Buffer, pieces: readonly Buffer[], end: Buffer): Buffer {
  let length = start.length + Math.max(0, pieces.length - 1) + end.length;
  for (const piece of pieces) length += piece.length;
  const body = Buffer.allocUnsafeSlow(length);
  body.set(start);
  let at = start.length;
  for (const piece of pieces) {
    if (at > start.length) body[at++] = COMMA;
    body.set(piece, at);
    at += piece.length;
  }
  body.set(end, at);
  return body;
}

const BODY: unique symbol = Symbol('body');
const HOLDS_WRITTEN: unique symbol = Symbol('holds written');

/** A result that keeps the body made of it. A WeakMap would hold each body until a major collection: at a hundred lists, megabytes. */
interface WrittenResult extends ExecutionResult {
  [BODY]?: string | Buffer | undefined;
  readonly [HOLDS_WRITTEN]?: true;
}

/** The result of an operation of which parts are JSON already. */
export function resultWithWritten(data: Exclude<ExecutionResult['data'], undefined>): ExecutionResult {
  const result: WrittenResult = { data, [HOLDS_WRITTEN]: true };
  return result;
}

/** A result without errors as it is sent; made once for each that is cached. */
export function answerBody(result: WrittenResult): string | Buffer {
  return (result[BODY] ??= sentBody(`${writerOf(result)({ data: result.data })}\n`));
}

/** What writes the data of a result. */
function writerOf(result: WrittenResult): (data: unknown) => string {
  return result[HOLDS_WRITTEN] === true ? jsonText : JSON.stringify;
}

/**
 * Writes what {@link answerBody} answers for a result, a long one in pieces.
 * @param limit the most bytes of the JSON of its data
 * @param giveWay called between pieces
 * @returns whether its data has no more bytes
 */
export async function writeAnswerBody(
  result: WrittenResult,
  limit: number,
  giveWay: () => Promise<void> | undefined,
): Promise<boolean> {
  if (isShortJson(result.data)) {
    const body = answerBody(result);
    return (typeof body === 'string' ? Buffer.byteLength(body) : body.length) <= limit + FRAME_BYTES;
  }
  const data = await jsonInPieces(result.data, limit, giveWay, writerOf(result));
  if (data === OVER_LIMIT) return false;
  result[BODY] = Buffer.concat([BEFORE_DATA, data, AFTER_DATA]);
  return true;
}

const BEFORE_DATA = Buffer.from('{"data":');
const AFTER_DATA = Buffer.from('}\n');
const FRAME_BYTES = BEFORE_DATA.length + AFTER_DATA.length;

/** About how many bytes the body of a result has. */
export function bodyLength(result: ExecutionResult): number {
  const data: unknown = result.data;
  return data instanceof WrittenData ? data.bytes : answerBody(result).length;
}
