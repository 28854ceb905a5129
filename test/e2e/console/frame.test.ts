import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openWatched } from '../../support/browser.js';
import { expectAccessible, focusedText, openConsole, waitForScreen } from '../../support/console.js';
import { shareServer, type SharedServer } from '../../support/server.js';

let server: SharedServer;
let browser: Browser;
const ids: string[] = [];

beforeAll(async () => {
  [server, browser] = await Promise.all([shareServer(), launchBrowser()]);
  for (const [number, type] of (['positive', 'negative', 'positive'] as const).entries()) {
    const { body } = await server.call<{ id: string }>('POST', '/api/v1/llm/feedback', {
      body: {
        type,
        question: `Question ${number}: how do I enable sharding?`,
        answer: `Answer ${number}: with **SHARD BY** and a field. ![tracker](https://example.com/pixel.png) <b>no</b>`,
        adapter_id: 'help/lora 100%',
      },
    });
    ids.unshift(body.id);
  }
});
afterAll(async () => {
  await browser.close();
});

describe('signing in', () => {
  it('by a link takes the token out of the address, and comes to where the link leads', async () => {
    const { page, complaints } = await openConsole(browser, server, '/console/feedback?status=approved');
    await waitForScreen(page, 'Feedback');
    expect(page.url()).toBe(`${server.url}/console/feedback?status=approved`);
    await page.reload();
    await waitForScreen(page, 'Feedback');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('with a pasted token shows the screen that was asked for, and signing out leaves no trace', async () => {
    const { page, complaints } = await openWatched(browser, server.url, { locale: 'en-US' });
    await page.goto(`${server.url}/console/feedback`);
    await page.getByLabel('Token').waitFor();
    await expectAccessible(page);
    await page.getByLabel('Token').fill(`Bearer ${server.token({ sub: 'ada', roles: ['reviewer'] })}`);
    await page.keyboard.press('Enter');
    await waitForScreen(page, 'Feedback');
    await page.evaluate(`sessionStorage.setItem('feedback-graph:draft', 'a text')`);
    await page.getByRole('button', { name: 'Account: ada' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByLabel('Token').waitFor();
    expect(await page.evaluate('[...Object.keys(sessionStorage), ...Object.keys(localStorage)]')).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('lets requests wait that are one too many for the limits, as long as the server says', async () => {
    const { page } = await openConsole(browser, server, '/console');
    await waitForScreen(page, 'Overview');
    await page.clock.install();
    let refused = 0;
    await page.route('**/graphql', async (route) => {
      if (refused > 0) return route.fallback();
      refused += 1;
      return route.fulfill({ status: 429, headers: { 'retry-after': '12' }, json: { error: 'Too Many Requests' } });
    });
    const response = page.waitForResponse('**/graphql');
    await page.getByRole('link', { name: 'Feedback' }).click();
    await response;
    await page.clock.runFor(12_000);
    await page.getByRole('row', { name: 'Question 0' }).waitFor();
    expect(refused).toBe(1);
    await page.context().close();
  });

  it('is asked for again once the server refuses the token, at the same place', async () => {
    const claims = { sub: 'leaver', roles: ['reviewer'] };
    const { page } = await openConsole(browser, server, '/console', { claims });
    await waitForScreen(page, 'Overview');
    const revoked = await server.call('POST', '/api/v1/llm/tokens/revoke', {
      body: { sub: 'leaver' },
      claims: { roles: ['admin'] },
    });
    expect(revoked.status).toBe(200);
    await page.getByRole('link', { name: 'Feedback' }).click();
    await page.getByText('You have been signed out').waitFor();
    await page.getByLabel('Token').fill(server.token({ sub: 'somebody else', roles: ['reviewer'] }));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await waitForScreen(page, 'Feedback');
    await page.context().close();
  });

  it('with a token that does not hold says so', async () => {
    const { page } = await openWatched(browser, server.url, { locale: 'en-US' });
    await page.goto(`${server.url}/console#token=nonsense`);
    await page.getByText('The server does not take this token').waitFor();
    await expectAccessible(page);
    await page.context().close();
  });
});

describe('the frame', () => {
  it('shows the screens that the role allows, and no others', async () => {
    const screensFor = async (roles: string[]): Promise<string[]> => {
      const { page } = await openConsole(browser, server, '/console', { claims: { roles } });
      const names = await page.getByRole('navigation', { name: 'Screens' }).getByRole('link').allTextContents();
      await page.context().close();
      return names;
    };
    expect(await screensFor(['admin'])).toEqual([
      'Overview',
      'Feedback',
      'Review',
      'Adapters',
      'Training',
      'Audit',
      'Settings',
    ]);
    expect(await screensFor(['submitter'])).toEqual(['Overview', 'Feedback', 'Settings']);
    const { page } = await openConsole(browser, server, '/console/audit', { claims: { roles: ['reader'] } });
    await waitForScreen(page, 'There is no such screen');
    await page.context().close();
  });

  it('has the code of the other screens before somebody opens one', async () => {
    const { page, complaints } = await openConsole(browser, server, '/console/feedback');
    await waitForScreen(page, 'Feedback');
    const isThere = `performance.getEntriesByType('resource').some(({ name }) => /\\/settings-[^/]+\\.js$/.test(name))`;
    while (!(await page.evaluate<boolean>(isThere)));
    await page.route('**/console/assets/**', (route) => route.abort());
    await page.getByRole('link', { name: 'Audit', exact: true }).click();
    await waitForScreen(page, 'Audit');
    await page.getByRole('link', { name: 'Settings', exact: true }).click();
    await waitForScreen(page, 'Settings');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('shows a screen as soon as its code is there: it waits for no clock', async () => {
    const { page, complaints } = await openConsole(browser, server, '/console/audit');
    await waitForScreen(page, 'Audit');
    await page.clock.pauseAt(Date.now() + 60_000);
    await page.reload();
    await waitForScreen(page, 'Audit');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('is used by keyboard alone: skip link, palette, keys of the screen, rows', async () => {
    const { page, complaints } = await openConsole(browser, server);
    await waitForScreen(page, 'Overview');
    await page.keyboard.press('Tab');
    expect(await focusedText(page)).toBe('Skip to the content');

    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Go to …' }).waitFor();
    await expectAccessible(page);
    await page.keyboard.type('feed');
    await page.keyboard.press('Enter');
    await waitForScreen(page, 'Feedback');
    expect(await focusedText(page)).toBe('Feedback');

    await page.keyboard.press('?');
    const keys = page.getByRole('dialog', { name: 'Keys of this screen' });
    await keys.getByText('Next row').waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await keys.waitFor({ state: 'detached' });

    await page.keyboard.press('j');
    await page.keyboard.press('o');
    await waitForScreen(page, 'Feedback entry');
    expect(page.url()).toBe(`${server.url}/console/feedback/${ids[1] ?? ''}`);
    await page.goBack();
    await waitForScreen(page, 'Feedback');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('finds what an id names, with slashes and percent signs in it', async () => {
    const { page, complaints } = await openConsole(browser, server);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('help/lora 100%');
    await page.keyboard.press('Enter');
    await waitForScreen(page, 'help/lora 100%');
    expect(page.url()).toBe(`${server.url}/console/adapters/help%2Flora%20100%25`);
    await page.reload();
    await waitForScreen(page, 'help/lora 100%');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('speaks German, and is light or dark as somebody chose, after a reload, too', async () => {
    const { page, complaints } = await openConsole(browser, server, '/console/feedback');
    await page.getByRole('button', { name: /^Account/ }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Dark' }).click();
    await page.getByRole('button', { name: /^Account/ }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Deutsch' }).click();
    await page.getByRole('link', { name: 'Prüfung' }).waitFor();
    await page.reload();
    await waitForScreen(page, 'Feedback');
    await page.getByRole('link', { name: 'Prüfung' }).waitFor();
    expect(await page.evaluate('document.documentElement.lang')).toBe('de');
    expect(await page.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe('dark');
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it.each([
    ['light', 360],
    ['dark', 360],
    ['light', 1280],
    ['dark', 2560],
  ] as const)('is accessible in %s at %i pixels, without scrolling sideways', async (colorScheme, width) => {
    const context = { colorScheme, viewport: { width, height: 800 } };
    const { page, complaints } = await openConsole(browser, server, '/console/feedback', { context });
    await waitForScreen(page, 'Feedback');
    await page.getByRole('grid').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('the bar of a narrow window', () => {
  const context = { viewport: { width: 360, height: 740 } };

  it('has the palette and a sheet with everything else, and never scrolls sideways', async () => {
    const { page, complaints } = await openConsole(browser, server, '/console', { context });
    await waitForScreen(page, 'Overview');
    const bar = page.getByRole('navigation', { name: 'Screens' });
    expect(await bar.getByRole('link').allTextContents()).toEqual(['Overview', 'Feedback', 'Review']);
    const tooWide =
      '[...document.querySelectorAll("nav, nav a")].filter((each) => each.scrollWidth > each.clientWidth)';
    expect(await page.evaluate(`${tooWide}.length`)).toBe(0);

    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('dialog', { name: 'Go to …' }).waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'More' }).click();
    const sheet = page.getByRole('dialog', { name: 'More' });
    await sheet.getByText('tester').waitFor();
    await expectAccessible(page);
    await sheet.getByLabel('Theme').selectOption('Dark');
    await expectAccessible(page);
    await sheet.getByLabel('Language').selectOption('Deutsch');
    await page.getByRole('dialog', { name: 'Mehr' }).getByRole('link', { name: 'Protokoll' }).click();
    await waitForScreen(page, 'Protokoll');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('is used by keyboard alone, and leads out', async () => {
    const { page } = await openConsole(browser, server, '/console', { context });
    await waitForScreen(page, 'Overview');
    await page.getByRole('button', { name: 'More' }).focus();
    await page.keyboard.press('Enter');
    const sheet = page.getByRole('dialog', { name: 'More' });
    await sheet.waitFor();
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    expect(await focusedText(page)).toBe('More');
    await page.keyboard.press('Enter');
    await sheet.getByRole('button', { name: 'Sign out' }).focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Token').waitFor();
    await page.context().close();
  });
});

describe('a list and its entries', () => {
  it('keeps its filter in the address, and says which parameters it ignores', async () => {
    const { page, complaints } = await openConsole(browser, server, '/console/feedback?status=approved&colour=red');
    await page.getByText('filters that this screen does not know').getByText('colour').waitFor();
    await page.getByRole('region', { name: 'Status' }).getByRole('button', { name: 'Rejected' }).click();
    await page.getByText('No entry matches').waitFor();
    expect(page.url()).toBe(`${server.url}/console/feedback?status=rejected`);
    await page.goBack();
    await page.getByRole('grid').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('shows texts as they are: nothing of them is loaded, and nothing of them is HTML', async () => {
    const { page, complaints } = await openConsole(browser, server, `/console/feedback/${ids[0] ?? ''}`);
    await waitForScreen(page, 'Feedback entry');
    await page.getByText('![tracker](https://example.com/pixel.png) <b>no</b>').waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('the page of the console', () => {
  it('may load nothing but our files, and no style but those of files', async () => {
    for (const path of ['/console', '/console/feedback/any%2Fthing']) {
      const response = await fetch(server.url + path, { headers: { accept: 'text/html' } });
      expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-cache']);
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; ");
      expect(policy).not.toContain('unsafe');
      const text = await response.text();
      expect(text).not.toMatch(/<script(?![^>]*\bsrc=")|<style| style="| on\w+="/);
      const assets = [...text.matchAll(/(?:src|href)="(\/console\/assets\/[^"]+)"/g)];
      expect(assets.length).toBeGreaterThan(1);
      for (const [, asset = ''] of assets) {
        const { status, headers } = await fetch(server.url + asset);
        expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
      }
    }
    expect((await fetch(`${server.url}/console/assets/missing.js`)).status).toBe(404);
  });
});
