import { expect, it } from 'vitest';
import { breakOffStalled } from '../../src/rest/download.js';

it('a download that is broken off before it is sent ends, and nothing else does', async () => {
  // eslint-disable-next-line @typescript-eslint/require-await
  async function* bytes(): AsyncGenerator<Buffer, void> {
    yield Buffer.from('never');
  }
  const stream = breakOffStalled(bytes());
  const closed = new Promise((resolve) => stream.once('close', resolve));
  // An error that nobody listens to would end the process.
  stream.destroy(new Error('The server stops'));
  await closed;
  expect(stream.errored?.message).toBe('The server stops');
});
