import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../support/browser.js';
import { expectAccessible, focusedText, openConsole, waitForScreen } from '../../support/console.js';
import { shareServer, type SharedServer } from '../../support/server.js';

const HOSTILE = 'odd/id 100% <b>&"\u202e\u200b 🦊';
const QUESTION = 'How do I enable sharding on a collection?';

let server: SharedServer;
let browser: Browser;

async function register(id: string, derivedFrom: readonly string[], version?: string): Promise<void> {
  const { errors } = await server.graphql(
    `mutation($id: ID!, $version: String, $derivedFrom: [ID!]) {
      registerAdapter(id: $id, version: $version, derivedFrom: $derivedFrom, peftType: "LORA", rank: 8) { id }
    }`,
    { id, version, derivedFrom },
    { roles: ['admin'] },
  );
  expect(errors).toBeUndefined();
}

async function submit(adapterId: string, type: 'positive' | 'negative', question = QUESTION): Promise<void> {
  const { status } = await server.call('POST', '/api/v1/llm/feedback', {
    body: {
      type,
      question,
      answer: 'With SHARD BY and the name of the field that tells the shards apart.',
      correction: type === 'negative' ? 'SHARD BY takes the field by which to divide the collection.' : undefined,
      adapter_id: adapterId,
      adapter_version: 'v1',
    },
  });
  expect(status).toBe(201);
}

/** A family with a merge: base → one, two → merged → last; and one with an odd name. */
beforeAll(async () => {
  [server, browser] = await Promise.all([shareServer(), launchBrowser()]);
  await register('one', ['base'], 'v1');
  await register('two', ['base']);
  await register('merged', ['one', 'two']);
  await register('last', ['merged']);
  await register(HOSTILE, ['base']);
  await Promise.all([submit('one', 'negative'), submit('two', 'positive'), submit('merged', 'positive')]);
});
afterAll(async () => {
  await browser.close();
});

const cardOf = (page: Page, name: string) => page.getByRole('button', { name: new RegExp(`^${name}, `) });

const search = (page: Page): URLSearchParams => new URL(page.url()).searchParams;

