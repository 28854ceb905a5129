import { afterEach, expect, it, vi } from 'vitest';
import { loadConfig } from '../../src/config/config.js';
import { startTestServer } from '../support/server.js';

afterEach(() => vi.restoreAllMocks());

it('a server that cannot start leaves nothing at work', async () => {
  const other = await startTestServer();
  const running = new Set<unknown>();
  const { setInterval: start, clearInterval: end } = globalThis;
  vi.spyOn(globalThis, 'setInterval').mockImplementation((...given: Parameters<typeof setInterval>) => {
    const timer = start(...given);
    running.add(timer);
    return timer;
  });
  vi.spyOn(globalThis, 'clearInterval').mockImplementation((timer) => {
    running.delete(timer);
    end(timer);
  });
  try {
    const port = Number(new URL(other.url).port);
    await expect(startTestServer({ port, retention: new Map([['rejected', 3600]]) })).rejects.toThrow('EADDRINUSE');
    expect([...running]).toEqual([]);
  } finally {
    vi.restoreAllMocks();
    await other.stop();
  }
});

it('a server without a key for tokens says so in one line, and touches no store', async () => {
  const { auth, store } = loadConfig({ FEEDBACK_STORE: 'postgres://feedback@127.0.0.1:1/feedback' });
  await expect(startTestServer({ auth, store })).rejects.toMatchObject({
    name: 'ConfigError',
    problems: [expect.stringContaining('one of FEEDBACK_JWT_SECRET')],
  });
});
