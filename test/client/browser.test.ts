import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { rolldown } from 'rolldown';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openWatched, type WatchedPage } from '../support/browser.js';
import { expectAccessible } from '../support/console.js';
import { startTestServer, type TestServer } from '../support/server.js';

/** The site of a chat, whose pages are of another origin than the feedback server. */
interface Site {
  readonly url: string;
  /** What its paths answer with. */
  readonly files: Map<string, { readonly type: string; readonly body: string | Uint8Array }>;
  tokensIssued: number;
}

let browser: Browser;
let server: TestServer;
let site: Site;
let http: Server;

/** As long as a machine with much else to do may take. */
const POLL = { timeout: 20_000 };
const SUBMITTER = { sub: 'ann', roles: ['submitter'] };
const SOURCE = 'packages/client/src';

/** As strict as a policy can be: no inline script, no inline style; for the widget, no markup from strings either. */
function policyOf(pathname: string): string {
  const policy = `default-src 'self'; connect-src 'self' ${server.url}`;
  // zod, which the AI SDK brings, tries whether it may compile.
  if (pathname.startsWith('/ai-sdk/')) return `${policy}; script-src 'self' 'unsafe-eval'`;
  return pathname === '/chat.html' ? `${policy}; require-trusted-types-for 'script'` : policy;
}

async function startSite(): Promise<Site> {
  const files: Site['files'] = new Map();
  http = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    if (pathname === '/feedback-token') {
      started.tokensIssued += 1;
      const body = { token: server.token(SUBMITTER), expires_at: Date.now() + 900_000 };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
      return;
    }
    const file = files.get(pathname);
    response.setHeader('content-type', file?.type ?? 'text/plain');
    response.setHeader('content-security-policy', policyOf(pathname));
    response.writeHead(file === undefined ? 404 : 200).end(file?.body);
  });
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  const started: Site = { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, files, tokensIssued: 0 };
  return started;
}

/** A module of the client as one file, as a bundler makes it. */
async function bundle(input: string): Promise<string> {
  const bundled = await rolldown({ input, platform: 'browser' });
  const { output } = await bundled.generate({ format: 'esm' });
  await bundled.close();
  return output[0].code;
}

const script = (body: string) => ({ type: 'text/javascript', body });
const html = (body: string) => ({ type: 'text/html; charset=utf-8', body });

beforeAll(async () => {
  site = await startSite();
  server = await startTestServer({ corsOrigins: [site.url] });
  browser = await launchBrowser();
  site.files.set('/feedback-thumbs.js', script(await bundle(`${SOURCE}/widget/register.ts`)));
  site.files.set('/queue.js', script(await bundle(`${SOURCE}/queue/index.ts`)));
  site.files.set('/queue.html', html('<!doctype html><html lang="en"><title>Queue</title>'));
});
afterAll(async () => {
  await browser.close();
  await server.stop();
  http.close();
});

/** A page of the site, which may talk to the feedback server as well. */
async function open(path: string): Promise<WatchedPage> {
  const watched = await openWatched(browser, site.url);
  await watched.page.goto(site.url + path);
  return watched;
}

const ofServer = (complaints: readonly string[]) =>
  complaints.filter((complaint) => !complaint.startsWith(`request: ${server.url}`));

async function entries(query = ''): Promise<Record<string, unknown>[]> {
  const { body } = await server.call<{ feedback: Record<string, unknown>[] }>('GET', `/api/v1/llm/feedback${query}`);
  return body.feedback;
}

async function statusOf(page: Page, text: string): Promise<void> {
  await page.getByRole('status').filter({ hasText: text }).first().waitFor();
}

async function widgetPage(interaction: string, attributes = ''): Promise<WatchedPage> {
  const page = await readFile('examples/chat-html/index.html', 'utf8');
  site.files.set('/chat.css', { type: 'text/css', body: await readFile('examples/chat-html/chat.css') });
  site.files.set(
    '/chat.html',
    html(
      page
        .replace('http://127.0.0.1:4000', server.url)
        .replace('interaction-id="chat-17/2"', `interaction-id="${interaction}" ${attributes}`),
    ),
  );
  const watched = await open('/chat.html');
  await watched.page.getByRole('button', { name: /./ }).first().waitFor();
  return watched;
}

