import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const home = new URL('..', import.meta.url).pathname;
const manifest = JSON.parse(await readFile(`${home}/package.json`, 'utf8')) as {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
};

it('is packed with every file that it exports, and with nothing of its tests', async () => {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json'], { cwd: home });
  const [packed] = JSON.parse(stdout) as [{ readonly files: readonly { readonly path: string }[] }];
  const paths = packed.files.map(({ path }) => `./${path}`);
  const exported = Object.values(manifest.exports).flatMap((target) =>
    typeof target === 'string' ? [target] : Object.values(target),
  );
  expect(exported.filter((path) => !paths.includes(path))).toEqual([]);
  expect(paths).toEqual(expect.arrayContaining(['./LICENSE', './README.md']));
  expect(paths.filter((path) => /test|scripts|tsconfig/.test(path))).toEqual([]);
});

it('can be imported where there is no page, and does nothing then', async () => {
  const program = `
    globalThis.fetch = () => { throw new Error('a request at import time'); };
    const modules = await Promise.all(['', '/submit', '/queue', '/widget'].map((name) => import('@feedback-graph/client' + name)));
    console.log(modules.map((each) => Object.keys(each).sort().join()).join(' '));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { cwd: home });
  const [core, submit, queue, widget] = stdout.trim().split(' ');
  expect(core).toBe(
    'FeedbackGraphError,SubmitBatchError,WebhookVerificationError,createClient,createSubmitter,tokenFrom,verifyWebhook',
  );
  expect(submit).toBe('FeedbackGraphError,createSubmitter,tokenFrom');
  expect(queue).toBe('FeedbackGraphError,QueueFullError,UndeliveredError,createQueue,tokenFrom');
  expect(widget).toBe('defineFeedbackThumbs,tokenFrom');
});
