import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.js';
import { expectAccessible, openConsole, waitForScreen } from '../../support/console.js';
import { shareServer, type SharedServer } from '../../support/server.js';

const HOSTILE = '=HYPERLINK("https://example.com") <img src=x onerror=alert(1)> \u202eevil\u200b';

let server: SharedServer;
let browser: Browser;

/** Oldest first: 130 entries, more than a page of the list. */
beforeAll(async () => {
  [server, browser] = await Promise.all([shareServer(), launchBrowser()]);
  const entries = Array.from({ length: 130 }, (_, place) => ({
    type: place % 3 === 0 ? 'negative' : 'positive',
    question: place === 129 ? `${HOSTILE}?` : `Question ${place}: how do I enable sharding for the cluster?`,
    answer: 'With the clause SHARD BY and the name of a field.',
    tags: [place % 2 === 0 ? 'even' : 'odd'],
    adapter_id: place < 10 ? 'lora/ü 🦙' : 'lora',
    model_version: 'llama-2-7b',
    user_id: `user-${place}`,
  }));
  const { status } = await server.call('POST', '/api/v1/llm/feedback/batch', { body: { feedback: entries } });
  expect(status).toBeLessThan(300);
});
afterAll(async () => {
  await browser.close();
});

const facet = (page: Page, group: string, value: string) =>
  page
    .getByRole('complementary', { name: 'Filters' })
    .getByRole('region', { name: group })
    .getByRole('button', { name: value });
const rows = (page: Page) => page.getByRole('grid').getByRole('row');
const entries = (page: Page, text: string) => page.getByRole('status').getByText(text, { exact: true }).waitFor();

