import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openWatched } from '../support/browser.js';
import { shareServer, type SharedServer } from '../support/server.js';

let server: SharedServer;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([shareServer(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
});

const READY = 'Ready for requests and writes.';

describe('/ in a browser', () => {
  it('leads to every page, without a token', async () => {
    const { page, complaints } = await openWatched(browser, server.url);
    await page.goto(server.url);
    await page.getByRole('status').getByText(READY).waitFor();
    expect(await page.title()).toBe('feedback-graph');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('feedback-graph');
    const links = page.getByRole('navigation', { name: 'Parts of this server' }).getByRole('link');
    const named = await Promise.all(
      (await links.all()).map(async (link) => [await link.textContent(), await link.getAttribute('href')]),
    );
    expect(named).toEqual([
      ['GraphiQL', '/graphql'],
      ['REST API', '/docs'],
      ['OpenAPI description', '/openapi.json'],
      ['Health', '/health/ready'],
    ]);
    for (const [, path] of named) {
      const answer = await fetch(server.url + (path ?? ''), { headers: { accept: 'text/html' } });
      expect([path, answer.status]).toEqual([path, 200]);
    }
    await page.getByText('npx feedback-graph token --sub me --role admin').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('takes a token out of its address, and passes it on to pages in the same tab and in new ones', async () => {
    const { page, complaints } = await openWatched(browser, server.url);
    const token = server.token();
    await page.goto(`${server.url}/#token=${token}`);
    await page.getByText('This tab has a token').waitFor();
    expect(page.url()).toBe(`${server.url}/`);
    expect(await page.getByText('npx feedback-graph token').count()).toBe(0);

    for (const name of ['GraphiQL', 'REST API']) {
      const [opened] = await Promise.all([
        page.context().waitForEvent('page'),
        page.getByRole('link', { name }).click({ modifiers: ['ControlOrMeta'] }),
      ]);
      await opened.waitForURL(/\/(?:graphql|docs)$/);
      // A tab in the background draws no frames, by which Playwright asks again unless it is told otherwise.
      await opened.waitForFunction(`sessionStorage.getItem('feedback-graph-token') === '${token}'`, undefined, {
        polling: 50,
      });
      expect(opened.url()).not.toContain('token');
      await opened.close();
    }
    for (const name of ['OpenAPI description', 'Health']) {
      expect(await page.getByRole('link', { name }).getAttribute('href')).not.toContain(token);
    }
    // After a reload the token is no longer in the address.
    await page.reload();
    await page.getByText('This tab has a token').waitFor();
    await page.getByRole('link', { name: 'GraphiQL' }).press('Enter');
    await page.waitForURL(`${server.url}/graphql`);
    expect(await page.getByLabel('Token').inputValue()).toBe(token);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it.each([
    ['light', 360],
    ['dark', 360],
    ['light', 1280],
    ['dark', 1280],
  ] as const)('is readable in %s at %i pixels', async (colorScheme, width) => {
    const { page, complaints } = await openWatched(browser, server.url, {
      colorScheme,
      viewport: { width, height: 800 },
    });
    await page.goto(server.url);
    await page.getByText(READY).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    const ratios = await page.evaluate<number[]>(CONTRAST_RATIOS);
    expect(ratios.length).toBeGreaterThan(12);
    // WCAG 2.2, 1.4.3.
    expect(Math.min(...ratios)).toBeGreaterThanOrEqual(4.5);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('is a page that may load nothing but our files', async () => {
    const page = await fetch(server.url, { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('vary')).toBe('accept');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    const text = await page.text();
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=")|<style| style="| on\w+="|%[A-Z]+%/);
    const assets = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)];
    expect(assets.length).toBeGreaterThan(1);
    for (const [, asset = ''] of assets) expect((await fetch(server.url + asset)).status).toBe(200);
  });
});

describe('/ for other clients', () => {
  it('is a JSON document whose links answer', async () => {
    const answer = await fetch(server.url);
    expect([answer.status, answer.headers.get('vary')]).toEqual([200, 'accept']);
    const index = (await answer.json()) as { links: Record<string, string> };
    expect(index).toEqual({
      name: 'feedback-graph',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      links: {
        rest: '/api/v1/llm/feedback',
        graphql: '/graphql',
        openapi: '/openapi.json',
        docs: '/docs',
        health: '/health/ready',
      },
    });
    const headers = { authorization: `Bearer ${server.token()}`, accept: 'application/json, */*' };
    for (const path of Object.values(index.links)) {
      const query = path === '/graphql' ? '?query={__typename}' : '';
      expect([path, (await fetch(server.url + path + query, { headers })).status]).toEqual([path, 200]);
    }
  });

  it.each(['text/html', '*/*'])('takes HEAD with Accept: %s', async (accept) => {
    const [head, get] = await Promise.all(
      ['HEAD', 'GET'].map((method) => fetch(server.url, { method, headers: { accept } })),
    );
    expect([head!.status, await head!.text()]).toEqual([200, '']);
    for (const name of ['content-type', 'content-length', 'content-security-policy', 'vary']) {
      expect([name, head!.headers.get(name)]).toEqual([name, get!.headers.get(name)]);
    }
  });

  it.each(['POST', 'PUT', 'DELETE'])('has no %s', async (method) => {
    expect((await fetch(server.url, { method })).status).toBe(401);
    const { status, body } = await server.call(method, '/');
    expect([status, body['details']]).toEqual([404, `There is no ${method} route at this path`]);
  });
});

/** The contrast of every text with what it stands on (WCAG 2.2), as the browser has computed the colours. */
const CONTRAST_RATIOS = `(() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = channels(color).map((c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return channels(color)[3] === 0 ? background(element.parentElement) : color;
  };
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
  return [...document.body.querySelectorAll('*')].filter(hasText).map((element) => {
    const [light, dark] = [getComputedStyle(element).color, background(element)]
      .map(luminance)
      .sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  });
})()`;
