/** Characters from which on a body is turned into bytes once, and not each time that it is sent. */
const LONG = 16 * 1024;

/** A body that may be sent many times, in the form that is sent soonest: a short one goes out in one piece with its headers. */
export function sentBody(text: string): string | Buffer {
  return text.length < LONG ? text : Buffer.from(text);
}
