import { afterEach, expect, it, vi } from 'vitest';
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