describe('the lineage', () => {
  it('is walked through, collapsed and opened by keyboard alone, and stands in the address', async () => {
    const { page, complaints } = await openConsole(browser, server, '/console/adapters?selected=base');
    await waitForScreen(page, 'Adapters');
    await cardOf(page, 'base').focus();
    expect(await cardOf(page, 'merged').getAttribute('aria-label')).toContain('merged from 2');

    // To the nearest child and back over the parents, whichever way the picture runs.
    const isAcross = await page.evaluate<boolean>(`(() => {
      const place = (id) => document.querySelector('[data-id="' + id + '"]').getBoundingClientRect();
      return place('base').right < place('one').left;
    })()`);
    const [forth, back] = isAcross ? ['ArrowRight', 'ArrowLeft'] : ['ArrowDown', 'ArrowUp'];
    await cardOf(page, 'one').click();
    await page.keyboard.press(forth);
    expect(search(page).get('selected')).toBe('merged');
    expect(await focusedText(page)).toContain('merged, ');
    await page.keyboard.press(' ');
    await page.getByRole('button', { name: 'Expand merged: 1 adapter is hidden' }).waitFor();
    await cardOf(page, 'last').waitFor({ state: 'detached' });
    expect(search(page).getAll('collapsed')).toEqual(['merged']);
    await page.reload();
    await page.getByRole('button', { name: 'Expand merged: 1 adapter is hidden' }).waitFor();
    await cardOf(page, 'merged').focus();
    await page.keyboard.press(back);
    expect(['one', 'two']).toContain(search(page).get('selected'));
    await page.keyboard.press('Shift+E');
    await cardOf(page, 'last').waitFor();
    await cardOf(page, 'two').focus();
    await page.keyboard.press('Enter');
    await waitForScreen(page, 'two');
    await page.goBack();
    await waitForScreen(page, 'Adapters');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('is moved, scaled and collapsed by mouse alone', async () => {
    const { page, complaints } = await openConsole(browser, server, '/console/adapters');
    await cardOf(page, 'last').click();
    await page.getByRole('complementary', { name: 'Selected adapter' }).getByText('Waiting for review').waitFor();
    const transform = (): Promise<string> =>
      page.evaluate<string>(`document.querySelector('[data-far]').getAttribute('transform')`);
    const before = await transform();
    const drawing = await page.getByRole('group', { name: 'Lineage of the adapters' }).boundingBox();
    if (drawing === null) throw new Error('The drawing has no place on the page');
    await page.mouse.move(drawing.x + 20, drawing.y + drawing.height - 20);
    await page.mouse.down();
    await page.mouse.move(drawing.x + 70, drawing.y + drawing.height - 50, { steps: 4 });
    await page.mouse.up();
    const moved = await transform();
    expect(moved).not.toBe(before);
    await page.mouse.wheel(0, -300);
    const scaled = await transform();
    expect(scaled.split('scale')[1]).not.toBe(moved.split('scale')[1]);
    await page.getByRole('button', { name: 'Zoom in' }).click();
    expect(await transform()).not.toBe(scaled);
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByRole('button', { name: 'Collapse merged' }).click();
    await page.getByRole('button', { name: 'Expand merged: 1 adapter is hidden' }).waitFor();
    await page.getByRole('button', { name: 'Expand all' }).click();
    await cardOf(page, 'last').dblclick();
    await waitForScreen(page, 'last');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('is scaled by two fingers', async () => {
    const context = { viewport: { width: 360, height: 740 }, hasTouch: true };
    const { page, complaints } = await openConsole(browser, server, '/console/adapters', { context });
    await cardOf(page, 'last').waitFor();
    const scale = (): Promise<number> =>
      page.evaluate<number>(
        `Number(/scale\\(([\\d.]+)/.exec(document.querySelector('[data-far]').getAttribute('transform'))[1])`,
      );
    const before = await scale();
    await page.evaluate(`(() => {
      const drawing = document.querySelector('svg[role="group"]');
      const { left, top } = drawing.getBoundingClientRect();
      drawing.setPointerCapture = () => undefined;
      const send = (type, pointerId, x, y) => drawing.dispatchEvent(
        new PointerEvent(type, { pointerId, pointerType: 'touch', clientX: left + x, clientY: top + y, bubbles: true }));
      send('pointerdown', 1, 100, 100);
      send('pointerdown', 2, 140, 100);
      send('pointermove', 2, 220, 100);
      send('pointerup', 1, 100, 100);
      send('pointerup', 2, 220, 100);
    })()`);
    expect(await scale()).toBeGreaterThan(before * 2);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('is downloaded as a drawing that stands alone', async () => {
    const { page, complaints } = await openConsole(browser, server, '/console/adapters');
    await cardOf(page, 'last').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download SVG' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('lineage.svg');
    const text = await readFile(await download.path(), 'utf8');
    expect(text).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<svg xmlns=/);
    expect(text).not.toMatch(/\bclass=|\bstyle=|var\(|light-dark|href=|url\(|<script|tabindex|\u202e|\u200b/);
    // A page of its own shows whether it is a drawing for a browser, too.
    const drawn = await page.evaluate<{ errors: number; texts: string[]; fills: number }>(`(() => {
      const drawing = new DOMParser().parseFromString(${JSON.stringify(text)}, 'image/svg+xml');
      return {
        errors: drawing.querySelectorAll('parsererror').length,
        texts: [...drawing.querySelectorAll('text')].map((each) => each.textContent),
        fills: [...drawing.querySelectorAll('circle')].filter((each) => each.getAttribute('fill')).length,
      };
    })()`);
    expect(drawn.errors).toBe(0);
    expect(drawn.fills).toBeGreaterThan(6);
    for (const each of [
      'Lineage of adapters',
      'merged',
      '100% · 1 entry',
      'Colour: share of positive',
      'Size: entries',
    ]) {
      expect(drawn.texts).toContain(each);
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('is a tree as well, which says of a merge where it stands', async () => {
    const { page, complaints } = await openConsole(browser, server, '/console/adapters?view=tree&selected=base');
    const tree = page.getByRole('tree', { name: 'Lineage as a tree' });
    await tree.getByRole('treeitem', { name: /^base/ }).focus();
    const walked: string[] = [];
    for (let step = 0; step < 7; step += 1) {
      walked.push((await focusedText(page)).replace(/[^a-z].*/, ''));
      await page.keyboard.press('ArrowDown');
    }
    expect(walked.filter((name) => name === 'merged')).toHaveLength(2);
    expect(new Set(walked)).toEqual(new Set(['base', 'odd', 'one', 'two', 'merged', 'last']));
    await tree.getByText('shown under one').waitFor();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    expect(await tree.getByRole('treeitem').count()).toBe(1);
    expect(search(page).getAll('collapsed')).toEqual(['base']);
    await page.keyboard.press('ArrowRight');
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('draws 500 adapters while the page goes on answering', async () => {
    const claims = { org: 'many', roles: ['admin'] };
    const submissions = Array.from({ length: 500 }, (_, number) => ({
      type: number % 3 === 0 ? 'negative' : 'positive',
      question: `Question ${number}: how is this done?`,
      answer: 'As the manual says, in the chapter on that.',
      adapter_id: `adapter-${number}`,
    }));
    const { status } = await server.call('POST', '/api/v1/llm/feedback/batch', {
      body: { feedback: submissions },
      claims,
    });
    expect(status).toBe(201);
    const { page, complaints } = await openConsole(browser, server, '/console/adapters', { claims });
    await cardOf(page, 'adapter-499').waitFor({ state: 'attached' });
    expect(await page.locator('[data-id]').count()).toBe(500);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('the list', () => {
  it('is searched and sorted in the address, and leads to a comparison', async () => {
    const { page, complaints } = await openConsole(browser, server, '/console/adapters?view=list&colour=red');
    await page.getByText('filters that this screen does not know').getByText('colour').waitFor();
    await page.getByLabel('Sort by').selectOption('Most entries');
    await page.getByLabel('Find an adapter').fill('e');
    await page.getByRole('grid').getByText('merged').waitFor();
    expect(page.url()).toBe(`${server.url}/console/adapters?view=list&q=e&sort=entries`);
    await page.getByRole('grid').focus();
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByRole('link', { name: 'Compare 2' }).click();
    await waitForScreen(page, 'Compare adapters');
    expect(search(page).getAll('adapter')).toHaveLength(2);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('the page of an adapter', () => {
  it('shows what is known of it, part by part', async () => {
    const { page, complaints } = await openConsole(browser, server, '/console/adapters/merged');
    await waitForScreen(page, 'merged');
    await page.getByRole('rowheader', { name: 'v1' }).waitFor();
    await page.getByRole('tab', { name: 'Over time' }).click();
    await page.locator('canvas').waitFor();
    await page.getByRole('tab', { name: 'Feedback' }).click();
    await page.getByRole('link', { name: QUESTION }).waitFor();
    expect(page.url()).toBe(`${server.url}/console/adapters/merged?tab=feedback`);
    await page.keyboard.press('ArrowRight');
    await page.getByRole('group', { name: 'Derived from' }).getByRole('link', { name: 'one' }).waitFor();
    await page.getByRole('group', { name: 'Children' }).getByRole('link', { name: 'last' }).waitFor();
    await page.getByRole('tab', { name: 'Training batches' }).click();
    await page.getByText('It was trained on no batch of this server').waitFor();
    await page.getByRole('tab', { name: 'Model card' }).click();
    await page.getByText('base_model').first().waitFor();
    await page.getByRole('tab', { name: 'Configuration' }).click();
    await page.getByText('"peft_type": "LORA"').waitFor();
    await page.reload();
    await page.getByText('"peft_type": "LORA"').waitFor();
    await page.getByRole('link', { name: 'Lineage' }).click();
    await waitForScreen(page, 'Lineage of merged');
    expect(await cardOf(page, 'base').count()).toBe(1);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('shows an odd name as it is, and says what does not exist', async () => {
    const path = `/console/adapters/${encodeURIComponent(HOSTILE)}`;
    const { page, complaints } = await openConsole(browser, server, path, { claims: { roles: ['reader'] } });
    await waitForScreen(page, HOSTILE);
    await page.goto(`${server.url}/console/adapters/nothing`);
    await page.getByText('There is no such adapter').waitFor();
    await expectAccessible(page);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('the comparison', () => {
  it('shows which questions became right, and is changed by keyboard alone', async () => {
    const { page, complaints } = await openConsole(browser, server, '/console/compare?adapter=one');
    await page.getByText('Choose two to eight adapters').waitFor();
    await page.getByLabel('Add an adapter').focus();
    await page.keyboard.type('merged');
    await page.keyboard.press('Enter');
    await page.getByText('Right since merged, wrong in one').waitFor();
    expect(search(page).getAll('adapter')).toEqual(['one', 'merged']);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Became wrong' }).click();
    await page.getByText('No such question').waitFor();
    await page.getByRole('button', { name: 'Remove merged' }).click();
    await page.getByText('Choose two to eight adapters').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('at every size', () => {
  it.each([
    ['light', 360, ['', '/merged']],
    ['dark', 1280, ['', '?view=list', '/merged?tab=config']],
  ] as const)(
    'the screens are accessible in %s at %i pixels, without scrolling sideways',
    async (colorScheme, width, paths) => {
      const context = { colorScheme, viewport: { width, height: 800 } };
      const { page, complaints } = await openConsole(browser, server, '/console/adapters?selected=merged', { context });
      await cardOf(page, 'last').waitFor();
      for (const path of paths) {
        if (path !== '') await page.goto(`${server.url}/console/adapters${path}`);
        await waitForScreen(page, path.startsWith('/') ? 'merged' : 'Adapters');
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        await expectAccessible(page);
      }
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );
});
