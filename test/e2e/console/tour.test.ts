import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.js';
import { expectAccessible, openConsole, waitForScreen } from '../../support/console.js';
import { type Claims, shareServer, type SharedServer } from '../../support/server.js';

const CLAIMS: Claims = { org: 'tour', roles: ['admin'] };
const WORD = 'donaudampfschiff'.repeat(4);
const PARENT = `help/🙂/${WORD}`;
const CHILD = `help_lora_${WORD}`;

let server: SharedServer;
let browser: Browser;
let entry = '';

beforeAll(async () => {
  [server, browser] = await Promise.all([shareServer(), launchBrowser()]);
  const call = (method: string, path: string, body: object) =>
    server.call<{ id: string }>(method, `/api/v1/llm/${path}`, { claims: CLAIMS, body });
  for (const [place, adapter_id] of [PARENT, CHILD].entries()) {
    const { body } = await call('POST', 'feedback', {
      type: place === 0 ? 'negative' : 'positive',
      question: 'How do I turn the machine on?',
      answer: `With the switch at its back, ${place + 1} of 2.`,
      user_id: WORD,
      model_version: WORD,
      adapter_version: `v${place}.${WORD}`,
      adapter_id,
      tags: [WORD, '<b>bold</b>'],
    });
    entry = body.id;
  }
  await call('PUT', `adapters/${encodeURIComponent(CHILD)}`, { base_model: WORD, derived_from: [PARENT] });
  await call('POST', 'training/batches', { limit: 1 });
});
afterAll(async () => {
  await browser.close();
});

/** The addresses of all screens, with their headings in German. */
const screens = (): readonly (readonly [path: string, heading: string])[] => {
  const [adapter, parent] = [CHILD, PARENT].map(encodeURIComponent);
  return [
    ['', 'Übersicht'],
    ['/feedback', 'Feedback'],
    [`/feedback/${entry}`, 'Feedback-Eintrag'],
    [`/feedback/${entry}?tab=audit`, 'Feedback-Eintrag'],
    [`/feedback/${entry}?tab=adapters`, 'Feedback-Eintrag'],
    ['/review', 'Prüfung'],
    ['/adapters', 'Adapter'],
    ['/adapters?view=list', 'Adapter'],
    ['/adapters?view=tree', 'Adapter'],
    [`/adapters/${adapter}`, CHILD],
    [`/adapters/${adapter}?tab=relatives`, CHILD],
    [`/compare?adapter=${adapter}&adapter=${parent}`, 'Adapter vergleichen'],
    ['/training', 'Training'],
    ['/training/new', 'Neuer Trainingsstapel'],
    ['/training/1', 'Trainingsstapel 1'],
    ['/audit', 'Protokoll'],
    ['/settings?tab=tokens', 'Einstellungen'],
    ['/settings?tab=webhooks', 'Einstellungen'],
  ];
};

/** Words of the console that do not fit where they stand, and whatever makes the page scroll sideways. */
async function misfits(page: Page): Promise<unknown> {
  return page.evaluate(`[
    ...[...document.querySelectorAll('button, dt, label, h1, h2, h3, [role=tab], [class*=badge]')]
      .filter((each) => !each.classList.contains('visually-hidden') && each.scrollWidth > each.clientWidth + 1)
      .map((each) => each.outerHTML.slice(0, 200)),
    ...(document.documentElement.scrollWidth > innerWidth ? ['sideways ' + document.documentElement.scrollWidth] : []),
  ]`);
}

const PHONE = { width: 360, height: 740 };
const LAPTOP = { width: 1280, height: 800 };

/** Goes to a screen as a link does, without loading the page anew. */
async function follow(page: Page, path: string): Promise<void> {
  await page.evaluate(
    `history.pushState(null, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate'))`,
  );
}

it('every screen speaks German, is accessible and fits, on the way back, too', async () => {
  const context = { colorScheme: 'dark', locale: 'de-DE', viewport: PHONE } as const;
  const { page, complaints } = await openConsole(browser, server, '/console', { claims: CLAIMS, context });
  for (const [path, heading] of screens()) {
    await follow(page, `/console${path}`);
    await waitForScreen(page, heading);
    await expectAccessible(page);
    expect([path, await misfits(page)]).toEqual([path, []]);
    await page.setViewportSize(LAPTOP);
    await waitForScreen(page, heading);
    expect([path, await misfits(page)]).toEqual([path, []]);
    await page.setViewportSize(PHONE);
  }
  for (const [path, heading] of screens().slice(0, -1).toReversed()) {
    await page.goBack();
    await waitForScreen(page, heading);
    expect(page.url()).toContain(`${server.url}/console${path}`);
  }
  expect(complaints).toEqual([]);
  await page.context().close();
});

it('every screen is there again after a reload', async () => {
  const context = { locale: 'de-DE', viewport: LAPTOP } as const;
  const { page, complaints } = await openConsole(browser, server, '/console', { claims: CLAIMS, context });
  for (const [path, heading] of screens()) {
    await follow(page, `/console${path}`);
    await waitForScreen(page, heading);
    const url = page.url();
    await page.reload();
    await waitForScreen(page, heading);
    expect(page.url()).toBe(url);
  }
  expect(complaints).toEqual([]);
  await page.context().close();
});
