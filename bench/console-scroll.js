// How evenly the list of feedback scrolls in the console: 100,000 rows in real Chromium, with a processor that is slowed
// down, from the first row to the last and back.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import chromium from '@sparticuz/chromium';
import jsonwebtoken from 'jsonwebtoken';
import { chromium as playwright } from 'playwright-core';
import { startOurs } from './compare/processes.js';
import { loadFeedback } from './load-data.js';
import { showProgress } from './progress.js';

const SECRET = 'the secret of a measurement, 32 bytes';
/** Pixels of one frame: as with a wheel that is turned fast, and as with the bar that is dragged. */
const SPEEDS = { wheel: 120, fast: 1_000, drag: 20_000 };
const FRAMES = 300;

export async function run(options) {
  const { values } = parseArgs({
    args: options,
    options: {
      rows: { type: 'string', default: '100000' },
      throttle: { type: 'string', default: '4' },
      expect: { type: 'string', default: '50' },
    },
  });
  const rows = Number(values.rows);
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-console-'));
  try {
    const started = performance.now();
    await loadFeedback(join(directory, 'data'), 0, rows, (done) => showProgress('load', done, rows, started));
    process.stderr.write('\r\x1b[K');
    const server = await startOurs(join(directory, 'data'), SECRET, {}, { onOneCore: false });
    const browser = await playwright.launch({
      executablePath: await chromium.executablePath(),
      args: ['--no-sandbox', '--disable-gpu'],
    });
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      const slowest = await measure(page, server.url, rows, Number(values.throttle));
      if (slowest < Number(values.expect)) {
        process.stdout.write(`fewer than ${values.expect} frames a second\n`);
        process.exitCode = 1;
      }
    } finally {
      await browser.close();
      await server.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Answers the fewest frames a second of all speeds, as medians. */
async function measure(page, url, rows, throttle) {
  const token = jsonwebtoken.sign({ roles: ['admin'], org: 'default' }, SECRET, { subject: 'bench', expiresIn: '1h' });
  await page.goto(`${url}/console/feedback#token=${token}`);
  await page.getByRole('grid').waitFor();
  await loadAllRows(page, rows);
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: throttle });
  process.stdout.write(`${rows} rows, processor slowed down ${throttle} times\n`);
  process.stdout.write('speed   pixels a frame   frames/s (median)   95 % of frames within ms   longest ms\n');
  let slowest = Infinity;
  for (const [name, pixels] of Object.entries(SPEEDS)) {
    const frames = await page.evaluate(scrollThrough, { pixels, count: FRAMES });
    frames.sort((a, b) => a - b);
    const at = (share) => frames[Math.min(frames.length - 1, Math.floor(frames.length * share))];
    const perSecond = 1_000 / at(0.5);
    slowest = Math.min(slowest, perSecond);
    const cells = [pixels, perSecond.toFixed(1), at(0.95).toFixed(1), at(1).toFixed(1)];
    process.stdout.write(`${name.padEnd(6)} ${cells.map((cell) => String(cell).padStart(16)).join(' ')}\n`);
  }
  return slowest;
}

/** Scrolls to the end until every row is there; the list loads page by page. */
async function loadAllRows(page, rows) {
  const started = performance.now();
  for (;;) {
    const loaded = await page.evaluate(() => {
      const grid = document.querySelector('[role=grid]');
      grid.scrollTop = grid.scrollHeight;
      const last = [...grid.querySelectorAll('[role=row]')].at(-1);
      return Number(last.getAttribute('aria-rowindex')) - 1;
    });
    showProgress('read', loaded, rows, started);
    if (loaded >= rows) break;
    await page.waitForTimeout(20);
  }
  process.stderr.write('\r\x1b[K');
}

/** Runs in the page. Answers how long each frame took, in milliseconds: down first, and up again at the end. */
function scrollThrough({ pixels, count }) {
  const grid = document.querySelector('[role=grid]');
  grid.scrollTop = 0;
  return new Promise((resolve) => {
    const frames = [];
    let direction = 1;
    let last;
    const draw = (now) => {
      if (last !== undefined) frames.push(now - last);
      last = now;
      if (frames.length >= count) return resolve(frames);
      if (grid.scrollTop + grid.clientHeight >= grid.scrollHeight - 1) direction = -1;
      if (grid.scrollTop === 0) direction = 1;
      grid.scrollTop += direction * pixels;
      requestAnimationFrame(draw);
    };
    requestAnimationFrame(draw);
  });
}
