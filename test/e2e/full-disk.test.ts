import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import jsonwebtoken from 'jsonwebtoken';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { callServer, type ServerProcess, startServerProcess } from '../support/process.js';

const secret = 'a secret of more than thirty-two bytes';
const token = jsonwebtoken.sign({}, secret, { subject: 'disk', expiresIn: '1h' });
let directory: string;
let server: ServerProcess;

const start = (): Promise<ServerProcess> =>
  startServerProcess({
    FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}`,
    FEEDBACK_JWT_SECRET: secret,
    FEEDBACK_LOG_LEVEL: 'silent',
  });

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-disk-'));
  server = await start();
});
afterEach(async () => {
  server.child.kill('SIGKILL');
  await server.ended;
  await rm(directory, { recursive: true, force: true });
});

/** The largest file that the running server may write from now on, as a full disk would have it. */
const limitFiles = (bytes: string): Promise<unknown> =>
  promisify(execFile)('prlimit', ['--pid', String(server.child.pid), `--fsize=${bytes}:`]);

const call = (method: string, path: string, body?: unknown) => callServer(server, token, method, path, body);

const submit = () => call('POST', BASE, APPROVED);

async function listed(): Promise<string[]> {
  const { status, body } = await call('GET', `${BASE}?limit=1000`);
  expect(status).toBe(200);
  return (body['feedback'] as { id: string }[]).map((entry) => entry.id);
}

// `prlimit` belongs to every Linux; elsewhere the limit of a running process cannot be changed.
it.runIf(process.platform === 'linux')(
  'a disk that refuses writes gives 503 and no false 201, and recovers by itself',
  async () => {
    const acknowledged = (await Promise.all(Array.from({ length: 20 }, submit))).map(
      (each) => each.body['id'] as string,
    );

    for (let failure = 0; failure < 3; failure++) {
      await limitFiles('100');
      const refused = await Promise.all(Array.from({ length: 10 }, submit));
      for (const { status, headers, body } of refused) {
        expect(status).toBe(503);
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
        expect(body).toMatchObject({ error: 'Service Unavailable', code: 'UNAVAILABLE' });
        expect(JSON.stringify(body)).not.toContain(directory);
      }
      const ready = await fetch(`${server.url}/health/ready`);
      expect(ready.status).toBe(503);
      // Reads go on meanwhile.
      const seen = await listed();
      for (const id of acknowledged) expect(seen).toContain(id);

      await limitFiles('unlimited');
      while ((await fetch(`${server.url}/health/ready`)).status !== 200);
      const recovered = await listed();
      const after = await Promise.all(Array.from({ length: 20 }, submit));
      expect(new Set(after.map((each) => each.status))).toEqual(new Set([201]));
      acknowledged.push(...after.map((each) => each.body['id'] as string));

      server.child.kill('SIGKILL');
      await server.ended;
      server = await start();
      // All that was acknowledged, and of the refused only what had been seen since the recovery.
      const kept = await listed();
      for (const id of acknowledged) expect(kept).toContain(id);
      expect(kept.length).toBe(recovered.length + after.length);
    }
  },
);
