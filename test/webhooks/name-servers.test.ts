import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createNameServerResolve } from '../../src/webhooks/addresses.js';

const A = 1;
let server: Socket;
let asked: string[];
let refuses: boolean;

beforeEach(async () => {
  asked = [];
  refuses = false;
  server = createSocket('udp4');
  server.on('message', (query, { address, port }) => {
    const answer = answerTo(query);
    if (answer !== undefined) server.send(answer, port, address);
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => void server.close());

/**
 * Of one question (RFC 1035): 1.2.3.4 for the IPv4 address of any name, no IPv6 address, and nothing for `hang.example`, until
 * it is told that there is no such name.
 */
function answerTo(query: Buffer): Buffer | undefined {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const question = query.subarray(12, at + 5);
  const name = labels.join('.');
  asked.push(name);
  const hangs = name === 'hang.example';
  if (hangs && !refuses) return undefined;
  const isA = !hangs && question.readUInt16BE(question.length - 4) === A;
  const head = Buffer.from([query[0]!, query[1]!, 0x81, hangs ? 0x83 : 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0]);
  const record = Buffer.from([0xc0, 12, 0, A, 0, 1, 0, 0, 0, 60, 0, 4, 1, 2, 3, 4]);
  return Buffer.concat([head, question, ...(isA ? [record] : [])]);
}

it('names whose servers never answer hold up no other, and lead nowhere in the end', async () => {
  const resolve = createNameServerResolve([`127.0.0.1:${server.address().port}`]);
  let ended = 0;
  const hanging = Array.from({ length: 20 }, () => resolve('hang.example').finally(() => (ended += 1)));
  await expect.poll(() => asked.length).toBeGreaterThanOrEqual(hanging.length);
  expect(await resolve('hooks.example')).toEqual([{ address: '1.2.3.4', family: 4 }]);
  expect(ended).toBe(0);
  refuses = true;
  expect(await Promise.all(hanging)).toEqual(hanging.map(() => []));
});
