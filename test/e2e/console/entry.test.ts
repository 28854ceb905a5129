import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.js';
import { expectAccessible, openConsole, waitForScreen } from '../../support/console.js';
import { type Claims, shareServer, type SharedServer } from '../../support/server.js';

const LINE = 'x'.repeat(20_000);

let server: SharedServer;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([shareServer(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
});

async function submit(fields: Record<string, unknown> = {}, claims: Claims = {}): Promise<string> {
  const { body } = await server.call<{ id: string }>('POST', '/api/v1/llm/feedback', {
    body: {
      type: 'negative',
      question: 'How do I enable sharding for a cluster?',
      answer: 'With the clause SHARD BY and two fields.',
      adapter_id: 'help/lora',
      ...fields,
    },
    claims,
  });
  return body.id;
}

const addressOf = (id: string): string => `/console/feedback/${encodeURIComponent(id)}`;
const openTab = (page: Page, name: string | RegExp): Promise<void> => page.getByRole('tab', { name }).click();

describe('an entry', () => {
  it('shows hostile texts as they are, and loads nothing of them', async () => {
    const { answer: _, ...id } = {
      answer: '',
      messages: [
        { role: 'system', content: 'Answer <script>alert(1)</script> briefly.' },
        { role: 'user', content: [{ type: 'text', text: `How? ${LINE}` }] },
        {
          role: 'assistant',
          content: '![pixel](https://example.com/a.png) [run](javascript:alert(1)) \u202eright to left\u200b **bold**',
        },
      ],
    };
    const entry = await submit({ ...id, question: undefined, answer: undefined, metadata: { page: '<b>no</b>' } });
    const { page, complaints } = await openConsole(browser, server, addressOf(entry), {
      context: { viewport: { width: 360, height: 800 }, colorScheme: 'dark' },
    });
    await waitForScreen(page, 'Feedback entry');
    await page.getByText('Answer <script>alert(1)</script> briefly.').waitFor();
    await page.getByText('![pixel](https://example.com/a.png)').waitFor();
    expect(await page.locator('main img, main a[href^="javascript"]').count()).toBe(0);
    await page.getByRole('img', { name: 'Invisible character U+202E' }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('is reviewed by keyboard alone; what was typed stays while the server cannot save', async () => {
    const id = await submit();
    const { page } = await openConsole(browser, server, addressOf(id));
    await waitForScreen(page, 'Feedback entry');
    let failures = 0;
    await page.route('**/graphql', (route) => {
      const { operationName } = route.request().postDataJSON() as { operationName: string };
      if (operationName !== 'ReviewEntry' || failures > 0) return route.continue();
      failures += 1;
      return route.fulfill({ status: 503, body: '{}' });
    });
    await page.keyboard.press('r');
    const dialog = page.getByRole('dialog', { name: 'Reject the entry' });
    await dialog.getByLabel('Reason').focus();
    await page.keyboard.type('Two fields are too many.');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('With the clause SHARD BY and one field.');
    await expectAccessible(page);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await dialog.getByText('The server cannot do this now').waitFor();
    expect(await dialog.getByLabel('Correction').inputValue()).toBe('With the clause SHARD BY and one field.');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('With the clause SHARD BY and one field.').waitFor();
    await page.getByRole('complementary', { name: 'Details' }).getByText('Two fields are too many.').last().waitFor();

    await page.keyboard.press('u');
    await page.getByText('The review is undone').waitFor();
    const { body } = await server.call<{ version: number }>('GET', `/api/v1/llm/feedback/${id}`);
    expect(body.version).toBe(3);
    await page.context().close();
  });

  it('has its versions compared, and its events with a verified chain', async () => {
    const id = await submit();
    const claims = { roles: ['admin'], sub: 'reviewer@example.com' };
    const review = (verdict: string, correction: string) =>
      server.call('POST', `/api/v1/llm/feedback/review/${id}`, { body: { verdict, correction }, claims });
    await review('reject', 'With the clause SHARD BY and one field.');
    await review('approve', 'With the clause SHARD BY and a single field.');
    const { page, complaints } = await openConsole(browser, server, addressOf(id));
    await openTab(page, /^Versions/);
    const correction = page.getByRole('region', { name: 'Correction' });
    await correction.locator('del', { hasText: 'one' }).waitFor();
    await correction.locator('ins', { hasText: 'single' }).waitFor();
    await page.getByLabel('From', { exact: true }).selectOption('Version 1');
    await correction.locator('ins', { hasText: 'With the clause SHARD BY and a single field.' }).waitFor();
    expect(page.url()).toBe(`${server.url}${addressOf(id)}?tab=versions&from=1&to=3`);
    await expectAccessible(page);
    await page.reload();
    await correction.locator('ins', { hasText: 'With the clause SHARD BY and a single field.' }).waitFor();

    await openTab(page, 'Audit');
    await page.getByText('Chain verified').waitFor();
    await page.getByText('3 events, each as it was written').waitFor();
    expect(await page.getByRole('list', { name: 'Audit' }).getByText('reviewer@example.com').count()).toBe(2);
    await expectAccessible(page);
    await page.getByRole('list', { name: 'Audit' }).getByRole('button', { name: 'Version 2' }).click();
    await correction.locator('ins', { hasText: 'With the clause SHARD BY and one field.' }).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('is linked by mouse, and tells which adapters have learned from it', async () => {
    const id = await submit();
    const { page, complaints } = await openConsole(browser, server, `${addressOf(id)}?tab=adapters`);
    await page.getByLabel('Link to an adapter').fill('other/ü 🦙');
    await page.getByRole('button', { name: 'Link', exact: true }).click();
    const link = page.getByRole('link', { name: 'other/ü 🦙' });
    await link.waitFor();
    await page.getByText('No adapter has learned from this entry').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Remove the link to other/ü 🦙' }).click();
    await link.waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('is edited by who submitted it, who sees no more than that', async () => {
    const claims = { roles: ['submitter'], sub: 'ann' };
    const id = await submit({ comment: 'Too long.' }, claims);
    const { page, complaints } = await openConsole(browser, server, addressOf(id), { claims });
    await waitForScreen(page, 'Feedback entry');
    expect(await page.getByRole('tab').allTextContents()).toEqual(['Conversation', 'Versions (1)']);
    expect(await page.getByRole('button', { name: /^(?:Approve|Reject|Erase)$/ }).count()).toBe(0);
    await page.keyboard.press('e');
    const dialog = page.getByRole('dialog', { name: 'Edit your feedback' });
    await dialog.getByLabel('Comment').fill('Too short, after all.');
    await dialog.getByLabel('Tags').fill('length, length , ');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Too short, after all.').waitFor();
    await page.getByText('Versions (2)').waitFor();
    await page.getByRole('complementary', { name: 'Details' }).getByText('length').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('is erased once its consequences are read and the end of its id is typed', async () => {
    const id = await submit();
    const { page, complaints } = await openConsole(browser, server, addressOf(id));
    await page.getByRole('button', { name: 'Erase' }).click();
    const dialog = page.getByRole('dialog', { name: 'Erase the entry' });
    await dialog.getByText('The audit log keeps').waitFor();
    const erase = dialog.getByRole('button', { name: 'Erase' });
    expect(await erase.isDisabled()).toBe(true);
    await expectAccessible(page);
    await dialog.getByLabel('Type the end').fill(id.slice(-6));
    await erase.click();
    await waitForScreen(page, 'Feedback');
    expect((await server.call('GET', `/api/v1/llm/feedback/${id}`)).status).toBe(410);
    await page.goto(`${server.url}${addressOf(id)}`);
    await page.getByText('This does not exist').or(page.getByText('This entry does not exist')).waitFor();
    expect(complaints.filter((each) => !each.includes('410'))).toEqual([]);
    await page.context().close();
  });
});
