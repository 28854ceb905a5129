import { connect } from 'node:net';
import { beforeAll, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { shareServer, type SharedServer } from '../support/server.js';

let server: SharedServer;
beforeAll(async () => {
  server = await shareServer();
});

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Submits with these headers, byte by byte as they stand here; answers the id that the server gave the request. */
async function submitWith(headers: string): Promise<string> {
  const body = JSON.stringify(APPROVED);
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.write(
    Buffer.from(
      `POST ${BASE} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${server.token()}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n\r\n${body}`,
      'latin1',
    ),
  );
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  expect(answer).toMatch(/^HTTP\/1\.1 201 /);
  return /x-request-id: (.*)\r/i.exec(answer)?.[1] ?? '';
}

it('a request id is taken as it came only where it is one, and otherwise made', async () => {
  const taken = ['a', 'A-1.b:c_d', 'f'.repeat(64)];
  for (const id of taken) expect(await submitWith(`X-Request-Id: ${id}`)).toBe(id);
  const made: string[] = [];
  for (const headers of [
    'X-Request-Id: ',
    `X-Request-Id: ${'f'.repeat(65)}`,
    'X-Request-Id: a b',
    'X-Request-Id: a"b',
    'X-Request-Id: {"level":60}',
    'X-Request-Id: \u00e9\u0085',
    'X-Request-Id: a\tb',
    'X-Request-Id: one\r\nX-Request-Id: two',
    'X-Request-Id: one\r\nX-Request-Id: one',
  ]) {
    const id = await submitWith(headers);
    expect([headers, id]).toEqual([headers, expect.stringMatching(UUID)]);
    made.push(id);
  }
  const { data } = await server.graphql<{ auditLog: { edges: { node: { requestId: string } }[] } }>(
    '{ auditLog(first: 100) { edges { node { requestId } } } }',
    {},
    { roles: ['admin'] },
  );
  const inAudit = new Set(data?.auditLog.edges.map(({ node }) => node.requestId));
  expect(inAudit).toEqual(new Set([...taken, ...made]));
});
