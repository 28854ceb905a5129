// Takes pictures of the console from the real thing, with the demo's data: npm run build && npm run pictures [SCREEN …]
// They are in docs/images/console/. The clocks of server and browser begin at set moments, so that dates are the same each time.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import chromium from '@sparticuz/chromium';
import { chromium as playwright } from 'playwright-core';
import { withPalette } from './pictures/small-png.js';

const START = '2026-06-15T09:00:00Z';
/** In the browser it is a little later, so that the demo's last events are over. */
const SEEN_AT = '2026-06-15T09:02:00Z';
const FOLDER = 'docs/images/console';
/** All pictures together; the repository keeps them. */
const MAX_BYTES = 3 * 1024 ** 2;
const LOADING = /^(?:Loading|Wird geladen)$/;

/** Windows, from a phone to a large monitor. */
const PHONE = { width: 360, height: 740 };
const TABLET = { width: 768, height: 900 };
const LAPTOP = { width: 1280, height: 800 };
const MONITOR = { width: 2560, height: 1200 };

/** How each screen is taken; the first few in every way, since what goes wrong on one goes wrong on all. */
const LIGHT = { size: LAPTOP, colours: 'light', language: 'en' };
const NARROW_DARK = { size: PHONE, colours: 'dark', language: 'en' };
const USUAL = [LIGHT, NARROW_DARK];
const ALL = [
  ...USUAL,
  { size: LAPTOP, colours: 'dark', language: 'en' },
  { size: PHONE, colours: 'light', language: 'de' },
  { size: TABLET, colours: 'light', language: 'de' },
  { size: MONITOR, colours: 'light', language: 'en' },
];

/** Each screen with where it is; a function finds the address on the page before. A new screen is a line here. */
const SCREENS = [
  { name: 'overview', path: '/console', ways: ALL },
  { name: 'feedback', path: '/console/feedback', ways: ALL },
  { name: 'review', path: '/console/review', ways: ALL },
  { name: 'entry', path: firstEntry, ways: USUAL },
  { name: 'adapters', path: '/console/adapters', ways: ALL },
  { name: 'adapter', path: '/console/adapters/themis_help_lora', ways: USUAL },
  { name: 'compare', path: '/console/compare', ways: USUAL },
  { name: 'training', path: '/console/training', ways: USUAL },
  { name: 'new-batch', path: '/console/training/new', ways: USUAL },
  { name: 'batch', path: '/console/training/1', ways: USUAL },
  { name: 'audit', path: '/console/audit', ways: USUAL },
  { name: 'settings', path: '/console/settings', ways: USUAL },
];

/** The newest entry that the list shows. */
async function firstEntry(page, link) {
  const token = new URLSearchParams(new URL(link).hash.slice(1)).get('token');
  const { data } = await page.evaluate(async (authorization) => {
    const query = '{ feedbackList(first: 1, order: DESC) { edges { node { id } } } }';
    const headers = { authorization, 'content-type': 'application/json' };
    return (await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query }) })).json();
  }, `Bearer ${token}`);
  return `/console/feedback/${encodeURIComponent(data.feedbackList.edges[0].node.id)}`;
}

async function startDemo(directory) {
  const clock = new URL('pictures/fixed-clock.js', import.meta.url).href;
  const server = spawn(process.execPath, ['--import', clock, 'dist/bundle/cli.js', 'serve', '--demo'], {
    env: {
      PATH: process.env.PATH,
      PICTURES_START: START,
      FEEDBACK_PORT: '0',
      FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}`,
      // Nobody looks at forty screens in a minute.
      FEEDBACK_LIMIT_USER_PER_MINUTE: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: server.stdout })) {
    const link = /http:\S+#token=\S+/.exec(line)?.[0];
    if (link !== undefined) return { server, link };
  }
  throw new Error('The server has ended without a link');
}

/** Pictures of all screens that are taken in this way, in one window. */
async function takeIn(browser, link, { size, colours, language }, screens) {
  const context = await browser.newContext({
    viewport: size,
    colorScheme: colours,
    locale: language === 'de' ? 'de-DE' : 'en-US',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.clock.install({ time: SEEN_AT });
  await page.goto(link);
  let bytes = 0;
  for (const { name, path } of screens) {
    const address = typeof path === 'string' ? path : await path(page, link);
    await page.goto(new URL(address, link).href);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('status', { name: LOADING }).first().waitFor({ state: 'detached' });
    await page.waitForLoadState('networkidle');
    const png = withPalette(await page.screenshot({ animations: 'disabled', caret: 'hide' }));
    await writeFile(join(FOLDER, `${name}-${size.width}-${colours}-${language}.png`), png);
    bytes += png.length;
  }
  await context.close();
  return bytes;
}

const wanted = process.argv.slice(2);
const screens = SCREENS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-pictures-'));
const browser = await playwright.launch({ executablePath: await chromium.executablePath(), args: ['--no-sandbox'] });
let server;
try {
  const demo = await startDemo(directory);
  server = demo.server;
  if (wanted.length === 0) await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  let bytes = 0;
  for (const way of ALL) {
    const taken = screens.filter(({ ways }) => ways.includes(way));
    bytes += await takeIn(browser, demo.link, way, taken);
  }
  process.stdout.write(`${(bytes / 1024 ** 2).toFixed(1)} MiB in ${FOLDER}\n`);
  if (bytes > MAX_BYTES) throw new Error(`The pictures have more than ${MAX_BYTES / 1024 ** 2} MiB together`);
} finally {
  await browser.close();
  if (server !== undefined) {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
  await rm(directory, { recursive: true, force: true });
}
