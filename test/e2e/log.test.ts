import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsonwebtoken from 'jsonwebtoken';
import { expect, it } from 'vitest';
import { callServer, startServerProcess } from '../support/process.js';

const secret = 'a secret of more than thirty-two bytes';
const token = jsonwebtoken.sign({}, secret, { subject: 'log', expiresIn: '1h' });

it('the server logs no warning when it starts, nor the mistakes of clients as warnings or errors', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-log-'));
  const server = await startServerProcess({
    FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}`,
    FEEDBACK_JWT_SECRET: secret,
  });
  try {
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
    for (const query of [
      '{',
      '{ adapter(id: "\\ud800") { id } }',
      '{ nothing }',
      '{ adapter }',
      'query A { __typename }',
    ]) {
      const { body } = await callServer(server, token, 'POST', '/graphql', { query, operationName: 'B' });
      expect(body).toHaveProperty('errors');
    }
    server.child.kill('SIGTERM');
    await server.ended;
    expect(server.errors()).not.toContain('"err"');
    expect(server.errors().match(/^.*"level":[456]0.*$/gm)).toBeNull();
    expect(server.errors()).not.toMatch(/warning/i);
  } finally {
    server.child.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  }
});
