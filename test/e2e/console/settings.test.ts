import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageVersion } from '../../../src/version.js';
import { launchBrowser } from '../../support/browser.js';
import { expectAccessible, openConsole, waitForScreen } from '../../support/console.js';
import { expectedSignature, startReceiver } from '../../support/receiver.js';
import { shareServer, type SharedServer } from '../../support/server.js';

let server: SharedServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([shareServer(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
});

it('shows the token, the limits in force and the plugins, each at an address of its own', async () => {
  const { page, complaints } = await openConsole(browser, server, '/console/settings', {
    claims: { sub: 'ada', roles: ['admin', 'operator'] },
  });
  await waitForScreen(page, 'Settings');
  await page.getByText('server:operate').waitFor();
  await expectAccessible(page);
  await page.getByRole('tab', { name: 'Server' }).click();
  await page.getByText(packageVersion(), { exact: true }).waitFor();
  await page.getByText('Entries of a training batch').waitFor();
  await expectAccessible(page);
  await page.getByRole('tab', { name: 'Validation plugins' }).click();
  await page.getByText('Takes on average').first().waitFor();
  await expectAccessible(page);
  await page.reload();
  await page.getByText('Takes on average').first().waitFor();
  await page.goBack();
  await page.getByText('Entries of a training batch').waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

it('issues a token that works, shows it once, and revokes it after saying what that does, by keyboard alone', async () => {
  const { page, complaints } = await openConsole(browser, server, '/console/settings?tab=tokens');
  await page.getByLabel('For the user').focus();
  await page.keyboard.press('Enter');
  await page.getByText('Name the user whom the token is for').waitFor();
  await page.keyboard.type('widget-7');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'The token for widget-7' });
  const token = await dialog.getByText(/^[\w-]+\.[\w-]+\.[\w-]+$/).innerText();
  await expectAccessible(page);
  const ask = () =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ viewer { id } }' }),
    });
  expect((await ask()).status).toBe(200);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await page.content()).not.toContain(token);

  await page.getByLabel('User', { exact: true }).focus();
  await page.keyboard.type('widget-7');
  await page.keyboard.press('Enter');
  const confirm = page.getByRole('dialog', { name: 'Revoke these tokens?' });
  await confirm.getByText('widget-7 needs a new one').waitFor();
  await expectAccessible(page);
  await confirm.getByRole('button', { name: 'Revoke for good' }).press('Enter');
  await page.getByText(/Tokens that were issued up to .* are revoked/).waitFor();
  expect((await ask()).status).toBe(401);
  await page.getByRole('link', { name: 'Open the audit log' }).press('Enter');
  await page.getByRole('row', { name: /Revoked tokens/ }).waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
});

it('creates a webhook, shows its secret once, tests it, sends again, disables and deletes it', async () => {
  const receiver = await startReceiver();
  const { page, complaints } = await openConsole(browser, server, '/console/settings?tab=webhooks');
  await page.getByText('No webhooks').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'New webhook' }).click();
  const create = page.getByRole('dialog', { name: 'New webhook' });
  await create.getByLabel('Address').press('Enter');
  await create.getByText('Give the address').waitFor();
  await create.getByLabel('Address').fill('ftp://127.0.0.1/');
  await page.keyboard.press('Enter');
  await create.getByText('must be an http or https URL').waitFor();
  await expectAccessible(page);
  await create.getByLabel('Address').fill(receiver.url);
  await create.getByLabel('Tag', { exact: true }).fill('billing');
  await page.keyboard.press('Enter');
  const shown = page.getByRole('dialog', { name: 'The secret of the webhook' });
  const secret = await shown.getByText(/^whsec_/).innerText();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await shown.waitFor({ state: 'detached' });
  expect(await page.content()).not.toContain(secret);

  const panel = page.getByRole('region', { name: receiver.url });
  await panel.getByText('Sends', { exact: true }).waitFor();
  await panel.getByRole('button', { name: 'Send a test' }).click();
  await panel.getByRole('button', { name: 'Deliveries' }).click();
  const row = panel.getByRole('row', { name: /webhook\.test.*Delivered/ });
  await row.waitFor();
  expect(receiver.received[0]!.headers['webhook-signature']).toBe(expectedSignature(secret, receiver.received[0]!));
  await expectAccessible(page);
  await row.getByRole('button', { name: 'Send again' }).click();
  await expect.poll(() => receiver.received.length).toBe(2);
  expect(receiver.received[1]!.headers['webhook-id']).toBe(receiver.received[0]!.headers['webhook-id']);
  await panel.getByRole('button', { name: 'Rotate secret' }).click();
  await shown.getByText(/^whsec_/).waitFor();
  await shown.getByRole('button', { name: 'Done' }).click();
  await panel.getByRole('button', { name: 'Disable' }).click();
  await panel.getByText('Disabled', { exact: true }).waitFor();
  await panel.getByRole('button', { name: 'Delete' }).click();
  const confirm = page.getByRole('dialog', { name: 'Delete this webhook?' });
  await confirm.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No webhooks').waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
  await receiver.close();
});

