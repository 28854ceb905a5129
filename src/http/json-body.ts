/** Bodies as JSON: within bounds that are checked before anything is parsed, and large ones in pieces. */
import { isUtf8 } from 'node:buffer';
import type { FastifyRequest } from 'fastify';
import { ApiError, InvalidInputError } from '../errors.js';
import { jsonProblem, type JsonScan, type OuterList, scanJson } from '../json-bounds.js';
import { startStretches, type Stretches } from '../yield-to-event-loop.js';
import type { Application } from './application.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * The lists in the body are parsed value by value, so that a large body holds up nobody. None of the values, nor the
     * body without them, may be larger than another body.
     */
    readonly bodyInPieces?: boolean;
  }
}

/** Bytes that are parsed at a stretch: about a millisecond's. */
const SLICE_BYTES = 128 * 1024;
/** Bytes that are scanned between two looks at the time: 0.1 ms's, and many times that before the scan is compiled. */
const SCANNED_AT_ONCE = 16 * 1024;

/** Takes bodies of `application/json`. */
export function jsonBodies(application: Application): void {
  const parser = application.getDefaultJsonParser('error', 'error');
  const anyNames = application.getDefaultJsonParser('ignore', 'ignore');
  const { bodyLimit } = application.initialConfig;
  const parseWith = (chosen: typeof parser, request: FastifyRequest, bytes: Buffer): unknown => {
    let outcome: { readonly value: unknown } | { readonly error: Error } | undefined;
    const settle = (error: Error | null, value?: unknown): void => {
      outcome = error === null ? { value } : { error };
    };
    void chosen(request, bytes.toString(), settle);
    if (outcome === undefined) throw new Error('The parser of JSON has not answered at once');
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  };
  const parse = (request: FastifyRequest, bytes: Buffer): unknown => {
    // A variable may have any name, over POST as over GET.
    if (request.routeOptions.config.graphql === true) return parseWith(anyNames, request, bytes);
    try {
      return parseWith(parser, request, bytes);
    } catch (error) {
      parseWith(anyNames, request, bytes);
      throw new ApiError('BAD_USER_INPUT', "The body must not set a prototype ('__proto__', 'constructor.prototype')", {
        cause: error,
      });
    }
  };

  application.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const problem = encodingProblem(request, body);
    if (problem !== undefined) {
      done(problem);
      return;
    }
    if (body.length <= SLICE_BYTES) {
      let value: unknown;
      try {
        refuse(jsonProblem(body));
        value = parse(request, body);
      } catch (error) {
        done(error as Error);
        return;
      }
      done(null, value);
      return;
    }
    const { bodyInPieces = false } = request.routeOptions.config;
    const read = bodyInPieces && bodyLimit !== undefined ? readInPieces : readWhole;
    read(body, (bytes) => parse(request, bytes), bodyLimit ?? body.length).then((value) => done(null, value), done);
  });
}

/** What is wrong with how the bytes of a body are encoded, if anything. */
function encodingProblem({ headers }: FastifyRequest, body: Buffer): ApiError | undefined {
  const coding = headers['content-encoding'] ?? 'identity';
  if (coding.toLowerCase() !== 'identity') {
    return new ApiError('UNSUPPORTED_MEDIA_TYPE', "A body must not be compressed ('Content-Encoding')");
  }
  // Decoded, what is not UTF-8 would be stored as other text than was sent.
  return isUtf8(body) ? undefined : new ApiError('BAD_USER_INPUT', 'The body is not valid UTF-8');
}

const BLANK = Buffer.from(' ');

type Parse = (bytes: Buffer) => unknown;

async function readWhole(body: Buffer, parse: Parse): Promise<unknown> {
  const stretches = startStretches();
  await scanInSlices(body, stretches);
  await stretches.yieldToEventLoop();
  return parse(body);
}

async function readInPieces(body: Buffer, parse: Parse, limit: number): Promise<unknown> {
  const stretches = startStretches();
  const { lists } = await scanInSlices(body, stretches);
  const frame = parse(checkSize(withoutItems(body, lists), limit));
  const read: unknown[][] = [];
  for (const list of lists) {
    const items: unknown[] = [];
    for (const piece of itemsOf(body, list)) {
      // Nothing between two commas is not JSON, which is not said of it as of a body that is empty.
      items.push(parse(piece.length === 0 ? BLANK : checkSize(piece, limit)));
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
    }
    read.push(items);
  }
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) return frame;
  // Every list that the outermost object has was taken out, and holds its number alone.
  return Object.fromEntries(
    Object.entries(frame).map(([name, value]: [string, unknown]) => [
      name,
      Array.isArray(value) ? read[Number(value[0])] : value,
    ]),
  );
}

async function scanInSlices(body: Buffer, stretches: Stretches): Promise<JsonScan> {
  const scan = scanJson(body);
  await stretches.turn();
  for (let until = SCANNED_AT_ONCE; ; until += SCANNED_AT_ONCE) {
    scan.scanTo(until);
    refuse(scan.problem());
    if (until >= body.length) return scan;
    if (stretches.shouldYield()) await stretches.yieldToEventLoop();
  }
}

/** The body with the number of each list in place of its items. */
function withoutItems(body: Buffer, lists: readonly OuterList[]): Buffer {
  let at = 0;
  const parts = lists.map(({ start, end }, index) => {
    const part = [body.subarray(at, start + 1), Buffer.from(String(index))];
    at = end;
    return part;
  });
  return Buffer.concat([...parts.flat(), body.subarray(at)]);
}

function* itemsOf(body: Buffer, { start, end, commas }: OuterList): Generator<Buffer, void> {
  if (commas.length === 0 && end - start <= SLICE_BYTES && body.toString('latin1', start + 1, end).trim() === '')
    return;
  let from = start + 1;
  for (const to of [...commas, end]) {
    yield body.subarray(from, to);
    from = to + 1;
  }
}

function checkSize(bytes: Buffer, limit: number): Buffer {
  if (bytes.length <= limit) return bytes;
  throw new ApiError('PAYLOAD_TOO_LARGE', `A value in a list of the body may have at most ${limit} bytes`);
}

function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new InvalidInputError([{ field: 'body', problem }]);
}
