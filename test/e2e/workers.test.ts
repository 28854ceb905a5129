import jwt from 'jsonwebtoken';
import { afterEach, expect, test } from 'vitest';
import { childProcessIds } from '../support/postgres/processes.js';
import { createTestDatabase } from '../support/postgres/shared.js';
import { callServer, type ServerProcess, startServerProcess } from '../support/process.js';

const SECRET = 'a-secret-of-32-bytes-for-workers';
const WORKERS = 2;

let server: ServerProcess | undefined;

afterEach(async () => {
  server?.child.kill('SIGTERM');
  await server?.ended;
});

test('several workers serve one port, one that is killed is replaced, and all stop together', async () => {
  const environment = { FEEDBACK_STORE: await createTestDatabase(), FEEDBACK_JWT_SECRET: SECRET };
  const running = (server = await startServerProcess(environment, [], ['--workers', String(WORKERS)]));
  const token = jwt.sign({ sub: 'ada', roles: ['admin'] }, SECRET, { expiresIn: '10m' });
  const { pid = 0 } = running.child;
  const submit = (number: number): Promise<{ readonly status: number }> =>
    callServer(running, token, 'POST', '/api/v1/llm/feedback', {
      type: 'positive',
      question: `What is ${number} in words, and why is it called so?`,
      answer: `The number ${number} is called by the words for its digits.`,
      interaction_id: `interaction-${number}`,
    });
  // Each says so when it listens. The port, which is any, is that of the first as long as one of them does.
  const listening = (): number => running.errors().split('Server listening at').length - 1;
  await expect.poll(listening, { timeout: 50_000 }).toBe(WORKERS);
  expect((await submit(1)).status).toBe(201);

  const [first = 0] = childProcessIds(pid);
  process.kill(first, 'SIGKILL');
  await expect.poll(() => childProcessIds(pid).filter((id) => id !== first).length, { timeout: 50_000 }).toBe(WORKERS);
  expect(running.errors()).toContain('A worker has ended (SIGKILL); another one is started');
  // A connection that the killed one had is lost; a new one is answered by one that runs.
  await expect
    .poll(
      () =>
        submit(2).then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 50_000 },
    )
    .toBe(201);

  const workers = childProcessIds(pid);
  running.child.kill('SIGTERM');
  expect(await running.ended).toBe(0);
  for (const id of workers) expect(() => process.kill(id, 0)).toThrow();
}, 180_000);
