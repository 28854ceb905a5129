import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.js';
import { expectAccessible, openConsole, waitForScreen } from '../../support/console.js';
import { shareServer, type SharedServer } from '../../support/server.js';

const DAY = 86_400_000;
const dayBefore = (days: number): string => new Date(Date.now() - days * DAY).toISOString();

let server: SharedServer;
let browser: Browser;

async function submit(daysAgo: number, type: 'positive' | 'negative', adapterId: string): Promise<void> {
  const { status } = await server.call('POST', '/api/v1/llm/feedback', {
    body: {
      type,
      question: `How do I enable sharding, asked ${daysAgo} days ago?`,
      answer: 'With SHARD BY and the name of the field that tells the shards apart.',
      correction: type === 'negative' ? 'SHARD BY takes the field by which to divide the collection.' : undefined,
      adapter_id: adapterId,
      created_at: daysAgo === 0 ? undefined : dayBefore(daysAgo),
    },
    claims: { roles: ['admin'] },
  });
  expect(status).toBe(201);
}

beforeAll(async () => {
  [server, browser] = await Promise.all([shareServer(), launchBrowser()]);
  await submit(0, 'positive', 'good');
  await submit(1, 'positive', 'good');
  await submit(2, 'negative', 'poor');
  await submit(9, 'positive', 'poor');
});
afterAll(async () => {
  await browser.close();
});

const chart = (page: Page) => page.getByRole('img', { name: /^Bars of entries by day/ });

describe('the overview', () => {
  it('tells numbers that lead to what they count', async () => {
    const { page, complaints } = await openConsole(browser, server);
    await waitForScreen(page, 'Overview');
    await page.getByRole('link', { name: /^Share of positive\s*75%/ }).waitFor();
    await page.getByRole('link', { name: /^Last 7 days\s*3\s*\+200% against/ }).waitFor();
    await page
      .getByRole('region', { name: 'Adapters by share of positive' })
      .getByRole('link', { name: 'good' })
      .waitFor();
    await page.getByRole('row', { name: /^good 100%/ }).waitFor();
    await page.getByRole('link', { name: /^Approved, not yet used/ }).click();
    await waitForScreen(page, 'Feedback');
    expect(new URL(page.url()).searchParams.get('status')).toBe('approved');
    await page.goBack();
    await waitForScreen(page, 'Overview');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('opens the days that a pointer drags over', async () => {
    const { page, complaints } = await openConsole(browser, server, '/console?range=7');
    await page.locator('canvas').waitFor();
    const box = await chart(page).boundingBox();
    if (box === null) throw new Error('The chart has no place on the page');
    // From the middle of the chart to its end, where today is.
    await page.mouse.move(box.x + box.width / 2, box.y + 100);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 20, box.y + 120, { steps: 5 });
    await page.mouse.up();
    await waitForScreen(page, 'Feedback');
    const search = new URL(page.url()).searchParams;
    const today = dayBefore(0).slice(0, 10);
    expect(search.get('until')).toBe(today);
    expect((search.get('since') ?? '') < today).toBe(true);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('opens days by keyboard alone, and has the numbers of the chart as a table', async () => {
    const { page, complaints } = await openConsole(browser, server);
    await page.locator('canvas').waitFor();
    const since = dayBefore(3).slice(0, 10);
    await page.getByRole('button', { name: 'Table' }).focus();
    await page.keyboard.press('Enter');
    const table = page.getByRole('region', { name: 'Day' });
    expect(await table.getByRole('row').count()).toBe(29);
    expect(new URL(page.url()).search).toBe('?look=table');
    await expectAccessible(page);
    await page.getByLabel('From').fill(since);
    await page.getByLabel('To').focus();
    await page.keyboard.press('Enter');
    await waitForScreen(page, 'Feedback');
    expect(new URL(page.url()).searchParams.get('since')).toBe(since);
    await page.goBack();
    await table.getByRole('link').first().waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('draws on a canvas without any style element', async () => {
    const { page, complaints } = await openConsole(browser, server, '/console?range=365');
    await page.locator('canvas').waitFor();
    expect(await page.locator('style').count()).toBe(0);
    const painted = await page.evaluate<boolean>(`(() => {
      const canvas = document.querySelector('canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value) => value > 0);
    })()`);
    expect(painted).toBe(true);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('shows a submitter no numbers of others, and an operator the state of the plugins', async () => {
    const own = await openConsole(browser, server, '/console', { claims: { roles: ['submitter'] } });
    await own.page.getByText('Your token shows your own entries alone').waitFor();
    expect(await own.page.getByText('Share of positive').count()).toBe(0);
    await own.page.getByRole('link', { name: 'Your feedback' }).waitFor();
    expect(own.complaints).toEqual([]);
    await own.page.context().close();
    const operator = await openConsole(browser, server, '/console', {
      claims: { roles: ['reader'], scope: 'server:operate' },
    });
    await operator.page.getByRole('link', { name: /^Failing plugins\s*0/ }).waitFor();
    expect(operator.complaints).toEqual([]);
    await operator.page.context().close();
  });

  it('says why it is empty where nothing was submitted yet', async () => {
    const claims = { org: 'nothing-yet', roles: ['admin'] };
    const { page, complaints } = await openConsole(browser, server, '/console', { claims });
    await page.getByText('No feedback yet').waitFor();
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('keeps what it shows when the server cannot answer, and tries again', async () => {
    const { page } = await openConsole(browser, server, '/console');
    await waitForScreen(page, 'Overview');
    await page.route('**/graphql', (route) => route.fulfill({ status: 503, body: '{}' }));
    await page.getByRole('button', { name: '90 days' }).click();
    await page.getByText('The server cannot do this now').waitFor();
    await page.getByRole('link', { name: /^Share of positive/ }).waitFor();
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Try again' }).click();
    await chart(page).waitFor();
    await page.context().close();
  });

  it.each([
    ['dark', 360],
    ['light', 1280],
  ] as const)('is accessible in %s at %i pixels, without scrolling sideways', async (colorScheme, width) => {
    const context = { colorScheme, viewport: { width, height: 800 } };
    const { page, complaints } = await openConsole(browser, server, '/console', { context });
    await page.locator('canvas').waitFor();
    await waitForScreen(page, 'Overview');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