it('edits a webhook: what was written stays while it cannot be saved, and overwrites no change of others', async () => {
  const claims = { sub: 'ada', roles: ['admin'], org: 'edits' };
  const url = 'http://127.0.0.1:9/hook';
  const body = { url, events: ['feedback.submitted'], filter: { tag: 'billing' } };
  const made = await server.call<{ id: string }>('POST', '/api/v1/llm/webhooks', { claims, body });
  const { page } = await openConsole(browser, server, '/console/settings?tab=webhooks', { claims });
  let failures = 0;
  await page.route('**/graphql', (route) => {
    const { operationName } = route.request().postDataJSON() as { operationName: string };
    if (operationName !== 'ChangeWebhook' || failures > 0) return route.continue();
    failures += 1;
    return route.fulfill({ status: 503, body: '{}' });
  });
  const panel = page.getByRole('region', { name: url });
  const edit = page.getByRole('dialog', { name: 'Edit the webhook' });
  await panel.getByRole('button', { name: 'Edit' }).press('Enter');
  await expect.poll(() => edit.getByLabel('Tag', { exact: true }).inputValue()).toBe('billing');
  await edit.getByLabel('Tag', { exact: true }).fill('');
  await edit.getByLabel('What it is for').fill('Alerts');
  await edit.getByLabel('training.ready').check();
  await edit.getByLabel('Unused approved entries').fill('0');
  await page.keyboard.press('Enter');
  await edit.getByText('A whole number from 1').waitFor();
  await expectAccessible(page);
  await edit.getByLabel('Adapter that is watched').fill('support-lora');
  await edit.getByLabel('Judgement').selectOption('Negative');
  await edit.getByLabel('Unused approved entries').fill('7');
  await page.keyboard.press('Enter');
  await edit.getByText('The server cannot do this now').waitFor();
  await page.keyboard.press('Enter');
  await edit.waitFor({ state: 'detached' });
  for (const text of ['Alerts', 'Negative', 'feedback.submitted, training.ready', '7 entries of support-lora']) {
    await panel.getByText(text, { exact: true }).waitFor();
  }
  expect(await panel.getByText('billing').count()).toBe(0);

  await panel.getByRole('button', { name: 'Edit' }).click();
  await edit.getByLabel('What it is for').fill('Overwritten');
  const path = `/api/v1/llm/webhooks/${made.body.id}`;
  await server.call('PATCH', path, { claims, body: { description: 'Of somebody else' } });
  await edit.getByRole('button', { name: 'Save' }).click();
  await edit.getByText('has the revision 3, not 2').waitFor();
  await edit.getByRole('button', { name: 'Cancel' }).click();
  await panel.getByText('Of somebody else').waitFor();
  expect((await server.call('GET', path, { claims })).body).toMatchObject({
    description: 'Of somebody else',
    filter: { type: 'negative' },
    training_ready: { adapter_id: 'support-lora', threshold: 7, cooldown_seconds: 3_600 },
  });
  await page.context().close();
});

it('has nothing for a role that may not use it', async () => {
  const { page, complaints } = await openConsole(browser, server, '/console/settings?tab=tokens', {
    claims: { roles: ['submitter'] },
  });
  await page.getByText('filters that this screen does not know').getByText('tab').waitFor();
  expect(await page.getByRole('tab').allTextContents()).toEqual(['Your token']);
  expect(complaints).toEqual([]);
  await page.context().close();
});

it.each([
  ['light', 360, 'en-US'],
  ['dark', 1280, 'de-DE'],
] as const)('is accessible in %s at %i pixels, in %s', async (colorScheme, width, locale) => {
  const context = { colorScheme, locale, viewport: { width, height: 900 } };
  const { page, complaints } = await openConsole(browser, server, '/console/settings?tab=tokens', { context });
  await page.getByRole('tabpanel').getByRole('button').first().waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  await expectAccessible(page);
  expect(complaints).toEqual([]);
  await page.context().close();
});
