import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.js';
import { expectAccessible, openConsole, waitForScreen } from '../../support/console.js';
import { shareServer, type SharedServer } from '../../support/server.js';

const TRAINING = '/api/v1/llm/training/batches';
const HOSTILE = '<img src=x onerror=alert(1)> \u202Eright to left ![pixel](https://example.com/p.png)';

let server: SharedServer;
let browser: Browser;

const submit = (body: object) => server.call('POST', '/api/v1/llm/feedback', { body, claims: { roles: ['admin'] } });

beforeAll(async () => {
  [server, browser] = await Promise.all([shareServer(), launchBrowser()]);
  for (const number of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const question = `How do I enable sharding for collection ${number % 6}?`;
    const answer = number === 1 ? `Answer: ${HOSTILE}` : `Answer ${number}: with SHARD BY and a field.`;
    const type = number % 4 === 0 ? 'negative' : 'positive';
    const correction = number === 4 ? 'With a shard key of the collection.' : undefined;
    await submit({ type, question, answer, correction, adapter_id: 'help/lora 100%', user_id: `user-${number}` });
  }
});
afterAll(async () => {
  await browser.close();
});

async function claim(limit: number): Promise<number> {
  const { body } = await server.call<{ training_batch_id: number }>('POST', TRAINING, {
    body: { filter: {}, limit },
    claims: { roles: ['admin'] },
  });
  return body.training_batch_id;
}

const release = (number: number) =>
  server.call('POST', `${TRAINING}/${number}/release`, { body: {}, claims: { roles: ['admin'] } });

/** Browsers that write to the disk ask where in a window of their own; this one has none. */
async function withoutFilePicker(page: Page): Promise<void> {
  await page.evaluate('delete window.showSaveFilePicker');
}

describe('the wizard', () => {
  it('claims what it has shown, by mouse, and comes back to each step', async () => {
    const { page, complaints } = await openConsole(browser, server, '/console/training');
    await page.getByText('No training batches yet').waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: 'New batch' }).click();
    await waitForScreen(page, 'New training batch');
    await page.getByLabel('Adapter', { exact: true }).fill('help/lora 100%');
    await page.getByLabel('At most so many entries').fill('5');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('5 entries fit').waitFor();
    await page.getByRole('heading', { name: 'Balance' }).waitFor();
    await expectAccessible(page);
    await page.reload();
    await page.getByText('5 entries fit').waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByLabel('Percent held out').fill('90');
    await page.getByText('From 0 to 50.').waitFor();
    await page.getByLabel('Percent held out').fill('0');
    await page.getByText('5 entries for training, 0 held out').waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.goBack();
    await page.getByLabel('Percent held out').waitFor();
    await page.goForward();
    await page.getByRole('button', { name: 'Claim entries' }).click();
    await waitForScreen(page, 'Training batch 1');
    await page.getByText('Open', { exact: true }).waitFor();
    await expectAccessible(page);
    await page.goBack();
    await waitForScreen(page, 'New training batch');
    expect(complaints).toEqual([]);
    await page.context().close();
    await release(1);
  });

  it('is used by keyboard alone, and claims once although the answer was lost', async () => {
    const { page } = await openConsole(browser, server, '/console/training');
    await waitForScreen(page, 'Training');
    await page.keyboard.press('n');
    await waitForScreen(page, 'New training batch');
    await page.getByLabel('At most so many entries').focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('2');
    for (const text of ['2 entries fit', 'Percent held out', 'Hours of the lease']) {
      await page.keyboard.press('Control+Enter');
      await page.getByText(text).waitFor();
    }
    let lost = 0;
    await page.route('**/graphql', async (route) => {
      const isClaim = route.request().postData()?.includes('mutation CreateTrainingBatch') === true;
      if (!isClaim || lost > 0) return route.fallback();
      lost += 1;
      await route.fetch();
      return route.fulfill({ status: 503, json: { error: 'Unavailable' } });
    });
    await page.keyboard.press('Control+Enter');
    await page.getByText('The server cannot do this now').waitFor();
    await page.getByRole('button', { name: 'Try again' }).press('Enter');
    await waitForScreen(page, 'Training batch 2');
    expect(lost).toBe(1);
    await page.context().close();
    await release(2);
  });
});

