import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, realpath, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Lays the package out in a folder as `npm install` does: the files that `npm pack` takes, and beside them nothing but
 * the production dependencies. Needs `npm run build` first, as `npm test` does.
 * @returns the file that `npx feedback-graph` runs
 */
export async function installPackage(folder: string): Promise<string> {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json'], { maxBuffer: 1 << 24 });
  const [packed] = JSON.parse(stdout) as [{ readonly files: readonly { readonly path: string }[] }];
  const modules = join(folder, 'node_modules');
  const home = join(modules, 'feedback-graph');
  for (const { path } of packed.files) await cp(path, join(home, path));
  const manifest = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as {
    readonly bin: Readonly<Record<'feedback-graph', string>>;
    readonly dependencies: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(manifest.dependencies)) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(await realpath(join('node_modules', name)), join(modules, name), 'junction');
  }
  return join(home, manifest.bin['feedback-graph']);
}

/** Runs a program in Node.js to its end. */
export async function runNode(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly out: string; readonly error: string }> {
  const child = spawn(process.execPath, argv, { env: { PATH: process.env['PATH'] ?? '', ...environment } });
  let out = '';
  let error = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, error };
}