describe('<feedback-thumbs> in a page without a framework', () => {
  it('sends a thumb, its details and a change of mind, by keyboard, and takes it back', async () => {
    const { page, complaints } = await widgetPage('w-1');
    await expectAccessible(page);
    const up = page.getByRole('button', { name: 'Good answer' });
    const down = page.getByRole('button', { name: 'Bad answer' });
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await statusOf(page, 'Thank you.');
    expect(await up.getAttribute('aria-pressed')).toBe('true');
    expect(await entries('?interaction=w-1')).toMatchObject([
      { type: 'positive', user_id: 'ann', adapter_id: 'themis_help_lora', model_version: 'llama-2-7b', version: 1 },
    ]);

    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await statusOf(page, 'Changed.');
    await expectAccessible(page);
    const form = page.getByRole('group', { name: 'What was wrong?' });
    await form.getByRole('radio', { name: 'Not correct' }).check();
    await page
      .getByLabel('What would have been the right answer?')
      .fill('Use SHARD BY HASH(key) in CREATE COLLECTION.');
    await page.getByLabel('Anything else?').fill('The clause alone is not enough.');
    await page.getByRole('button', { name: 'Send' }).press('Enter');
    await form.waitFor({ state: 'hidden' });
    await expect
      .poll(async () => (await entries('?interaction=w-1'))[0], POLL)
      .toMatchObject({
        type: 'negative',
        reason: 'incorrect',
        correction: 'Use SHARD BY HASH(key) in CREATE COLLECTION.',
        comment: 'The clause alone is not enough.',
        version: 3,
      });
    expect(await page.evaluate('document.activeElement.shadowRoot.activeElement.getAttribute("aria-label")')).toBe(
      'Bad answer',
    );

    await down.click();
    await statusOf(page, 'Taken back.');
    expect((await entries('?interaction=w-1&status=rejected')).length).toBe(1);
    await up.click();
    await statusOf(page, 'Changed.');
    expect(await entries('?interaction=w-1')).toMatchObject([{ type: 'positive', validation_status: 'approved' }]);
    expect(ofServer(complaints)).toEqual([]);
    await page.context().close();
  });

  it('speaks another language, offers other reasons, and knows an earlier visit', async () => {
    const labels = JSON.stringify({ positive: 'Gut', negative: 'Schlecht', whyNegative: 'Was war falsch?' });
    const reasons = JSON.stringify({ negative: { wrong: 'Falsch <b>hier</b>' } });
    await server.call('POST', '/api/v1/llm/feedback', {
      claims: SUBMITTER,
      body: {
        type: 'positive',
        interaction_id: 'w-2',
        question: 'How do I enable sharding in ThemisDB?',
        answer: 'Use the SHARD BY clause in CREATE COLLECTION.',
        model_version: 'llama-2-7b',
        adapter_id: 'themis_help_lora',
      },
    });
    const { page, complaints } = await widgetPage('w-2', `verdict="positive" labels='${labels}' reasons='${reasons}'`);
    const up = page.getByRole('button', { name: 'Gut' });
    expect(await up.getAttribute('aria-pressed')).toBe('true');
    // It is taken back although this page has not submitted it.
    await up.click();
    await statusOf(page, 'Taken back.');
    expect(await entries('?interaction=w-2')).toMatchObject([{ validation_status: 'rejected' }]);
    await page.getByRole('button', { name: 'Schlecht' }).click();
    await page
      .getByRole('group', { name: 'Was war falsch?' })
      .getByRole('radio', { name: 'Falsch <b>hier</b>' })
      .waitFor();
    expect(ofServer(complaints)).toEqual([]);
    await page.context().close();
  });

  it('says that it is offline, and sends once it is not, also where the page has removed it', async () => {
    const { page } = await widgetPage('w-3');
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Bad answer' }).click();
    await statusOf(page, 'You are offline.');
    expect(await page.locator('feedback-thumbs').getAttribute('state')).toBe('offline');
    await page.evaluate('document.querySelector("feedback-thumbs").remove()');
    await page.context().setOffline(false);
    await expect.poll(() => entries('?interaction=w-3'), POLL).toMatchObject([{ type: 'negative' }]);
    await page.context().close();
  });

  it('says what failed, offers another try, and shows what the server has where it refuses', async () => {
    const { page } = await widgetPage('w-4');
    await page.evaluate(`void (window.failures = []),
      addEventListener('feedback-failed', ({ detail }) => window.failures.push(detail.error.code))`);
    await page.route(`${server.url}/**`, (route) => route.fulfill({ status: 200, body: '<h1>Sign in</h1>' }));
    await page.getByRole('button', { name: 'Good answer' }).click();
    await statusOf(page, 'This could not be sent.');
    await page.unroute(`${server.url}/**`);
    await page.getByRole('button', { name: 'Try again' }).click();
    await statusOf(page, 'Thank you.');
    const [entry] = await entries('?interaction=w-4');
    await server.call('POST', '/api/v1/llm/feedback/mark-used', {
      claims: { roles: ['trainer'] },
      body: { feedback_ids: [entry?.['id']], training_batch_id: 900 },
    });
    await page.getByRole('button', { name: 'Bad answer' }).click();
    await statusOf(page, 'This could not be sent.');
    expect(await page.getByRole('button', { name: 'Good answer' }).getAttribute('aria-pressed')).toBe('true');
    expect(await page.getByRole('button', { name: 'Try again' }).isHidden()).toBe(true);
    expect(await page.evaluate('window.failures')).toEqual(['UNEXPECTED_RESPONSE', 'CONFLICT']);
    await page.context().close();
  });

  it('takes a double click for one', async () => {
    const { page } = await widgetPage('w-5');
    const widget = page.locator('feedback-thumbs');
    await page.evaluate(`document.querySelector('feedback-thumbs').submitter = {
      submit: () => Promise.resolve({ id: 'feedback-1' }),
      revise: () => Promise.reject(new Error('It was taken back')),
    }`);
    await page.getByRole('button', { name: 'Good answer' }).dblclick({ delay: 20 });
    await statusOf(page, 'Thank you.');
    expect(await widget.getAttribute('state')).toBe('sent');
    await page.getByRole('button', { name: 'Good answer' }).press('Enter');
    await statusOf(page, 'This could not be sent.');
    await page.context().close();
  });

  it('has untouched thumbs for another answer, and says of the one before what was said of it', async () => {
    const { page } = await widgetPage('w-6');
    await page.evaluate(`window.widget = document.querySelector('feedback-thumbs');
      window.sent = [];
      window.answers = [];
      window.widget.submitter = {
        submit: (entry) => new Promise((resolve) => {
          window.sent.push(entry);
          window.answers.push(() => resolve({ id: 'feedback-' + entry.interaction_id }));
        }),
        revise: (id) => Promise.resolve(window.sent.push(id)),
      };`);
    const up = page.getByRole('button', { name: 'Good answer' });
    await up.click();
    await page.waitForFunction('window.sent.length === 1');
    // As a framework does that uses an element again for the next message of its list.
    await page.evaluate("widget.setAttribute('interaction-id', 'w-7'); widget.setAttribute('answer', 'Another one.')");
    expect(await up.getAttribute('aria-pressed')).toBe('false');
    expect(await page.locator('feedback-thumbs').getAttribute('state')).toBe('idle');
    await up.click();
    await page.waitForFunction('window.sent.length === 2');
    await page.evaluate('window.answers.forEach((answer) => answer())');
    await statusOf(page, 'Thank you.');
    // Taken back is what this answer has got.
    await up.click();
    await statusOf(page, 'Taken back.');
    // A property does the same.
    await page.evaluate("widget.removeAttribute('interaction-id'); widget.entry = { interaction_id: 'w-8' }");
    expect(await page.locator('feedback-thumbs').getAttribute('state')).toBe('idle');
    const sent = await page.evaluate<unknown[]>('window.sent');
    expect(sent).toMatchObject([
      { interaction_id: 'w-6', answer: 'Use the SHARD BY clause in CREATE COLLECTION.' },
      { interaction_id: 'w-7', answer: 'Another one.' },
      'feedback-w-7',
    ]);
    await page.context().close();
  });

  it.each([
    ['null', '{"positive":null,"negative":null}'],
    ['a list', '["a"]'],
    ['a number', '7'],
    ['no JSON', '{'],
  ])('sends thumbs whatever its labels and reasons are: %s', async (_, json) => {
    const interaction = `w-9-${json.length}`;
    const { page, complaints } = await widgetPage(interaction, `labels='${json}' reasons='${json}' verdict="none"`);
    await page.getByRole('group').getByRole('button').nth(1).click();
    await expect.poll(() => entries(`?interaction=${interaction}`), POLL).toMatchObject([{ type: 'negative' }]);
    expect(ofServer(complaints)).toEqual([]);
    await page.context().close();
  });

  it('closes its form with Escape, and neither a dialog around it nor a composition', async () => {
    const { page } = await widgetPage('w-10');
    await page.evaluate(`window.escapes = 0;
      addEventListener('keydown', ({ key }) => { if (key === 'Escape') window.escapes += 1; });`);
    await page.getByRole('button', { name: 'Bad answer' }).click();
    const comment = page.getByLabel('Anything else?');
    await comment.focus();
    await page.evaluate(`document.querySelector('feedback-thumbs').shadowRoot.activeElement
      .dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', isComposing: true, bubbles: true }))`);
    expect(await comment.isVisible()).toBe(true);
    await comment.press('Escape');
    expect(await comment.isVisible()).toBe(false);
    expect(await page.evaluate('window.escapes')).toBe(0);
    expect(await page.evaluate('document.activeElement.shadowRoot.activeElement.getAttribute("aria-label")')).toBe(
      'Bad answer',
    );
    await page.context().close();
  });
});

