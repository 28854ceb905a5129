import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { openWatched, type WatchedPage } from './browser.js';
import type { Claims, SharedServer } from './server.js';

export interface ConsoleOptions {
  /** Whose token it is; an admin's unless given. */
  readonly claims?: Claims;
  /** Of the browser, as the size of its window or its colours. */
  readonly context?: Parameters<Browser['newContext']>[0];
}

/** A page of the console at `path`, signed in by a link. Its complaints are empty unless something went wrong. */
export async function openConsole(
  browser: Browser,
  server: Pick<SharedServer, 'url' | 'token'>,
  path = '/console',
  { claims = { roles: ['admin'] }, context = { viewport: { width: 1280, height: 800 } } }: ConsoleOptions = {},
): Promise<WatchedPage> {
  const watched = await openWatched(browser, server.url, { locale: 'en-US', ...context });
  await watched.page.goto(`${server.url}${path}#token=${server.token(claims)}`);
  await watched.page.getByRole('navigation', { name: /Screens|Bereiche/ }).waitFor();
  return watched;
}

/** Waits until the screen with this heading is shown, and nothing in it is loading. */
export async function waitForScreen(page: Page, heading: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
  // Several parts of a screen may be loading; the first one that is left is the last one to go.
  const loading = page.getByRole('status', { name: /^(?:Loading|Wird geladen)$/ });
  await loading.first().waitFor({ state: 'detached' });
}

/** Expects that axe finds nothing against WCAG 2.2 AA, and none of its best practices broken. */
export async function expectAccessible(page: Page): Promise<void> {
  // Inherited colours follow another theme with the next frame, and some take a while: none has a contrast until then.
  await page.evaluate(`new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))).then(() =>
    Promise.all(
      document.getAnimations()
        .filter((animation) => animation instanceof CSSTransition)
        .map(({ finished }) => finished.catch(() => undefined)),
    ).then(() => undefined),
  )`);
  // Half a megabyte, which stays until the page is loaded anew.
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>(
    'axe.run(document, { preload: false, resultTypes: ["violations"] })',
  );
  const found = violations.map(({ id, help, nodes }) => [id, help, nodes.map(({ html }) => html.slice(0, 300))]);
  expect(found).toEqual([]);
}

/** The element that has the focus, as its role and its name or text. */
export async function focusedText(page: Page): Promise<string> {
  return page.evaluate<string>(
    '(document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "").trim()',
  );
}
