import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsonwebtoken from 'jsonwebtoken';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser, openWatched } from '../../support/browser.js';
import { expectAccessible, waitForScreen } from '../../support/console.js';
import { callServer, type ServerProcess, startServerProcess } from '../../support/process.js';

const SECRET = 'the secret of a server that dies and comes back';
/** Its roles are those that the server gives to a token without any. */
const TOKEN = jsonwebtoken.sign({ sub: 'ada' }, SECRET, { expiresIn: '1h' });

let browser: Browser;
let directory: string;
let server: ServerProcess;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-connection-'));
  server = await start('reviewer');
});
afterEach(async () => {
  await kill();
  await rm(directory, { recursive: true, force: true });
});

async function start(role: string, port = '0'): Promise<ServerProcess> {
  return startServerProcess({
    FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}`,
    FEEDBACK_JWT_SECRET: SECRET,
    FEEDBACK_DEFAULT_ROLE: role,
    FEEDBACK_PORT: port,
  });
}

async function kill(): Promise<void> {
  server.child.kill('SIGKILL');
  await server.ended;
}

async function openFeedback(): Promise<Page> {
  const { page } = await openWatched(browser, server.url, { locale: 'en-US' });
  await page.goto(`${server.url}/console/feedback#token=${TOKEN}`);
  await waitForScreen(page, 'Feedback');
  return page;
}

async function goTo(page: Page, address: string): Promise<void> {
  await page.evaluate(`history.pushState(null, '', '${address}'); dispatchEvent(new PopStateEvent('popstate'))`);
}

const strip = (page: Page) => page.getByRole('status').getByText('Not connected, trying again');

describe('a server that is killed and restarted under an open console', () => {
  it('is said to be away until it is back, and what failed meanwhile loads by itself', async () => {
    await callServer(server, TOKEN, 'POST', '/api/v1/llm/feedback', {
      type: 'positive',
      question: 'How do I enable sharding?',
      answer: 'With SHARD BY.',
    });
    const page = await openFeedback();
    await page.getByRole('row', { name: 'How do I enable sharding?' }).waitFor();
    const { port } = new URL(server.url);

    await kill();
    await goTo(page, '/console/feedback?status=approved');
    await strip(page).waitFor();
    await page.getByText('The server cannot be reached').waitFor();
    await expectAccessible(page);

    server = await start('reviewer', port);
    await strip(page).waitFor({ state: 'detached' });
    await page.getByRole('row', { name: 'How do I enable sharding?' }).waitFor();
    await page.context().close();
  });

  it('shows a screen whose code had not been loaded before, once it can be', async () => {
    const page = await openFeedback();
    const { port } = new URL(server.url);
    await kill();
    await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Adapters' }).click();
    await page.getByText('The server cannot be reached').waitFor();
    await strip(page).waitFor();
    server = await start('reviewer', port);
    await waitForScreen(page, 'Adapters');
    await page.context().close();
  });

  it('takes what it allows no longer off the screen, and says so once', async () => {
    const page = await openFeedback();
    const { port } = new URL(server.url);
    await kill();
    server = await start('operator', port);
    const viewers: string[] = [];
    const faults: string[] = [];
    page.on('pageerror', ({ message }) => faults.push(message));
    page.on('request', (request) => {
      if (request.postData()?.includes('query Viewer') === true) viewers.push(request.url());
    });

    await goTo(page, '/console/feedback?status=approved');
    await waitForScreen(page, 'There is no such screen');
    await page.getByText(/Your token has lost permissions: .*feedback:review/).waitFor();
    const screens = page.getByRole('navigation', { name: 'Screens' }).getByRole('link');
    expect(await screens.allTextContents()).toEqual(['Overview', 'Settings']);
    await expectAccessible(page);
    // Once for what the screen asked for together, and once for what was answered after that.
    expect(viewers.length).toBeLessThanOrEqual(2);
    expect(faults).toEqual([]);
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByText(/Your token has lost permissions/).waitFor({ state: 'detached' });
    await page.context().close();
  });
});
