import type { ExecutionResult } from 'graphql';
import { sentBody } from '../sent-body.js';

const bodies = new WeakMap<ExecutionResult, string | Buffer>();

/** A result without errors as it is sent; made once for each that is remembered. */
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