describe('the queue in a browser', () => {
  const start = (options: string) => `import('/queue.js').then(({ createQueue }) => {
    window.queue = createQueue({ url: '${server.url}', token: '${server.token(SUBMITTER)}', ${options} });
    return window.queue.isPersistent();
  })`;
  const entry = (name: string, answer: string) =>
    `{ type: 'positive', question: 'What is in ${name}?', answer: 'It is ${answer}.', conversation_id: '${name}' }`;

  it('sends once what two tabs have added, and loses nothing over a reload while offline', async () => {
    const { page: one } = await open('/queue.html');
    const two = await one.context().newPage();
    await two.goto(`${site.url}/queue.html`);
    const context = one.context();
    await context.route(`${server.url}/**`, (route) => route.abort());
    for (const page of [one, two]) expect(await page.evaluate(start("name: 'tabs', maxRetries: 0"))).toBe(true);
    for (let number = 0; number < 4; number++) {
      await one.evaluate(`queue.add(${entry('tabs', `one ${number}`)})`);
      await two.evaluate(`queue.add(${entry('tabs', `two ${number}`)})`);
    }
    const failed = await one.evaluate<[number, boolean]>(
      'queue.flush().catch(({ undelivered }) => [undelivered.length, undelivered.every((each) => each.isRetained)])',
    );
    expect(failed).toEqual([8, true]);
    // What it adds is sent as the page is left, too, under the same keys: whatever arrives then is stored once.
    await one.reload();
    await context.unroute(`${server.url}/**`);
    await one.evaluate(start("name: 'tabs'"));
    await Promise.all([one.evaluate('queue.flush()'), two.evaluate('queue.flush()')]);
    const answers = (await entries('?conversation=tabs')).map(({ answer }) => String(answer));
    for (const tab of ['one', 'two']) {
      const ofTab = answers.filter((answer) => answer.includes(tab));
      expect(ofTab.toSorted()).toEqual([0, 1, 2, 3].map((number) => `It is ${tab} ${number}.`));
    }
    expect(await two.evaluate('queue.size()')).toBe(0);
    await context.close();
  });

  it('sends what waits when its page is left', async () => {
    const { page } = await open('/queue.html');
    await page.evaluate(start("name: 'hidden'"));
    await page.evaluate(`for (const answer of ['a', 'b', 'c']) queue.add({ ...${entry('hidden', 'x')}, answer });
      location.href = 'about:blank';`);
    await expect.poll(async () => (await entries('?conversation=hidden')).length, POLL).toBe(3);
    await page.context().close();
  });

  it('is in memory where a page may not have a database, and loses nothing when the database goes', async () => {
    const { page } = await open('/queue.html');
    await page.evaluate(`window.before = Object.getOwnPropertyDescriptor(window, 'indexedDB');
      Object.defineProperty(window, 'indexedDB', {
      configurable: true, get: () => { throw new DOMException('denied', 'SecurityError'); } })`);
    expect(await page.evaluate(start("name: 'denied'"))).toBe(false);
    await page.evaluate(`queue.add(${entry('denied', 'here')}).then(() => queue.flush())`);
    await page.evaluate("Object.defineProperty(window, 'indexedDB', window.before)");
    await page.route(`${server.url}/**`, (route) => route.abort());
    expect(await page.evaluate(start("name: 'gone', maxRetries: 0"))).toBe(true);
    await page.evaluate(`queue.add(${entry('denied', 'there')}).then(() => queue.flush()).catch(() => undefined)`);
    await page.evaluate(`new Promise((resolve) => { indexedDB.deleteDatabase('gone').onsuccess = resolve; })`);
    await page.unroute(`${server.url}/**`);
    await page.evaluate(`queue.add(${entry('denied', 'anywhere')}).then(() => queue.flush())`);
    const answers = (await entries('?conversation=denied')).map(({ answer }) => answer);
    expect(answers.toSorted()).toEqual(['It is anywhere.', 'It is here.', 'It is there.']);
    await page.context().close();
  });

  it('is bounded over all tabs', async () => {
    const { page } = await open('/queue.html');
    await page.route(`${server.url}/**`, (route) => route.abort());
    await page.evaluate(start("name: 'full', maxEntries: 2, maxRetries: 0"));
    const outcomes = await page.evaluate(`Promise.allSettled([1, 2, 3].map(() => queue.add(${entry('full', 'x')})))
      .then((all) => all.map(({ reason }) => reason?.name ?? 'added'))`);
    expect(outcomes).toEqual(['added', 'added', 'QueueFullError']);
    await page.context().close();
  });
});

