// How soon the console shows what is asked for, over a store of a size: from the click on each screen to its data, beside what
// the API alone takes for the same operations; a filter of the list; the first screen on a slow machine; and what it weighs.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import chromium from '@sparticuz/chromium';
import jsonwebtoken from 'jsonwebtoken';
import { chromium as playwright } from 'playwright-core';
import { registerAdapter } from '../dist/adapters/register.js';
import { loadKeyedHash } from '../dist/audit/keyed-hash.js';
import { openStore } from '../dist/store/open.js';
import { startOurs } from './compare/processes.js';
import { medianOf } from './compare/statistics.js';
import { ACTOR, adapterNumber, ADAPTERS, loadFeedback } from './load-data.js';
import { showProgress } from './progress.js';

const SECRET = 'the secret of a measurement, 32 bytes';
const REPEATS = 5;
/** Nobody clicks while a page is still starting, ms. */
const LOOKED_AT = 3_000;
const THROTTLE = 4;
const GOALS = { screen: 300, filter: 200, first: 1_000, size: 200 };

export async function run(options) {
  const { values } = parseArgs({
    args: options,
    options: { entries: { type: 'string', default: '1000000' }, store: { type: 'string' } },
  });
  const entries = Number(values.entries);
  const directory = values.store ?? (await mkdtemp(join(tmpdir(), 'feedback-graph-console-')));
  const data = join(directory, 'data');
  try {
    if (!existsSync(data)) {
      const began = performance.now();
      await registerLineage(data);
      await loadFeedback(data, 0, entries, (done) => showProgress('load', done, entries, began));
    }
    const rows = await measureConsole(data);
    process.stdout.write('\n| operation | console | API alone | goal | |\n| --- | --- | --- | --- | --- |\n');
    for (const { name, value, api, goal, unit } of rows) {
      const shown = (number) => (number === undefined ? '' : `${number.toFixed(0)} ${unit}`);
      process.stdout.write(
        `| ${name} | ${shown(value)} | ${shown(api)} | ${shown(goal)} | ${goal === undefined ? '' : value <= goal ? 'met' : 'MISSED'} |\n`,
      );
    }
    if (rows.some(({ value, goal }) => value > goal)) process.exitCode = 1;
  } finally {
    if (values.store === undefined) await rm(directory, { recursive: true, force: true });
  }
}

/** Each adapter is derived from another one, in a tree of nine levels. */
async function registerLineage(data) {
  const store = await openStore(`rocksdb:${data}`);
  try {
    const services = { store, keyedHash: await loadKeyedHash(store), now: Date.now };
    for (let number = 0; number < ADAPTERS; number += 1) {
      const derivedFrom = number === 0 ? {} : { derivedFrom: [adapterNumber((number - 1) >> 1)] };
      await registerAdapter(services, ACTOR, { id: adapterNumber(number), ...derivedFrom });
    }
  } finally {
    await store.close();
  }
}

async function measureConsole(data) {
  const server = await startOurs(data, SECRET, { FEEDBACK_RESPONSE_CACHE: '0' }, { onOneCore: false });
  const browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const token = jsonwebtoken.sign({ roles: ['admin'] }, SECRET, { subject: 'bench', expiresIn: '2h' });
    return [...(await measureScreens(browser, server.url, token)), ...(await measureFirst(browser, server.url, token))];
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** Each screen by its link, from another one, and then what is opened from a list. */
async function measureScreens(browser, url, token) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const traffic = watchTraffic(page);
  const measure = (name, goal, prepare, act) =>
    measureOperation(name, goal, { url, token, page, traffic, prepare, act });
  const link = (name) => page.getByRole('link', { name, exact: true });
  await page.goto(`${url}/console#token=${token}`);
  const links = page.getByRole('navigation', { name: 'Screens' }).getByRole('link');
  await links.first().waitFor();
  const names = await links.allTextContents();
  const load = (path) => {
    // What the page before waits for is never answered.
    traffic.unanswered.clear();
    return page.goto(`${url}/console/${path}`);
  };
  const openList = () => load('feedback');
  const rows = [];
  // Each from a page that was loaded anew, which has nothing of what the screen shows.
  for (const name of names) {
    const other = name === 'Training' ? 'audit' : 'training';
    rows.push(
      await measure(
        `open ${name}`,
        GOALS.screen,
        () => load(other),
        () => link(name).click(),
      ),
    );
  }
  const openRow = async () => {
    await page.getByRole('grid').focus();
    await page.keyboard.press('Enter');
  };
  rows.push(await measure('open an entry', GOALS.screen, openList, openRow));
  for (const [name, path] of Object.entries({
    'an adapter': 'adapters/adapter-000',
    lineage: 'adapters?view=lineage',
  })) {
    rows.push(
      await measure(
        `open ${name}, loaded anew`,
        GOALS.first,
        () => openList(),
        () => load(path),
      ),
    );
  }
  for (const [name, group, place] of [
    ['filter by status', 'Status', 2],
    ['filter by model', 'Model version', 0],
  ]) {
    const button = page.getByRole('region', { name: group }).getByRole('button').nth(place);
    rows.push(
      await measure(name, GOALS.filter, openList, async () => {
        await button.click();
      }),
    );
  }
  await page.close();
  return rows;
}

