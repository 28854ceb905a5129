import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openWatched } from '../support/browser.js';
import { BASE } from '../support/feedback.js';
import { shareServer, type SharedServer } from '../support/server.js';

let server: SharedServer;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([shareServer(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
});

const submitting = (page: Page) => page.locator('#operations-Feedback-submitFeedback');
const savedToken = (page: Page) => page.evaluate<string | null>('sessionStorage.getItem("feedback-graph-token")');

/** Sends the documented example, and waits for the status of the answer. */
async function tryToSubmit(page: Page, status: number): Promise<void> {
  await submitting(page).getByRole('button', { name: 'Execute' }).click();
  await submitting(page).locator('.live-responses-table .response-col_status').getByText(String(status)).waitFor();
}

async function openSubmitting(page: Page): Promise<void> {
  await submitting(page).locator('.opblock-summary-control').click();
  await submitting(page).getByRole('button', { name: 'Execute' }).waitFor();
}

describe('/docs', () => {
  it('shows the refusal without a token, and submits an example after one was given in its form', async () => {
    const { page, complaints } = await openWatched(browser, server.url);
    await page.goto(`${server.url}/docs`);
    await openSubmitting(page);
    await tryToSubmit(page, 401);
    await submitting(page).getByText('Valid Bearer Token required').first().waitFor();
    expect(complaints.splice(0)).toEqual([expect.stringContaining('401')]);

    const org = 'form';
    const token = server.token({ org });
    await page.locator('.auth-wrapper').getByRole('button', { name: 'Authorize' }).click();
    const form = page.locator('.modal-ux');
    await form.getByRole('textbox').fill(`Bearer ${token}`);
    await form.getByRole('button', { name: 'Apply credentials' }).click();
    await form.getByRole('button', { name: 'Close' }).first().click();
    await tryToSubmit(page, 201);
    await submitting(page).getByText('Feedback recorded successfully').first().waitFor();
    expect((await server.call('GET', `${BASE}/stats`, { claims: { org } })).body).toMatchObject({ total_feedback: 1 });
    expect(complaints).toEqual([]);

    expect(await savedToken(page)).toBe(token);
    expect(await page.evaluate('localStorage.length')).toBe(0);
    await page.locator('.auth-wrapper').getByRole('button', { name: 'Authorize' }).click();
    await form.getByRole('button', { name: 'Remove authorization' }).click();
    expect(await savedToken(page)).toBeNull();
    await page.context().close();
  });

  it('takes the token of a link out of the address bar, and keeps it for the tab', async () => {
    const { page, complaints } = await openWatched(browser, server.url);
    await page.goto(`${server.url}/docs#token=${server.token()}`);
    await submitting(page).waitFor();
    expect(page.url()).toBe(`${server.url}/docs`);
    await page.reload();
    await openSubmitting(page);
    await tryToSubmit(page, 201);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('is readable in light and dark, on narrow screens too, and follows a change of the colour scheme', async () => {
    const { page, complaints } = await openWatched(browser, server.url, {
      colorScheme: 'dark',
      viewport: { width: 390, height: 800 },
    });
    await page.goto(`${server.url}/docs`);
    await openSubmitting(page);
    for (const [colorScheme, width] of [
      ['dark', 390],
      ['dark', 1280],
      ['light', 1280],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      const isDark = colorScheme === 'dark';
      await expect
        .poll(() => page.evaluate('document.documentElement.classList.contains("dark-mode")'), { interval: 20 })
        .toBe(isDark);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      const colour = await page.evaluate<string>('getComputedStyle(document.querySelector(".header")).backgroundColor');
      expect(colour).toBe(isDark ? 'rgb(11, 13, 16)' : 'rgb(239, 241, 245)');
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('is a page that may load nothing but our files', async () => {
    const page = await fetch(`${server.url}/docs`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('unsafe-eval');
    const text = await page.text();
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=")/);
    for (const [, asset = ''] of text.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)) {
      expect((await fetch(server.url + asset)).status).toBe(200);
    }
  });
});