describe('the client in a web worker', () => {
  it('submits, lists and follows changes from another origin', async () => {
    site.files.set('/client.js', script(await bundle(`${SOURCE}/index.ts`)));
    site.files.set(
      '/worker.js',
      script(`import { createClient } from '/client.js';
        const client = createClient({ url: '${server.url}', token: '${server.token({ sub: 'eve' })}' });
        const { id } = await client.submit({ type: 'positive', question: 'Who asks?', answer: 'A worker.', tags: ['worker'] });
        const listed = [];
        for await (const entry of client.feedback.list({ tag: 'worker' })) listed.push(entry.id);
        for await (const { node } of client.changes({ tag: 'worker' })) {
          postMessage([listed, node === id && listed[0] === id]);
          break;
        }`),
    );
    const { page, complaints } = await open('/queue.html');
    const seen = await page.evaluate<[string[], boolean]>(`new Promise((resolve, reject) => {
      const worker = new Worker('/worker.js', { type: 'module' });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    })`);
    expect([seen[0].length, seen[1]]).toEqual([1, true]);
    expect(ofServer(complaints)).toEqual([]);
    await page.context().close();
  });
});

describe('an export in a page of another origin', () => {
  it('goes on where its connection broke off', async () => {
    site.files.set('/client.js', script(await bundle(`${SOURCE}/index.ts`)));
    const { page, complaints } = await open('/queue.html');
    const seen = await page.evaluate<[number, number, unknown]>(`import('/client.js').then(async ({ createClient }) => {
      let exports = 0;
      const breakingOff = async (url, init) => {
        const answer = await fetch(url, init);
        if (!url.includes('/export') || (exports += 1) > 1) return answer;
        const start = new Uint8Array(await answer.arrayBuffer()).slice(0, 10);
        return new Response(start, { status: answer.status, headers: answer.headers });
      };
      const token = '${server.token({ roles: ['admin', 'trainer'] })}';
      const client = createClient({ url: '${server.url}', token, fetch: breakingOff });
      await client.submit({ type: 'positive', question: 'Was heißt das hier?', answer: 'Ein Satz, der kein Ende findet.', tags: ['export'] });
      const batch = await client.training.claim({ filter: { tag: 'export' }, limit: 1, holdout: 0 });
      const rows = [];
      for await (const row of batch.rows({ format: 'trl-sft' })) rows.push(row);
      await batch.release();
      return [exports, rows.length, rows[0].completion ?? rows[0]];
    })`);
    expect(seen).toEqual([2, 1, [{ role: 'assistant', content: 'Ein Satz, der kein Ende findet.' }]]);
    expect(ofServer(complaints)).toEqual([]);
    await page.context().close();
  });
});

