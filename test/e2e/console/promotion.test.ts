import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.js';
import { expectAccessible, openConsole, waitForScreen } from '../../support/console.js';
import { shareServer, type SharedServer } from '../../support/server.js';

const ADMIN = { roles: ['admin'] };
const ADAPTERS = '/api/v1/llm/adapters';
const HOSTILE = 'old/100% <b>&"\u202e🦊';
const RULE = { kind: 'metric', metric: 'accuracy', at_least: 0.9 };

let server: SharedServer;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([shareServer(), launchBrowser()]);
  await server.call('PUT', '/api/v1/llm/promotion-rules', { body: { rules: [RULE] }, claims: ADMIN });
  for (const id of ['lora', 'other']) await register(id);
});
afterAll(async () => {
  await browser.close();
});

async function register(id: string, body: object = {}): Promise<void> {
  await server.call('PUT', `${ADAPTERS}/${encodeURIComponent(id)}`, { body, claims: ADMIN });
}

async function force(id: string, stage = 'production'): Promise<void> {
  const { status } = await server.call('POST', `${ADAPTERS}/${encodeURIComponent(id)}/promote`, {
    body: { stage, force: true, reason: `Rollback of **${id}**` },
    claims: ADMIN,
  });
  expect(status).toBe(200);
}

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
  expect(await dialog.getByRole('checkbox', { name: /^Promote although/ }).count()).toBe(0);
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
  await dialog.getByRole('checkbox', { name: /^Freigeben, obwohl/ }).check();
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

it('what it replaces is retired by the same promotion, and each history says who, when, why and by which rules', async () => {
  await register('heir', { version: '7', derived_from: [HOSTILE] });
  await register(HOSTILE, { version: '6' });
  for (const id of ['bystander', HOSTILE]) {
    await register(id);
    await force(id);
  }
  await server.call('POST', `${ADAPTERS}/heir/evaluations`, {
    body: { evaluations: [{ name: 'accuracy', value: 0.97 }] },
    claims: ADMIN,
  });
  const { page, complaints } = await openConsole(browser, server, '/console/adapters/heir?tab=stages', {
    claims: { roles: ['trainer'], sub: 'tina' },
  });
  await waitForScreen(page, 'heir');
  await page.getByText('It was never promoted').waitFor();
  await page.getByRole('button', { name: 'Promote' }).click();
  const dialog = dialogOf(page);
  const others = dialog.getByRole('group', { name: 'Retire in the same change' });
  await others.getByRole('checkbox').first().waitFor();
  // The parent first, whatever else is in production.
  expect(await others.getByRole('checkbox').nth(0).isChecked()).toBe(false);
  expect(await others.locator('label').nth(0).textContent()).toContain('old/100% <b>&"');
  await others.getByRole('checkbox').nth(0).press('Space');
  await expectAccessible(page);
  await dialog.getByLabel('Reason').fill('Better <i>on</i> the benchmark');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('heir is now at the stage “Production”, and 1 adapter is retired').waitFor();

  const row = page.getByRole('row').filter({ hasText: 'tina' });
  await row.getByText('Better <i>on</i> the benchmark').waitFor();
  await row.getByText('1 of 1 rule held').click();
  await row.getByText("'accuracy' is 0.97, at least 0.9 required").waitFor();
  expect(await row.textContent()).toContain('7');
  await expectAccessible(page);

  await page.goto(`${server.url}/console/adapters/${encodeURIComponent(HOSTILE)}?tab=stages`);
  await page.getByRole('row').filter({ hasText: 'tina' }).getByText('Retired').waitFor();
  const forced = page.getByRole('row').filter({ hasText: 'Forced' });
  await forced.getByText('Rollback of **').waitFor();
  await forced.getByText('0 of 1 rule held').waitFor();
  await page.getByRole('link', { name: 'heir' }).first().click();
  await waitForScreen(page, 'heir');
  expect(complaints).toEqual([]);
  await page.context().close();
});

it('a long history is shown page by page, and another version than the promoted one has to pass', async () => {
  await register('often', { version: '1' });
  for (let nth = 0; nth < 14; nth++) {
    await force('often');
    await server.call('POST', `${ADAPTERS}/often/promote`, { body: { stage: 'retired' }, claims: ADMIN });
  }
  await force('often');
  await register('often', { version: '2' });
  const { page, complaints } = await openConsole(browser, server, '/console/adapters/often?tab=stages', {
    context: { viewport: { width: 360, height: 740 }, locale: 'de-DE', colorScheme: 'dark' },
  });
  await waitForScreen(page, 'often');
  await page.locator('main').getByText('mit Version 1').waitFor();
  const rows = page.locator('tbody').getByRole('row');
  expect(await rows.count()).toBe(25);
  await page.getByRole('button', { name: 'Ältere Änderungen zeigen' }).click();
  await rows.nth(28).waitFor();
  expect(await rows.count()).toBe(29);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Freigeben' }).click();
  await dialogOf(page).getByText("No evaluation 'accuracy' of the version '2' was recorded").waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

it('the list shows the adapters at a stage, as the address says', async () => {
  await register('shown');
  await force('shown', 'candidate');
  const { page, complaints } = await openConsole(browser, server, '/console/adapters?view=list');
  const list = page.getByRole('grid');
  await list.getByText('shown').waitFor();
  await page.getByLabel('Stage').selectOption('Candidate');
  await page.waitForURL(/stage=candidate/);
  await expect.poll(() => list.getByRole('row').count()).toBe(2);
  expect(await list.textContent()).toContain('Candidate');
  await expectAccessible(page);
  await page.reload();
  await list.getByText('shown').waitFor();
  expect(await list.getByRole('row').count()).toBe(2);
  await page.getByLabel('Find an adapter').fill('nothing');
  await page.getByText('No adapter at this stage has such an id.').waitFor();
  await page.goto(`${server.url}/console/adapters?view=list&stage=best`);
  await page.getByText('filters that this screen does not know').getByText('stage').waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});
