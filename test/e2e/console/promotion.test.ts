import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.js';
import { expectAccessible, openConsole, waitForScreen } from '../../support/console.js';
import { shareServer, type SharedServer } from '../../support/server.js';

const ADMIN = { roles: ['admin'] };
const RULE = { kind: 'metric', metric: 'accuracy', at_least: 0.9 };

let server: SharedServer;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([shareServer(), launchBrowser()]);
  await server.call('PUT', '/api/v1/llm/promotion-rules', { body: { rules: [RULE] }, claims: ADMIN });
  for (const id of ['lora', 'other'])
    await server.call('PUT', `/api/v1/llm/adapters/${id}`, { body: {}, claims: ADMIN });
});
afterAll(async () => {
  await browser.close();
});

const dialogOf = (page: Page) => page.getByRole('dialog', { name: /^(Stage of|Stufe von)/ });

it('an adapter is promoted once its rules hold, which the dialog shows one by one', async () => {
  const { page, complaints } = await openConsole(browser, server, '/console/adapters/lora', {
    claims: { roles: ['trainer'] },
  });
  await waitForScreen(page, 'lora');
  await page.getByRole('button', { name: 'Promote' }).click();
  const dialog = dialogOf(page);
  await dialog.getByText("No evaluation 'accuracy' was recorded").waitFor();
  await dialog.getByText('A rule does not hold, so the stage cannot be changed.').waitFor();
  expect(await dialog.getByRole('button', { name: 'Change stage' }).isDisabled()).toBe(true);
  expect(await dialog.getByRole('checkbox').count()).toBe(0);
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  await server.call('POST', '/api/v1/llm/adapters/lora/evaluations', {
    body: { evaluations: [{ name: 'accuracy', value: 0.95 }] },
    claims: ADMIN,
  });
  await page.getByRole('button', { name: 'Promote' }).press('Enter');
  await dialog.getByText("'accuracy' is 0.95, at least 0.9 required").waitFor();
  await dialog.getByLabel('Reason').fill('Better on the benchmark');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.locator('main').getByText('Production', { exact: true }).waitFor();
  await page.reload();
  await page.locator('main').getByText('Production', { exact: true }).waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

it('who may, promotes against the rules with a reason, in German, too', async () => {
  const { page, complaints } = await openConsole(browser, server, '/console/adapters/other', {
    context: { viewport: { width: 360, height: 740 }, locale: 'de-DE' },
  });
  await waitForScreen(page, 'other');
  await page.getByRole('button', { name: 'Freigeben' }).click();
  const dialog = dialogOf(page);
  await dialog.getByRole('checkbox').check();
  await dialog.getByRole('button', { name: 'Stufe ändern' }).click();
  await dialog.getByText('Gegen die Regeln braucht es einen Grund').waitFor();
  await expectAccessible(page);
  await dialog.getByLabel('Grund').fill('Nach einem Ausfall');
  await dialog.getByRole('button', { name: 'Stufe ändern' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.locator('main').getByText('Produktion', { exact: true }).waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

it('who may not write adapters has no button', async () => {
  const { page } = await openConsole(browser, server, '/console/adapters/other', { claims: { roles: ['member'] } });
  await waitForScreen(page, 'other');
  expect(await page.getByRole('button', { name: 'Promote' }).count()).toBe(0);
  await page.context().close();
});
