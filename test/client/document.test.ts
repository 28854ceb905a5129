import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { launchBrowser, openWatched } from '../support/browser.js';
import { startServerProcess } from '../support/process.js';

const page = await readFile('docs/connect-a-chat-ui.md', 'utf8');
const SECRET = 'a secret of more than thirty-two bytes';

/** The files of the page, and the examples that they are. */
const FILES = {
  'server.js': 'server.js',
  'public/index.html': 'chat-html/index.html',
  'public/chat.css': 'chat-html/chat.css',
};

const fileOfPage = (name: string): string => page.split(`file=${name}\n`)[1]?.split('```')[0] ?? '';

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(port);
}

/** Of a path as it stands: fetch would shorten it first. */
async function statusOf(port: string, path: string): Promise<string> {
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const piece of socket) text += String(piece);
  return text.split(' ')[1] ?? 'none';
}

describe('docs/connect-a-chat-ui.md', () => {
  it.each(Object.entries(FILES))('shows the example %s as it is', async (name, example) => {
    expect(fileOfPage(name)).toBe(await readFile(join('examples', example), 'utf8'));
  });

  it('runs as it stands, from the start of the server to the entry that arrives', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-chat-page-'));
    const port = await freePort();
    const [start = '', site = '', look = ''] = [...page.matchAll(/```bash\n([\s\S]*?)```/g)].map(([, block]) => block);
    const origin = /^FEEDBACK_CORS_ORIGINS=(\S+) npx feedback-graph serve$/m.exec(start)?.[1] ?? '';
    const atPort = (text: string): string => text.replaceAll('127.0.0.1:8080', `127.0.0.1:${port}`);
    const server = await startServerProcess({
      FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}`,
      FEEDBACK_JWT_SECRET: SECRET,
      FEEDBACK_CORS_ORIGINS: atPort(origin),
    });
    const run = (script: string) => {
      const here = atPort(script)
        .replaceAll('http://127.0.0.1:4000', server.url)
        .replaceAll('npx feedback-graph', `node ${resolve('dist/bundle/cli.js')}`);
      return spawn('bash', ['--norc', '-euo', 'pipefail', '-c', here], {
        cwd: directory,
        // The whole group ends with it, the site included.
        detached: true,
        env: {
          PATH: `${resolve('test/support/bin')}:${process.env['PATH'] ?? ''}`,
          FEEDBACK_JWT_SECRET: SECRET,
          FEEDBACK_URL: server.url,
          PORT: port,
        },
      });
    };
    const browser = await launchBrowser();
    await mkdir(join(directory, 'public'));
    for (const name of Object.keys(FILES)) {
      await writeFile(join(directory, name), fileOfPage(name).replaceAll('http://127.0.0.1:4000', server.url));
    }
    await cp('packages/client/dist/feedback-thumbs.js', join(directory, 'public/feedback-thumbs.js'));
    const backEnd = run(site);
    try {
      const [address] = (await once(createInterface(backEnd.stdout), 'line')) as [string];
      expect(address).toBe(atPort(origin));
      const { page: chat, complaints } = await openWatched(browser, 'http://127.0.0.1:');
      await chat.goto(address);
      await chat.getByRole('button', { name: 'Good answer' }).click();
      await chat.getByRole('status').filter({ hasText: 'Thank you.' }).waitFor();
      expect(complaints).toEqual([]);

      const looking = run(look);
      let seen = '';
      looking.stdout.on('data', (text: Buffer) => (seen += text.toString()));
      await once(looking, 'close');
      expect(JSON.parse(seen)).toMatchObject({
        feedback: [
          { type: 'positive', user_id: 'user123', interaction_id: 'chat-17/2', adapter_id: 'themis_help_lora' },
        ],
      });
      // A server that was started in the same folder has its secret and its store there.
      await writeFile(join(directory, 'data.secret'), SECRET);
      for (const path of ['/../data.secret', '/..%2fdata.secret', '/data.secret', '/server.js', '//', '/%', '/%00']) {
        expect([path, await statusOf(port, path)]).toEqual([path, expect.stringMatching(/^(?:404|502)$/)]);
      }
      expect(await statusOf(port, '/chat.css')).toBe('200');
    } finally {
      if (backEnd.pid !== undefined) process.kill(-backEnd.pid);
      await browser.close();
      server.child.kill('SIGTERM');
      await server.ended;
      await rm(directory, { recursive: true, force: true });
    }
  });
});
