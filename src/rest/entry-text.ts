import type { FastifyReply } from 'fastify';
import { sentBody } from '../graphql/answer-body.js';
import { memoizeByIdentity } from '../memoize-by-identity.js';
import type { WireEntry } from '../model/wire-entry.js';

/** Fastify names the type of what it serializes itself alone. */
export const JSON_TYPE = 'application/json; charset=utf-8';

/** An entry as JSON; made once for each that is read often. */
export const entryText = memoizeByIdentity((entry: WireEntry): string => JSON.stringify(entry));

interface EntryList {
  readonly feedback: readonly WireEntry[];
}

/** A list of entries, with what is said beside them, as JSON; made once for each that is given again. */
const listBody = memoizeByIdentity(({ feedback, ...rest }: EntryList) => {
  const beside = JSON.stringify(rest).slice(1);
  return sentBody(`{"feedback":[${feedback.map(entryText).join(',')}]${beside === '}' ? '' : ','}${beside}`);
});

export function sendList(reply: FastifyReply, list: EntryList): FastifyReply {
  return reply.type(JSON_TYPE).send(listBody(list));
}