async function measureOperation(name, goal, { url, token, page, traffic, prepare, act }) {
  const times = [];
  const apiTimes = [];
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    traffic.operations.length = 0;
    await prepare();
    await untilShown(page, traffic);
    await page.waitForTimeout(LOOKED_AT);
    traffic.operations.length = 0;
    const began = performance.now();
    await act();
    await untilShown(page, traffic);
    times.push(performance.now() - began);
    const asked = performance.now();
    // All at once, as the console does.
    await Promise.all(traffic.operations.map((body) => ask(url, token, body)));
    apiTimes.push(performance.now() - asked);
  }
  return {
    name,
    value: medianOf(times),
    api: medianOf(apiTimes),
    goal,
    unit: 'ms',
    requests: traffic.operations.length,
  };
}

/**
 * Waits until something was asked for, every answer is there, nothing stands for what is still being loaded, and the browser
 * has drawn that.
 */
async function untilShown(page, traffic) {
  do {
    await page.waitForFunction(
      () =>
        new Promise((resolve) => {
          const isShown = () =>
            document.querySelector('main h1') !== null &&
            document.querySelector('main [aria-busy=true], main [class*=skeleton]') === null;
          requestAnimationFrame(() => setTimeout(() => resolve(isShown())));
        }),
      undefined,
      { polling: 'raf' },
    );
  } while (traffic.operations.length === 0 || traffic.unanswered.size > 0);
}

/**
 * The bodies of the GraphQL queries of a page, as they are sent, and which of them have no answer yet. Mutations are left out:
 * Chromium does not tell when one ends that outlives its screen.
 */
function watchTraffic(page) {
  const operations = [];
  const unanswered = new Set();
  page.on('request', (request) => {
    if (request.method() !== 'POST' || !request.url().endsWith('/graphql')) return;
    const body = request.postData();
    if (JSON.parse(body).query.startsWith('mutation')) return;
    operations.push(body);
    unanswered.add(request);
  });
  for (const event of ['requestfinished', 'requestfailed']) page.on(event, (request) => unanswered.delete(request));
  return { operations, unanswered };
}

async function ask(url, token, body) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`The API answered with ${response.status}`);
}

/** The list of feedback from an empty cache, also with a processor that is slowed down; and the bytes it takes. */
async function measureFirst(browser, url, token) {
  const rows = [];
  let bytes = 0;
  for (const [name, rate, goal] of [
    ['first screen', 1, GOALS.first],
    [`first screen, processor slowed down ${THROTTLE} times`, THROTTLE],
  ]) {
    const times = [];
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      const page = await context.newPage();
      const traffic = watchTraffic(page);
      const bodies = [];
      page.on('response', (response) => {
        if (new URL(response.url()).pathname.startsWith('/console')) bodies.push(response.body());
      });
      const session = await context.newCDPSession(page);
      await session.send('Emulation.setCPUThrottlingRate', { rate });
      const began = performance.now();
      await page.goto(`${url}/console/feedback#token=${token}`);
      await page.getByRole('grid').waitFor();
      await untilShown(page, traffic);
      times.push(performance.now() - began);
      bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + gzipSync(body).length, 0);
      await context.close();
    }
    rows.push({ name, value: medianOf(times), goal, unit: 'ms' });
  }
  return [...rows, { name: 'first screen, gzipped', value: bytes / 1_000, goal: GOALS.size, unit: 'kB' }];
}
