import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsonwebtoken from 'jsonwebtoken';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openWatched, type WatchedPage } from '../../support/browser.js';
import { expectAccessible, openConsole, waitForScreen } from '../../support/console.js';
import { callServer, type ServerProcess, startServerProcess } from '../../support/process.js';
import type { Claims } from '../../support/server.js';

const BASE = '/api/v1/llm/feedback';
const MINUTE = 60_000;

const secret = randomBytes(32).toString('base64url');
let directory: string;
let server: ServerProcess;
let browser: Browser;

const token = ({ sub = 'ann', ...claims }: Claims = {}): string =>
  jsonwebtoken.sign({ roles: ['reviewer'], ...claims }, secret, { subject: sub, expiresIn: '1h' });

/** A process of its own, which can be killed; again at the same address, where one is given. */
const start = (port = '0'): Promise<ServerProcess> =>
  startServerProcess({
    FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}`,
    FEEDBACK_JWT_SECRET: secret,
    FEEDBACK_PORT: port,
    FEEDBACK_LOG_LEVEL: 'silent',
  });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-review-'));
  [server, browser] = await Promise.all([start(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  server.child.kill();
  await server.ended;
  await rm(directory, { recursive: true, force: true });
});

/** Entries that are flagged, as negative ones without a correction are: "Question 1?" and so on, the oldest first. */
async function submit(org: string, count: number, fields: object = {}): Promise<string[]> {
  const feedback = Array.from({ length: count }, (_, place) => ({
    type: 'negative',
    question: `Question ${place + 1}?`,
    answer: `The answer number ${place + 1} is wrong.`,
    ...fields,
  }));
  const { body } = await callServer(server, token({ org, roles: ['submitter'] }), 'POST', `${BASE}/batch`, {
    feedback,
  });
  const results = body['results'] as { id: string; validation_status: string }[];
  expect(new Set(results.map(({ validation_status: status }) => status))).toEqual(new Set(['flagged']));
  return results.map(({ id }) => id);
}

interface Stored {
  readonly id: string;
  readonly validation_status: string;
  readonly correction?: string;
  readonly review?: { readonly verdict: string; readonly reviewer: string; readonly reason?: string };
}

/** What is stored of entries, in their order. */
async function read(org: string, ids: readonly string[]): Promise<Stored[]> {
  const query = 'query ($id: ID!) { feedback(id: $id) { document review { verdict reviewer reason } } }';
  return Promise.all(
    ids.map(async (id) => {
      const { body } = await callServer(server, token({ org }), 'POST', '/graphql', { query, variables: { id } });
      const { feedback } = body['data'] as { feedback: { document: Stored; review: Stored['review'] } };
      return { ...feedback.document, ...(feedback.review && { review: feedback.review }) };
    }),
  );
}

async function heldBy(org: string, sub: string): Promise<string[]> {
  const { body } = await callServer(server, token({ org, sub }), 'GET', `${BASE}/review/claims`);
  return (body['feedback'] as Stored[]).map(({ id }) => id);
}

interface Opening {
  readonly sub?: string;
  readonly search?: string;
  readonly context?: BrowserContextOptions;
}

async function open(org: string, { sub = 'ann', search = '', context }: Opening = {}): Promise<WatchedPage> {
  return openConsole(browser, { url: server.url, token }, `/console/review${search}`, {
    claims: { org, sub },
    context: { viewport: { width: 1280, height: 800 }, ...context },
  });
}

const entry = (page: Page) => page.getByRole('region', { name: 'Entry' });

/** Waits until an entry is the one to decide. */
const waitForQuestion = (page: Page, number: number): Promise<void> =>
  entry(page).getByText(`Question ${number}?`, { exact: true }).waitFor();

const editor = (page: Page) => page.getByRole('textbox', { name: 'Correction' });

/** Answers decisions with 503, as a server does whose store cannot write now, until it is called. */
async function refuseDecisions(page: Page): Promise<() => Promise<void>> {
  await page.route('**/graphql', async (route) =>
    (route.request().postData() ?? '').includes('mutation DecideReview')
      ? route.fulfill({ status: 503, headers: { 'retry-after': '1' }, json: { error: 'Service Unavailable' } })
      : route.fallback(),
  );
  return () => page.unroute('**/graphql');
}

describe('a reviewer', () => {
  it('works through 50 entries with the keyboard alone', async () => {
    const ids = await submit('fifty', 50);
    const { page, complaints } = await open('fifty');
    let requests = 0;
    page.on('request', (request) => (requests += request.method() === 'POST' ? 1 : 0));
    await waitForScreen(page, 'Review');
    for (let number = 1; number <= 50; number += 1) {
      await waitForQuestion(page, number);
      if (number % 10 === 1) {
        // Back to the last one and here again, and the decision taken back at once.
        await page.keyboard.press('j');
        await page.keyboard.press('k');
        await page.keyboard.press('a');
        await waitForQuestion(page, number + 1);
        await page.keyboard.press('u');
        await waitForQuestion(page, number);
      }
      if (number % 3 === 0) {
        await page.keyboard.press('1');
        await page.keyboard.press('r');
      } else if (number % 5 === 0) {
        await page.keyboard.press('e');
        await page.keyboard.type(' No: ajrsu.');
        await page.keyboard.press('Control+Enter');
      } else await page.keyboard.press('a');
    }
    await page.getByText('Nothing is left to review').waitFor();
    await page.getByText('50 decided today').waitFor();
    await page.getByText('0 left', { exact: true }).waitFor();
    // 55 decisions, 5 of them taken back and claimed again: what a user may do in a minute is enough for it.
    expect(requests).toBeLessThan(95);
    for (const [place, stored] of (await read('fifty', ids)).entries()) {
      const number = place + 1;
      const isRejected = number % 3 === 0;
      const isCorrected = !isRejected && number % 5 === 0;
      expect([number, stored.validation_status, stored.correction, stored.review?.reason]).toEqual([
        number,
        isRejected ? 'rejected' : 'approved',
        isCorrected ? `The answer number ${number} is wrong. No: ajrsu.` : undefined,
        isRejected ? 'Wrong facts' : null,
      ]);
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('does the same with the mouse alone, and gives back what is left on leaving', async () => {
    const ids = await submit('mouse', 6);
    const { page, complaints } = await open('mouse');
    await waitForQuestion(page, 1);
    const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
    await press('Wrong facts');
    await press('Outdated');
    await press('Reject');
    await waitForQuestion(page, 2);
    await press('Skip');
    await waitForQuestion(page, 3);
    await press('Approve');
    await waitForQuestion(page, 4);
    await press('Undo');
    await waitForQuestion(page, 3);
    await page.getByRole('region', { name: 'Queue' }).getByText('Question 5?').click();
    await waitForQuestion(page, 5);
    await press('Approve');
    await waitForQuestion(page, 6);
    await page.getByText('2 decided today').waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();
    await waitForScreen(page, 'Overview');
    await expect.poll(() => heldBy('mouse', 'ann')).toEqual([]);
    expect((await read('mouse', ids)).map(({ review }) => review?.reason ?? review?.verdict)).toEqual([
      'Wrong facts; Outdated',
      undefined,
      undefined,
      undefined,
      'APPROVE',
      undefined,
    ]);
    // What was skipped comes last, and when it is asked for.
    await page.goBack();
    await waitForQuestion(page, 6);
    for (const next of [3, 4]) {
      await press('Approve');
      await waitForQuestion(page, next);
    }
    await press('Approve');
    await press('Review the skipped ones');
    await waitForQuestion(page, 2);
    await page.goto('about:blank');
    await expect.poll(() => heldBy('mouse', 'ann')).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('never holds what another one holds', async () => {
    const ids = await submit('two', 44);
    const pages = await Promise.all(['ann', 'bob'].map((sub) => open('two', { sub })));
    const work = async ({ page }: WatchedPage): Promise<void> => {
      for (let decided = 1; decided <= 12; decided += 1) {
        await editor(page).waitFor();
        await page.keyboard.press('a');
        await page.getByText(`${decided} decided today`).waitFor();
      }
    };
    await Promise.all(pages.map(work));
    const [ann, bob] = await Promise.all([heldBy('two', 'ann'), heldBy('two', 'bob')]);
    const stored = await read('two', ids);
    const decidedBy = (sub: string) => stored.filter(({ review }) => review?.reviewer === sub).map(({ id }) => id);
    expect([decidedBy('ann').length, decidedBy('bob').length]).toEqual([12, 12]);
    const held = [...ann, ...bob];
    expect(new Set(held).size).toBe(held.length);
    for (const { page, complaints } of pages) {
      expect(complaints).toEqual([]);
      await page.context().close();
    }
  });

  it('reviews what the address filters, sees only that, and is told what it does not understand', async () => {
    await submit('filter', 2);
    const [wanted] = await submit('filter', 1, { tags: ['urgent'], question: 'Question 9?' });
    const { page, complaints } = await open('filter', { search: '?tag=urgent&colour=red' });
    await waitForQuestion(page, 9);
    await page.getByText('filters that this screen does not know').getByText('colour').waitFor();
    expect(await heldBy('filter', 'ann')).toEqual([wanted]);
    await page.getByText('1 left', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Filter (1)' }).click();
    await expectAccessible(page);
    await page.getByLabel('Tag').fill('nothing');
    await page.keyboard.press('Enter');
    await page.getByText('Nothing that matches the filter').waitFor();
    expect(new URL(page.url()).search).toBe('?tag=nothing');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await waitForQuestion(page, 1);
    await page.goBack();
    await page.getByText('Nothing that matches the filter').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('a draft', () => {
  it('survives a reload and a crash, and is gone after signing out', async () => {
    await submit('draft', 3);
    const { page: first, complaints } = await open('draft');
    let page = first;
    await waitForQuestion(page, 1);
    await page.keyboard.press('j');
    await waitForQuestion(page, 2);
    await page.keyboard.press('2');
    await page.keyboard.press('e');
    await page.keyboard.type(' It is this.');
    await page.reload();
    await waitForQuestion(page, 2);
    expect(await editor(page).inputValue()).toBe('The answer number 2 is wrong. It is this.');
    expect(await page.getByRole('button', { name: 'Incomplete' }).getAttribute('aria-pressed')).toBe('true');
    await page.locator('ins').getByText('It is this.').waitFor();
    const devtools = await page.context().newCDPSession(page);
    const crashed = page.waitForEvent('crash');
    void devtools.send('Page.crash').catch(() => undefined);
    await crashed;
    // What it has held is still the reviewer's, and the entry with the draft comes first.
    page = await page.context().newPage();
    await page.goto(`${server.url}/console/review#token=${token({ org: 'draft' })}`);
    await waitForQuestion(page, 2);
    expect(await editor(page).inputValue()).toBe('The answer number 2 is wrong. It is this.');
    await page.getByRole('region', { name: 'Queue' }).getByText('Question 1?').waitFor();
    await page.getByRole('button', { name: /^Account/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByLabel('Token').waitFor();
    expect(await page.evaluate('[...Object.keys(sessionStorage), ...Object.keys(localStorage)]')).toEqual([]);
    await expect.poll(() => heldBy('draft', 'ann')).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('outlives the claim: it is claimed again, or both texts are shown when somebody else has decided', async () => {
    const [id = ''] = await submit('lapse', 1);
    const { page, complaints } = await openWatched(browser, server.url, { locale: 'en-US' });
    await page.clock.install();
    await page.goto(`${server.url}/console/review#token=${token({ org: 'lapse' })}`);
    await waitForQuestion(page, 1);
    await page.keyboard.press('e');
    await page.keyboard.type(' Mine.');
    await page.getByText('Yours for 10 min').waitFor();
    await page.clock.fastForward(11 * MINUTE);
    await page.getByText('Your claim on this entry has run out').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Claim it again' }).click();
    await page.getByText('The entry is yours again').waitFor();
    expect(await editor(page).inputValue()).toBe('The answer number 1 is wrong. Mine.');

    await page.clock.fastForward(11 * MINUTE);
    await page.getByText('Your claim on this entry has run out').waitFor();
    const bob = token({ org: 'lapse', sub: 'bob' });
    await callServer(server, token({ org: 'lapse' }), 'POST', `${BASE}/review/claims/release`, {});
    const decision = { verdict: 'reject', reason: 'Bad', correction: 'Theirs.' };
    const decided = await callServer(server, bob, 'POST', `${BASE}/review/${id}`, decision);
    expect(decided.status).toBe(200);
    const alert = page.getByRole('alert').filter({ hasText: 'bob has decided this entry: Rejected' });
    await alert.getByText('Theirs.', { exact: true }).waitFor();
    await alert.locator('ins').getByText('Mine.').waitFor();
    await expectAccessible(page);
    await alert.getByRole('button', { name: 'Approve with mine' }).click();
    await page.getByText('1 decided today').waitFor();
    expect(await read('lapse', [id])).toMatchObject([
      { correction: 'The answer number 1 is wrong. Mine.', review: { verdict: 'APPROVE', reviewer: 'ann' } },
    ]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('stays while another reviewer has the entry, and the entry can be had once it is free', async () => {
    const [id = ''] = await submit('taken', 1);
    const { page, complaints } = await open('taken');
    await waitForQuestion(page, 1);
    await page.keyboard.press('4');
    const call = (sub: string, path: string, body: object) =>
      callServer(server, token({ org: 'taken', sub }), 'POST', `${BASE}/review/${path}`, body);
    await call('ann', 'claims/release', {});
    await call('bob', 'claim', { count: 1 });
    await page.keyboard.press('r');
    await page.getByText('bob is reviewing this entry').waitFor();
    await call('bob', 'claims/release', {});
    await page.getByRole('button', { name: 'Look again' }).click();
    await page.getByRole('button', { name: 'Outdated', pressed: true }).waitFor();
    await page.getByText('Yours for 10 min').waitFor();
    expect(await heldBy('taken', 'ann')).toEqual([id]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('stays while the server cannot save it, and is saved by trying again', async () => {
    const [id = ''] = await submit('unavailable', 2);
    const { page } = await open('unavailable');
    await waitForQuestion(page, 1);
    const accept = await refuseDecisions(page);
    await page.keyboard.press('e');
    await page.keyboard.type(' Kept.');
    await page.keyboard.press('Control+Enter');
    await waitForQuestion(page, 2);
    await page.getByRole('button', { name: 'Show it' }).click();
    await page.getByText('Your decision is not saved yet').waitFor();
    expect(await editor(page).inputValue()).toBe('The answer number 1 is wrong. Kept.');
    await expectAccessible(page);
    await accept();
    await entry(page).getByRole('button', { name: 'Try again' }).click();
    await page.getByText('1 decided today').waitFor();
    expect(await read('unavailable', [id])).toMatchObject([{ correction: 'The answer number 1 is wrong. Kept.' }]);
    await page.context().close();
  });

  it('stays when the server is killed, and is saved once it is back', async () => {
    const ids = await submit('killed', 3);
    const { page } = await open('killed');
    await waitForQuestion(page, 1);
    const { port } = new URL(server.url);
    server.child.kill('SIGKILL');
    await server.ended;
    await page.keyboard.press('e');
    await page.keyboard.type(' Kept.');
    await page.keyboard.press('Control+Enter');
    await waitForQuestion(page, 2);
    await page.keyboard.press('r');
    await waitForQuestion(page, 3);
    await page.getByRole('button', { name: 'Show it' }).first().click();
    await page.getByText('Your decision is not saved yet').waitFor();
    server = await start(port);
    await entry(page).getByRole('button', { name: 'Try again' }).click();
    await page.getByText('2 decided today').waitFor();
    await waitForQuestion(page, 1);
    expect(await read('killed', ids)).toMatchObject([
      { correction: 'The answer number 1 is wrong. Kept.', review: { verdict: 'APPROVE' } },
      { review: { verdict: 'REJECT' } },
      { validation_status: 'flagged' },
    ]);
    await page.context().close();
  });
});

describe('the screen', () => {
  it('is accessible in light and dark, at 360 and 1280 pixels, whatever the texts are', async () => {
    await submit('texts', 1, {
      question: '<img src=x onerror=alert(1)> \u202eabc\u202c \u200b?',
      answer: `![x](https://example.com/x.png) <script>alert(1)</script> ${randomBytes(15_000).toString('base64url')}`,
      scores: { rating: 1 },
      tags: ['<b>urgent</b>'],
    });
    // Colours that are still changing have no contrast to measure.
    const { page, complaints } = await open('texts', { context: { reducedMotion: 'reduce' } });
    await editor(page).waitFor();
    await page.getByText('Submitted by ann').waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 1280, height: 800 });
      await editor(page).waitFor();
      await expectAccessible(page);
      await page.setViewportSize({ width: 360, height: 740 });
      for (const tab of ['Findings', 'Queue', 'Entry']) {
        await page.getByRole('tab', { name: tab }).click();
        await page.getByRole('region', { name: tab }).waitFor();
        await expectAccessible(page);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      }
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('speaks German, and is not there for who may not review', async () => {
    await submit('words', 1);
    const { page } = await open('words', { context: { locale: 'de-DE' } });
    await waitForScreen(page, 'Prüfung');
    await page.getByRole('button', { name: 'Freigeben', exact: true }).click();
    await page.getByText('Es ist nichts mehr zu prüfen').waitFor();
    await page.context().close();
    const claims = { org: 'words', roles: ['reader'] };
    const reader = await openConsole(browser, { url: server.url, token }, '/console/review', { claims });
    await waitForScreen(reader.page, 'There is no such screen');
    await reader.page.context().close();
  });
});