describe('a batch', () => {
  it('shows its rows, and downloads a file whose checksum holds', async () => {
    const number = await claim(6);
    const path = `/console/training/${number}?tab=rows&format=trl_kto&colour=red`;
    const { page, complaints } = await openConsole(browser, server, path);
    await page.getByText('filters that this screen does not know').getByText('colour').waitFor();
    await page.getByText('"completion"').first().waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    await expectAccessible(page);
    await withoutFilePicker(page);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`batch-${number}-trl-kto-train.jsonl`);
    await page.getByText(/^[1-9]\d* rows?, [\d.]+ k?B\. /).waitFor();
    await page.getByText('The checksum is the one of the manifest').waitFor();
    const content = await readFile(await download.path());
    await page.getByText(`SHA-256 ${hash('sha256', content)}`).waitFor();
    await page.getByText('Exported', { exact: true }).waitFor();
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await page.context().close();
    await release(number);
  });

  it('tells how far the server is with it, until it is done', async () => {
    const number = await claim(2);
    const { page, complaints } = await openConsole(browser, server, '/console/training');
    await waitForScreen(page, 'Training');
    let isDone = false;
    await page.route('**/graphql', async (route) => {
      if (isDone || route.request().postData()?.includes('query Batch(') !== true) return route.fallback();
      const response = await route.fetch();
      const answer = (await response.json()) as { data: { trainingBatch: object } };
      const trainingBatch = {
        ...answer.data.trainingBatch,
        state: 'CLAIMING',
        progress: { __typename: 'TrainingProgress', done: 160, total: 42_000 },
      };
      return route.fulfill({ response, json: { data: { trainingBatch } } });
    });
    await page.getByText(`Batch ${number}`, { exact: true }).click();
    await page.getByText('160 of 42,000 entries').waitFor();
    expect(await page.getByRole('progressbar', { name: 'Claiming' }).getAttribute('value')).toBe('160');
    await expectAccessible(page);
    isDone = true;
    await page.getByText('Open', { exact: true }).waitFor();
    expect(await page.getByRole('progressbar').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
    await release(number);
  });

  it('writes a file to the disk as it comes, and keeps none whose bytes are others', async () => {
    const number = await claim(4);
    const { page } = await openConsole(browser, server, `/console/training/${number}?tab=rows`);
    await page.getByText('"completion"').first().waitFor();
    await page.evaluate(`window.showSaveFilePicker = async ({ suggestedName }) =>
      (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true })`);
    const sizeOf = () =>
      page.evaluate<number>(`navigator.storage.getDirectory()
        .then((directory) => directory.getFileHandle('batch-${number}-trl-sft-train.jsonl'))
        .then((file) => file.getFile()).then(({ size }) => size)`);
    await page.route('**/export?*', (route) => route.fulfill({ body: 'other bytes' }));
    await page.getByRole('button', { name: 'Download' }).click();
    await page.getByText('The checksum is not the one of the manifest').waitFor();
    expect(await sizeOf()).toBe(0);
    await page.unroute('**/export?*');
    await page.getByRole('button', { name: 'Download' }).click();
    await page.getByText('The checksum is the one of the manifest').waitFor();
    expect(await sizeOf()).toBeGreaterThan(100);
    await page.context().close();
    await release(number);
  });

  it('is committed once: another who tries is told what has happened', async () => {
    const number = await claim(3);
    const { page } = await openConsole(browser, server, `/console/training/${number}`);
    await page.getByRole('button', { name: 'Renew lease' }).click();
    await page.getByRole('dialog').getByLabel('Hours from now').fill('48');
    await page.getByRole('dialog').getByRole('button', { name: 'Renew lease' }).click();
    await page.getByText('The lease was renewed').waitFor();
    await page.getByRole('button', { name: 'Commit' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('This cannot be undone').waitFor();
    await dialog.getByRole('button', { name: 'Commit for good' }).click();
    await dialog.getByText('Name the adapter').waitFor();
    await expectAccessible(page);
    await dialog.getByLabel('Produced adapter').fill('mine');
    await dialog.getByLabel('Metrics').fill('loss = 0.4');
    // Somebody else is faster, while the dialog is open.
    await server.call('POST', `${TRAINING}/${number}/commit`, {
      body: { produced_adapter: 'theirs' },
      claims: { roles: ['admin'] },
    });
    await dialog.getByRole('button', { name: 'Commit for good' }).click();
    await dialog.getByText(/was committed .* for the adapter theirs/).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Committed', { exact: true }).first().waitFor();
    expect(await page.getByRole('button', { name: 'Commit' }).count()).toBe(0);
    await page.getByRole('tab', { name: 'Outcome' }).click();
    await page.getByRole('row', { name: /For training/ }).waitFor();
    expect(page.url()).toContain('tab=outcome');
    await expectAccessible(page);
    await page.context().close();
  });

  it('changes under the eyes of those who look at it, and at the list of all', async () => {
    const number = await claim(1);
    const { page, complaints } = await openConsole(browser, server, `/console/training/${number}`);
    await page.getByText('Open', { exact: true }).waitFor();
    await release(number);
    await page.getByText('Released', { exact: true }).waitFor();
    await page.getByText('The entries are not held any more').waitFor();
    await page.getByRole('link', { name: 'Training' }).click();
    await page.getByRole('row', { name: `Batch ${number}` }).waitFor();
    const next = await claim(1);
    await page.getByText('1 new batch since then').waitFor();
    await page.getByRole('button', { name: 'Show' }).click();
    await page
      .getByRole('row', { name: `Batch ${next}` })
      .getByText('Open')
      .waitFor();
    await release(next);
    await page
      .getByRole('row', { name: `Batch ${next}` })
      .getByText('Released')
      .waitFor();
    await page.keyboard.press('o');
    await waitForScreen(page, `Training batch ${next}`);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('is read by readers, who have no control that they may not use', async () => {
    const { page, complaints } = await openConsole(browser, server, '/console/training/1', {
      claims: { roles: ['reader'] },
    });
    await page.getByText('About this batch').waitFor();
    expect(await page.getByRole('tab').count()).toBe(0);
    expect(await page.getByRole('button', { name: /Commit|Release|Renew/ }).count()).toBe(0);
    await page.goto(`${server.url}/console/training/99999999999`);
    await page.getByText('This batch does not exist').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it.each([
    ['light', 360, 'en-US'],
    ['dark', 1280, 'de-DE'],
  ] as const)('is accessible in %s at %i pixels, in %s', async (colorScheme, width, locale) => {
    const context = { colorScheme, locale, viewport: { width, height: 800 } };
    const { page, complaints } = await openConsole(browser, server, '/console/training/3', { context });
    await page.getByRole('tab').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await expectAccessible(page);
    await page.goto(`${server.url}/console/training`);
    await page.getByRole('grid').waitFor();
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
