import type { FastifyReply } from 'fastify';
import { sentBody } from '../graphql/answer-body.js';
import { memoizeByIdentity } from '../memoize-by-identity.js';
import type { WireEntry } from '../model/wire-entry.js';
import { mapYielding } from '../yield-to-event-loop.js';

/** Fastify names the type of what it serializes itself alone. */
export const JSON_TYPE = 'application/json; charset=utf-8';

/** An entry as JSON; made once for each that is read often. */
export const entryText = memoizeByIdentity((entry: WireEntry): string => JSON.stringify(entry));

interface EntryList {
  readonly feedback: readonly WireEntry[];
}

/** Entries of a list that are written before anybody else has to wait for it. */
const SHORT_LIST = 100;

/** The JSON of a list, made once for each result that the response cache returns again. */
const listBody = memoizeByIdentity(
  (_result: object, toAnswer: () => EntryList): string | Buffer | Promise<string | Buffer> => {
    const list = toAnswer();
    return list.feedback.length <= SHORT_LIST
      ? withTexts(list, list.feedback.map(entryText))
      : mapYielding(list.feedback, (entry) => entryText(entry)).then((texts) => withTexts(list, texts));
  },
);

function withTexts({ feedback: _entries, ...rest }: EntryList, texts: readonly string[]): string | Buffer {
  const beside = JSON.stringify(rest).slice(1);
  return sentBody(`{"feedback":[${texts.join(',')}]${beside === '}' ? '' : ','}${beside}`);
}

/**
 * Sends a list of entries, writing a long one in stretches.
 * @param result what the operation answered
 * @param toAnswer makes the response body of it
 */
export async function sendList(reply: FastifyReply, result: object, toAnswer: () => EntryList): Promise<FastifyReply> {
  const body = await listBody(result, toAnswer);
  return reply.type(JSON_TYPE).send(body);
}