describe('the examples', () => {
  /** The page of an example, as vite bundles it, of this server. */
  async function buildExample(name: string): Promise<void> {
    const output = await build({
      configFile: false,
      root: resolve('examples', name),
      base: `/${name}/`,
      logLevel: 'error',
      resolve: { conditions: ['@feedback-graph/source', 'module', 'browser', 'production'] },
      build: { write: false, minify: false, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 8_000 },
    });
    if (!('output' in output)) throw new Error('vite built more than one bundle');
    for (const file of output.output) {
      const body = file.type === 'chunk' ? file.code : file.source;
      const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
      const type = file.fileName.endsWith('.html') ? 'text/html' : 'text/javascript';
      site.files.set(`/${name}/${file.fileName}`, { type, body: text.replaceAll('http://127.0.0.1:4000', server.url) });
    }
  }

  async function ask(page: Page, question: string): Promise<void> {
    await page.getByLabel('Message').fill(question);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText(`You asked: ${question}`).waitFor();
  }

  it('assistant-ui: its FeedbackAdapter submits, and a second thought changes the first', async () => {
    await buildExample('assistant-ui');
    const { page, complaints } = await open('/assistant-ui/index.html');
    await ask(page, 'What is a shard?');
    await page.getByRole('button', { name: 'Good answer' }).click();
    await expect
      .poll(() => entries('?adapter=assistant_lora'), POLL)
      .toMatchObject([
        { type: 'positive', question: 'What is a shard?', answer: 'You asked: What is a shard?', user_id: 'ann' },
      ]);
    await page.getByRole('button', { name: 'Bad answer' }).click();
    await expect.poll(() => entries('?adapter=assistant_lora'), POLL).toMatchObject([{ type: 'negative', version: 2 }]);
    expect(ofServer(complaints)).toEqual([]);
    await page.context().close();
  });

  it('Vercel AI SDK: each answer has its thumbs, and a conversation goes with them', async () => {
    await buildExample('ai-sdk');
    const { page, complaints } = await open('/ai-sdk/index.html');
    await ask(page, 'What is a shard?');
    await ask(page, 'And a replica?');
    await page.getByRole('button', { name: 'Bad answer' }).nth(1).click();
    await statusOf(page, 'Thank you.');
    expect(await entries('?adapter=ai_sdk_lora')).toMatchObject([
      {
        type: 'negative',
        question: 'And a replica?',
        messages: [{}, {}, {}, { content: 'You asked: And a replica?' }],
      },
    ]);
    expect(ofServer(complaints)).toEqual([]);
    await page.context().close();
  });
});
