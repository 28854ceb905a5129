/** What requests prefer (RFC 7240). */
import type { FastifyReply, FastifyRequest } from 'fastify';

const RESPOND_ASYNC = 'respond-async';
/** A quoted string, or what begins as one and does not end: a pattern that could fail would look for the end from each quote anew. */
const QUOTED = /"(?:[^"\\]|\\.?)*"?/g;

/** Whether a request prefers an answer at once to waiting until all is done. */
export function prefersAsync({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  const given = [headers.prefer ?? []].flat().join(',').replaceAll(QUOTED, '');
  return given.split(',').some((preference) => preference.split(';')[0]?.trim().toLowerCase() === RESPOND_ASYNC);
}

/** Answers 202: what was asked for is certain, and under way. @param location of what tells how far it is */
export function accepted(reply: FastifyReply, location: string): FastifyReply {
  return reply.code(202).header('location', location).header('preference-applied', RESPOND_ASYNC);
}
