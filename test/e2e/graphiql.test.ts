import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openWatched } from '../support/browser.js';
import { APPROVED, BASE } from '../support/feedback.js';
import { shareServer, type SharedServer } from '../support/server.js';

let server: SharedServer;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([shareServer(), launchBrowser()]);
  for (let entry = 0; entry < 3; entry++) {
    await server.call('POST', BASE, { body: { ...APPROVED, adapter_id: 'lora-with-data' } });
  }
});
afterAll(async () => {
  await browser.close();
});

/**
 * Runs a tab until its answer holds `text`: for a moment after the editors are made or the tab is changed GraphiQL still
 * has the operation before, which is faster than a person clicks.
 */
async function run(page: Page, text: string, tab = 'AdapterFeedback'): Promise<void> {
  await page.getByText('An adapter with its feedback').waitFor();
  await expect
    .poll(
      async () => {
        await page.getByRole('tab', { name: tab }).click();
        await page.getByRole('button', { name: /Execute query/ }).click();
        return response(page).innerText();
      },
      { timeout: 50_000, interval: 1_000 },
    )
    .toContain(text);
}
const response = (page: Page) => page.locator('.graphiql-response');

describe('GraphiQL', () => {
  it('runs an example over the data that is there, with a pasted token', async () => {
    const { page, complaints } = await openWatched(browser, server.url);
    await page.goto(`${server.url}/graphql`);
    await page.getByRole('status').getByText('feedback-graph token').waitFor();
    await page.getByLabel('Token').fill(`Bearer ${server.token()}`);
    await page.getByText('kept for this tab only').waitFor();
    await run(page, '"unusedForTraining"', 'Statistics');
    expect(await page.evaluate('localStorage.getItem("feedback-graph-token")')).toBeNull();
    // Without a token the server says 401, and for the name of another operation 400.
    expect(complaints.filter((each) => !/status of 40[01]/.test(each))).toEqual([]);
    await page.context().close();
  });

  it('takes the token of a link out of the address bar, and asks about an adapter that is there', async () => {
    const { page, complaints } = await openWatched(browser, server.url);
    await page.goto(`${server.url}/graphql#token=${server.token()}`);
    await page.getByText('kept for this tab only').waitFor();
    expect(page.url()).toBe(`${server.url}/graphql`);
    await run(page, 'lora-with-data');
    await page.getByRole('button', { name: /Documentation Explorer/ }).click();
    await page.getByText('feedbackStats', { exact: false }).first().waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('says nothing of what the editor gave up when its text was changed, and tells every other error', async () => {
    const { page, complaints } = await openWatched(browser, server.url);
    await page.goto(`${server.url}/graphql#token=${server.token()}`);
    await page.getByText('kept for this tab only').waitFor();
    await page.evaluate(`
      for (const name of ['Canceled', 'Broken']) void Promise.reject(Object.assign(new Error(name), { name }));
      new Promise((resolve) => setTimeout(resolve));
    `);
    await expect.poll(() => complaints).toEqual(['error: Broken']);
    await page.context().close();
  });

  it('says so if the server does not take the token', async () => {
    const { page } = await openWatched(browser, server.url);
    await page.goto(`${server.url}/graphql#token=nonsense`);
    await page.getByText('The server does not take this token').waitFor();
    await page.context().close();
  });

  it('is readable in light and dark, on narrow screens too, and follows a change of the colour scheme', async () => {
    const { page, complaints } = await openWatched(browser, server.url, {
      colorScheme: 'dark',
      viewport: { width: 390, height: 800 },
    });
    await page.goto(`${server.url}/graphql#token=${server.token()}`);
    await run(page, 'totalFeedback');
    for (const [colorScheme, width] of [
      ['dark', 390],
      ['dark', 1280],
      ['light', 1280],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      await expect
        .poll(() => page.evaluate('getComputedStyle(document.querySelector(".header")).backgroundColor'), {
          interval: 20,
        })
        .toBe(colorScheme === 'dark' ? 'rgb(11, 13, 16)' : 'rgb(239, 241, 245)');
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('the address of GraphiQL', () => {
  const get = (path: string, accept: string) => fetch(server.url + path, { headers: { accept } });

  it('is still the API to clients', async () => {
    for (const accept of ['*/*', 'application/json', 'application/graphql-response+json']) {
      expect((await get('/graphql', accept)).status).toBe(401);
    }
    const query = await get('/graphql?query=%7B__typename%7D', 'text/html');
    expect(query.status).toBe(401);
  });

  it('gives a page that may load nothing but our files', async () => {
    const page = await get('/graphql', 'text/html,application/xhtml+xml,*/*;q=0.8');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('unsafe-eval');
    const asset = /src="(\/graphql\/assets\/[^"]+)"/.exec(await page.text())?.[1] ?? '';
    const script = await get(asset, '*/*');
    expect([script.status, script.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
    for (const path of ['/graphql/assets/nothing.js', '/graphql/assets/..%2f..%2f..%2fcli.js', '/graphql/assets/']) {
      expect((await get(path, '*/*')).status).toBeGreaterThanOrEqual(400);
    }
  });
});
