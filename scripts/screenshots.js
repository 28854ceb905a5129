// Takes the README's pictures of GraphiQL and the API page from the real thing: npm run build && node scripts/screenshots.js
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import chromium from '@sparticuz/chromium';
import { chromium as playwright } from 'playwright-core';

const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-screenshots-'));
const server = spawn(process.execPath, ['dist/bundle/cli.js', 'serve', '--demo'], {
  env: { PATH: process.env.PATH, FEEDBACK_PORT: '0', FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}` },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const browser = await playwright.launch({ executablePath: await chromium.executablePath(), args: ['--no-sandbox'] });
try {
  let link = '';
  for await (const line of createInterface({ input: server.stdout })) {
    link = /http:\S+#token=\S+/.exec(line)?.[0] ?? '';
    if (link !== '') break;
  }
  await mkdir('docs/images', { recursive: true });
  const page = await browser.newPage({ viewport: { width: 1280, height: 760 } });

  // The token is kept for the tab, so that the other pages have it as well.
  await page.goto(link);
  await page.goto(new URL('/graphql', link).href);
  await page.getByText('An adapter with its feedback').waitFor();
  await page.getByRole('button', { name: /Execute query/ }).click();
  await page.locator('.graphiql-response').getByText('totalFeedback').first().waitFor();
  await page.screenshot({ path: 'docs/images/graphiql.png' });

  await page.goto(new URL('/docs', link).href);
  await page.getByText('/api/v1/llm/feedback').first().waitFor();
  await page.screenshot({ path: 'docs/images/docs.png' });
} finally {
  await browser.close();
  server.kill('SIGTERM');
  await once(server, 'exit');
  await rm(directory, { recursive: true, force: true });
}
