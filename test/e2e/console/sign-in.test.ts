import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLBACK_PATH } from '../../../web/console/session/oidc.js';
import { launchBrowser } from '../../support/browser.js';
import { expectAccessible, waitForScreen } from '../../support/console.js';
import { CLIENT_ID, startProvider, type TestProvider } from '../../support/openid/provider.js';
import { startTestServer, type TestServer } from '../../support/server.js';

let provider: TestProvider;
let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  [provider, browser] = await Promise.all([startProvider(), launchBrowser()]);
  server = await startTestServer({
    openId: {
      issuer: provider.issuer,
      clientId: CLIENT_ID,
      scopes: 'openid profile offline_access',
      parameters: { prompt: 'consent' },
    },
  });
  await provider.serve(server.url + CALLBACK_PATH);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
  await provider.stop();
});

/** A page in a browser of its own, and what it asked of the issuer otherwise than by going there. */
async function openPage(): Promise<{ readonly page: Page; readonly fetched: string[] }> {
  const context = await browser.newContext({ locale: 'en-US' });
  const page = await context.newPage();
  const fetched: string[] = [];
  page.on('request', (request) => {
    if (request.url().startsWith(provider.issuer) && request.resourceType() !== 'document') fetched.push(request.url());
  });
  return { page, fetched };
}

/** Goes through the issuer's own pages. */
async function pass(page: Page, login: string): Promise<void> {
  await page.getByRole('button', { name: /^Sign in with 127\.0\.0\.1/ }).click();
  await page.getByPlaceholder('Enter any login').fill(login);
  await page.getByPlaceholder('and password').fill('any');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Continue' }).click();
}

const kept = 'JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage)])';

describe('signing in with OpenID Connect', () => {
  it('comes back to where it began, stays over a reload and in a second tab, and leaves no trace', async () => {
    const { page, fetched } = await openPage();
    await page.goto(`${server.url}/console/feedback?status=approved`);
    await page.getByRole('button', { name: /^Sign in with/ }).waitFor();
    await expectAccessible(page);
    await pass(page, 'anna');
    await waitForScreen(page, 'Feedback');
    expect(page.url()).toBe(`${server.url}/console/feedback?status=approved`);
    await page.getByRole('button', { name: 'Account: anna' }).waitFor();

    await page.reload();
    await waitForScreen(page, 'Feedback');
    const other = await page.context().newPage();
    await other.goto(`${server.url}/console/feedback`);
    await waitForScreen(other, 'Feedback');

    await page.getByRole('button', { name: 'Account: anna' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL(`${provider.issuer}/**`);
    await page.goto(`${server.url}/console`);
    await page.getByLabel('Token').waitFor();
    await other.getByLabel('Token').waitFor();
    for (const tab of [page, other]) expect(await tab.evaluate(kept)).toBe('[[],[]]');
    expect(fetched).toEqual([]);
    await page.context().close();
  });

  it('renews the token of a session while a screen is open, which goes on with it', async () => {
    const { page } = await openPage();
    await page.clock.install();
    await page.goto(`${server.url}/console/feedback`);
    await pass(page, 'anna');
    await waitForScreen(page, 'Feedback');
    // Nearly as long as an ID token lives, by the page's clock alone.
    const renewed = page.waitForResponse('**/console/sign-in/token');
    await page.clock.fastForward('59:30');
    await page.getByRole('link', { name: 'Adapters' }).click();
    await waitForScreen(page, 'Adapters');
    expect((await renewed).status()).toBe(200);
    await page.getByRole('link', { name: 'Feedback' }).click();
    await waitForScreen(page, 'Feedback');
    await page.context().close();
  });

  it('says why it did not succeed, and takes the code out of the address', async () => {
    const { page } = await openPage();
    await page.goto(`${server.url}${CALLBACK_PATH}?code=stolen&state=made-up`);
    await page.getByRole('alert').getByText('This sign-in was not begun in this tab').waitFor();
    expect(page.url()).toBe(`${server.url}/console`);
    await provider.goDown();
    await page.getByRole('button', { name: /^Sign in with/ }).waitFor();
    await provider.comeBack();
    await page.context().close();
  });
});
