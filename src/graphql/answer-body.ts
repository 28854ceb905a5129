import type { ExecutionResult } from 'graphql';

/** Characters from which on a body is turned into bytes once, and not each time that it is sent. */
const LONG = 16 * 1024;

/** A body that may be sent many times, in the form that is sent soonest: a short one goes out in one piece with its headers. */
export function sentBody(text: string): string | Buffer {
  return text.length < LONG ? text : Buffer.from(text);
}

const bodies = new WeakMap<ExecutionResult, string | Buffer>();

/** A result without errors as it is sent; made once for each that is cached. */
export function answerBody(result: ExecutionResult): string | Buffer {
  let body = bodies.get(result);
  if (body === undefined) {
    body = sentBody(`${JSON.stringify({ data: result.data })}\n`);
    bodies.set(result, body);
  }
  return body;
}

/** Keeps the JSON of the data of a result, made before in pieces. */
export function keepAnswerBody(result: ExecutionResult, data: Buffer): void {
  bodies.set(result, Buffer.concat([BEFORE_DATA, data, AFTER_DATA]));
}

const BEFORE_DATA = Buffer.from('{"data":');
const AFTER_DATA = Buffer.from('}\n');
