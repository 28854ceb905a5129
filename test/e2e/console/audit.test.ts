import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.js';
import { expectAccessible, openConsole, waitForScreen } from '../../support/console.js';
import { shareServer, type SharedServer } from '../../support/server.js';

let server: SharedServer;
let browser: Browser;
let id: string;

/** The entry that was erased. */
let first: string | undefined;

beforeAll(async () => {
  [server, browser] = await Promise.all([shareServer(), launchBrowser()]);
  for (const number of [1, 2, 3]) {
    const { body } = await server.call<{ id: string }>('POST', '/api/v1/llm/feedback', {
      body: {
        type: 'positive',
        question: `How do I enable sharding, ${number}?`,
        answer: 'With SHARD BY.',
        adapter_id: 'a/b %',
      },
      claims: { sub: 'ada', roles: ['admin'] },
    });
    id = body.id;
    first ??= id;
  }
  const reviewed = await server.call('POST', `/api/v1/llm/feedback/review/${id}`, {
    body: { verdict: 'reject' },
    claims: { sub: 'bob', roles: ['admin'] },
  });
  expect(reviewed.status).toBe(200);
  const erasure = 'mutation ($id: ID!) { eraseFeedback(id: $id, reason: "Asked <b>for</b> it") { __typename } }';
  const erased = await server.graphql(erasure, { id: first }, { sub: 'eve', roles: ['admin'] });
  expect(erased.errors).toBeUndefined();
});
afterAll(async () => {
  await browser.close();
});

it('tells who did what when, filtered, with the filter in the address', async () => {
  const { page, complaints } = await openConsole(browser, server, '/console/audit?colour=red');
  await page.getByText('filters that this screen does not know').getByText('colour').waitFor();
  await page.getByRole('row', { name: /bob Reviewed an entry/ }).waitFor();
  await page
    .getByRole('row', { name: /eve Erased an entry/ })
    .getByText('Asked <b>for</b> it')
    .waitFor();
  await expectAccessible(page);
  await page.getByLabel('Who').fill('ada');
  await page
    .getByText('Reviewed an entry', { exact: true })
    .and(page.getByRole('gridcell'))
    .waitFor({ state: 'detached' });
  expect(page.url()).toBe(`${server.url}/console/audit?actor=ada`);
  await page.getByLabel('What').selectOption('Named an adapter');
  await page.getByRole('row', { name: /Named an adapter/ }).waitFor();
  await page.reload();
  await page.getByRole('row', { name: /Named an adapter/ }).waitFor();
  await page.goBack();
  await page
    .getByRole('row', { name: /Submitted an entry/ })
    .first()
    .waitFor();
  await page.getByLabel('Who').fill('nobody');
  await page.getByText('No event matches').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page.getByRole('row', { name: /bob Reviewed an entry/ }).waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

it('leads to the entry as it was then, by keyboard alone', async () => {
  const { page } = await openConsole(browser, server, `/console/audit?node=${id}`);
  await page.getByRole('row', { name: /Submitted an entry/ }).waitFor();
  await page.getByRole('grid').focus();
  await page.keyboard.press('Enter');
  await waitForScreen(page, 'Feedback entry');
  expect(page.url()).toBe(`${server.url}/console/feedback/${id}?version=2`);
  await page.goBack();
  await page.getByRole('row', { name: /Submitted an entry/ }).waitFor();
  await page.context().close();
});

it.each([
  ['dark', 360, 'de-DE'],
  ['light', 2560, 'en-US'],
] as const)('is accessible in %s at %i pixels, in %s', async (colorScheme, width, locale) => {
  const context = { colorScheme, locale, viewport: { width, height: 900 } };
  const { page, complaints } = await openConsole(browser, server, '/console/audit', { context });
  await page.getByRole('grid').waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  await expectAccessible(page);
  expect(complaints).toEqual([]);
  await page.context().close();
});