describe('narrowing the list', () => {
  it('by mouse: facets with counts, a range of days and what takes each away, all of it in the address', async () => {
    const { page, complaints } = await openConsole(browser, server, '/console/feedback?colour=red');
    await waitForScreen(page, 'Feedback');
    await page.getByText('filters that this screen does not know').getByText('colour').waitFor();
    await entries(page, '130 entries');
    await facet(page, 'Tag', 'even').getByText('65').waitFor();
    await facet(page, 'Judgement', 'Negative').click();
    await entries(page, '44 entries');
    await facet(page, 'Tag', 'even').getByText('22').waitFor();
    await facet(page, 'Adapter', 'lora/ü 🦙').click();
    await entries(page, '4 entries');
    expect(page.url()).toBe(`${server.url}/console/feedback?type=negative&adapter=lora%2F%C3%BC+%F0%9F%A6%99`);
    await page.reload();
    await entries(page, '4 entries');
    await page.getByLabel('To', { exact: true }).last().fill('2020-02-01');
    await page.getByText('No entry matches').waitFor();
    expect(new URL(page.url()).searchParams.get('until')).toBe('2020-02-01');
    await page.goBack();
    await entries(page, '4 entries');
    await page.getByRole('button', { name: 'Remove the filter Judgement: Negative' }).click();
    await entries(page, '10 entries');
    await page.getByRole('button', { name: 'Clear all' }).click();
    await entries(page, '130 entries');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('by keyboard: search, another filter, and a range that is selected', async () => {
    const { page, complaints } = await openConsole(browser, server, '/console/feedback');
    await waitForScreen(page, 'Feedback');
    await page.keyboard.press('f');
    const dialog = page.getByRole('dialog', { name: 'Add a filter' });
    await dialog.getByLabel('Filter by').selectOption('Score');
    await dialog.getByLabel('Value').fill('rating');
    await page.keyboard.press('Enter');
    await dialog.getByText('Write a name').waitFor();
    await dialog.getByLabel('Filter by').selectOption('User');
    await dialog.getByLabel('Value').fill('user-7');
    await page.keyboard.press('Enter');
    await entries(page, '1 entry');
    await page.goBack();
    await entries(page, '130 entries');
    await rows(page).nth(5).waitFor();
    for (const key of ['j', 'x', 'j', 'j', 'Shift+X']) await page.keyboard.press(key);
    const bar = page.getByRole('toolbar', { name: 'Selection' });
    await bar.getByText('3 selected').waitFor();
    await page.keyboard.press('Shift+A');
    await bar.getByText('All 130 that match are selected').waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await entries(page, '130 entries');
    await page.keyboard.press('/');
    await page.keyboard.type('no such x word');
    await page.getByText('No entry matches').waitFor();
    expect(new URL(page.url()).searchParams.get('q')).toBe('no such x word');
    await page.goBack();
    await entries(page, '130 entries');
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('saved views', () => {
  it('are saved, opened, changed and deleted', async () => {
    const { page, complaints } = await openConsole(browser, server, '/console/feedback?tag=odd&order=asc');
    await waitForScreen(page, 'Feedback');
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Tags' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('columnheader', { name: 'Tags' }).waitFor();
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitem', { name: 'Save as a view' }).click();
    await page.getByLabel('Name').fill('Odd ones');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'View: Odd ones' }).waitFor();

    await page.getByRole('button', { name: 'Clear all' }).click();
    await page.getByRole('button', { name: 'View: Odd ones (changed)' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Odd ones' }).click();
    await entries(page, '65 entries');
    const shown = new URL(page.url()).searchParams;
    expect([shown.get('tag'), shown.get('order'), shown.get('columns')?.split(',').includes('tags')]).toEqual([
      'odd',
      'asc',
      true,
    ]);
    await page.reload();
    await page.getByRole('button', { name: 'View: Odd ones' }).click();
    await page.getByRole('menuitem', { name: 'Delete the view' }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Views' }).waitFor();
    expect(new URL(page.url()).searchParams.get('view')).toBeNull();
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('a long list', () => {
  it('keeps its rows where the next page fails, and goes on from there', async () => {
    const { page } = await openConsole(browser, server, '/console/feedback');
    let failures = 0;
    await page.route('**/graphql', async (route) => {
      const { operationName, variables } = route.request().postDataJSON() as {
        operationName: string;
        variables: { after?: string | null };
      };
      if (operationName !== 'FeedbackPage' || variables.after == null || failures > 0) return route.continue();
      failures += 1;
      return route.fulfill({ status: 503, body: '{}' });
    });
    await page.reload();
    await page.getByRole('grid').focus();
    await page.keyboard.press('End');
    const alert = page.getByRole('grid').getByRole('alert');
    await alert.getByText('The server cannot do this now').waitFor();
    expect(await rows(page).count()).toBeGreaterThan(10);
    await alert.getByRole('button', { name: 'Try again' }).click();
    await alert.waitFor({ state: 'detached' });
    await page.getByRole('grid').focus();
    await page.keyboard.press('End');
    await rows(page).filter({ hasText: 'Question 0:' }).waitFor();
    await page.context().close();
  });

  it('shows only the questions while it is scrolled fast, and the rest once it stands still', async () => {
    const { page } = await openConsole(browser, server, '/console/feedback');
    await rows(page).nth(5).waitFor();
    const grid = page.getByRole('grid');
    const flight = `(async (element) => {
      const drawn = [];
      for (let frame = 0; frame < 6; frame += 1) {
        element.scrollTop += element.clientHeight * 0.75;
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        const all = [...element.querySelectorAll('[role=rowgroup] [role=row]')];
        if (all.some((row) => row.textContent === '')) throw new Error('A row is empty');
        drawn.push(Math.max(...all.map((row) => row.querySelectorAll('[role=gridcell]').length)));
      }
      return drawn;
    })(document.querySelector('[role=grid]'))`;
    const cells = await page.evaluate<readonly number[]>(flight);
    // The box to select it, and the question.
    expect(cells.at(-1)).toBe(2);
    await rows(page).getByText('Approved').nth(5).waitFor();
    await grid.focus();
    await page.keyboard.press('Home');
    await rows(page).filter({ hasText: 'Question 128:' }).getByText('Approved').waitFor();
    await page.context().close();
  });

  it('counts what arrives, and shows it when somebody asks for it', async () => {
    const claims = { roles: ['admin'], org: 'live' };
    const submit = (question: string) =>
      server.call<{ id: string }>('POST', '/api/v1/llm/feedback', {
        body: { type: 'positive', question, answer: 'With the clause SHARD BY.' },
        claims,
      });
    const { body } = await submit('What was there before, of all things?');
    const { page, complaints } = await openConsole(browser, server, '/console/feedback', { claims });
    await rows(page).filter({ hasText: 'What was there before' }).waitFor();
    // Whether the subscriptions have begun cannot be seen: a decision is repeated until it shows.
    for (let isShown = false, verdict = 'reject'; !isShown; verdict = verdict === 'reject' ? 'approve' : 'reject') {
      const path = `/api/v1/llm/feedback/review/${body.id}`;
      await server.call('POST', path, { body: { verdict }, claims });
      const status = verdict === 'reject' ? 'Rejected' : 'Approved';
      isShown = await rows(page)
        .getByText(status)
        .waitFor({ timeout: 1_000 })
        .then(
          () => true,
          () => false,
        );
    }
    await submit('What has arrived just now, pray?');
    await page.getByText('1 new entry').waitFor();
    expect(await rows(page).filter({ hasText: 'What has arrived' }).count()).toBe(0);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await rows(page).filter({ hasText: 'What has arrived' }).waitFor();
    await page.getByText('1 new entry').waitFor({ state: 'hidden' });
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('many entries', () => {
  it('are changed at once after a preview of how many that touches, and changed back by one undo', async () => {
    const { page, complaints } = await openConsole(browser, server, '/console/feedback?tag=even&type=negative');
    await entries(page, '22 entries');
    await rows(page).nth(3).waitFor();
    await page.keyboard.press('Shift+A');
    await page.keyboard.press('t');
    const dialog = page.getByRole('dialog', { name: 'Tag the selected entries' });
    await dialog.getByLabel('Add tags').fill('even, seen');
    await page.keyboard.press('Enter');
    await dialog.getByText('22 of 22 entries change.').waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Tag 22' }).click();
    await page.getByText('22 entries tagged').waitFor();
    await facet(page, 'Tag', 'seen').getByText('22').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('22 entries are as before').waitFor();
    await facet(page, 'Tag', 'seen').waitFor({ state: 'detached' });

    await page.keyboard.press('Escape');
    await rows(page).nth(1).getByRole('checkbox').check();
    await rows(page)
      .nth(3)
      .getByRole('checkbox')
      .click({ modifiers: ['Shift'] });
    await page.getByRole('toolbar', { name: 'Selection' }).getByRole('button', { name: 'Reject' }).click();
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('3 of 3 entries change.').waitFor();
    await page.getByRole('button', { name: 'Reject 3' }).click();
    await page.getByText('3 entries rejected').waitFor();
    await rows(page).nth(3).getByText('Rejected').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('cannot be changed by who may only read', async () => {
    const { page } = await openConsole(browser, server, '/console/feedback', { claims: { roles: ['reader'] } });
    await rows(page).nth(1).getByRole('checkbox').check();
    const bar = page.getByRole('toolbar', { name: 'Selection' });
    await bar.getByText('1 selected').waitFor();
    expect(await bar.getByRole('button', { name: /^(?:Approve|Reject|Tag|Link)$/ }).count()).toBe(0);
    await page.context().close();
  });
});

describe('an export', () => {
  const saved = async (page: Page, item: string): Promise<string> => {
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: item }).click();
    return readFile(await (await download).path(), 'utf8');
  };

  it('has the entries that match or are selected, and nothing that a spreadsheet runs', async () => {
    const { page, complaints } = await openConsole(browser, server, '/console/feedback?tag=odd');
    await entries(page, '65 entries');
    await page.getByRole('button', { name: 'Export' }).click();
    const lines = (await saved(page, 'JSONL')).trimEnd().split('\n');
    const documents = lines.map((line) => JSON.parse(line) as { id: string; question: string; tags: string[] });
    expect([documents.length, new Set(documents.map(({ id }) => id)).size]).toEqual([65, 65]);
    expect(documents[0]).toMatchObject({ question: `${HOSTILE}?`, tags: ['odd'] });
    await page.getByText('65 entries exported').waitFor();

    await rows(page).nth(1).getByRole('checkbox').check();
    await page.getByRole('toolbar', { name: 'Selection' }).getByRole('button', { name: 'Export' }).click();
    const csv = await saved(page, 'CSV');
    expect(csv.split('\r\n')).toHaveLength(3);
    expect(csv).toContain(`"'=HYPERLINK(""https://example.com"")`);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('the screen', () => {
  it('leaves out what a submitter may not see', async () => {
    const claims = { roles: ['submitter'], sub: 'submits nothing' };
    const { page, complaints } = await openConsole(browser, server, '/console/feedback', { claims });
    await page.getByText('No feedback yet').waitFor();
    expect(await page.getByRole('button', { name: 'Views' }).count()).toBe(0);
    expect(await page.getByRole('region', { name: 'Adapter' }).count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it.each([
    ['dark', 360, 'en-US'],
    ['light', 360, 'de-DE'],
    ['dark', 1280, 'de-DE'],
    ['light', 2560, 'en-US'],
  ] as const)(
    'is accessible in %s at %i pixels, in %s, with its filters and dialogs',
    async (colorScheme, width, locale) => {
      const context = { colorScheme, locale, viewport: { width, height: 800 } };
      const { page, complaints } = await openConsole(browser, server, '/console/feedback?type=positive&order=desc', {
        context,
      });
      await page.getByRole('grid').waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      await expectAccessible(page);
      if (width < 1024) {
        await page
          .getByRole('button', { name: 'Filter', exact: true })
          .or(page.getByRole('button', { name: 'Filters', exact: true }))
          .click();
        await page
          .getByRole('dialog')
          .getByRole('button', { name: /Rejected|Abgelehnt/ })
          .waitFor();
        await expectAccessible(page);
      }
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );
});
