// Official builds of Node.js, each with an npm of its time, in a folder that git ignores and `npm ci` empties.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { environmentOf } from './environment.js';
import { isNodeLine, npmRange, platformPackage } from './platform-package.js';

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/node-lines', import.meta.url));
const INSTALL_MS = 300_000;

/**
 * The Node.js that runs this script, with its npm.
 * @returns {{ version: string, node: string, npm: string, npx: string }} a version, and the paths of programs; npm and
 *   npx are scripts for `node`, as Windows cannot start `npm.cmd` without a shell.
 */
export function currentNode() {
  const beside = dirname(process.execPath);
  const candidates = [
    ...(/npm-cli\.js$/.test(process.env.npm_execpath ?? '') ? [process.env.npm_execpath] : []),
    join(beside, 'node_modules/npm/bin/npm-cli.js'),
    join(beside, '../lib/node_modules/npm/bin/npm-cli.js'),
    join(beside, '../share/nodejs/npm/bin/npm-cli.js'),
  ];
  const npm = candidates.find((path) => existsSync(path));
  if (npm === undefined) throw new Error("npm is not found beside node; start this script with 'npm run'");
  return { version: process.versions.node, node: process.execPath, npm, npx: join(dirname(npm), 'npx-cli.js') };
}

/**
 * The official build of a line ('24', '20.19': its newest version) or of an exact version ('24.21.0'). What is in the
 * cache already is taken from there.
 * @returns {Promise<ReturnType<typeof currentNode>>}
 */
export async function installNode(line) {
  if (!isNodeLine(line)) {
    throw new Error(
      `'${line}' is no version of Node.js; write a line such as 24 or 20.19, or a version such as 24.21.0`,
    );
  }
  const folder = join(CACHE, line);
  if (!existsSync(folder)) await installInto(folder, line);
  const build = join(folder, 'node_modules', platformPackage(process.platform, process.arch));
  const { version, bin } = JSON.parse(readFileSync(join(build, 'package.json'), 'utf8'));
  const npm = join(folder, 'node_modules/npm/bin');
  return { version, node: join(build, bin.node), npm: join(npm, 'npm-cli.js'), npx: join(npm, 'npx-cli.js') };
}

/** Under another name first, so that a folder of the cache is always whole. */
async function installInto(folder, line) {
  await mkdir(CACHE, { recursive: true });
  const partial = await mkdtemp(join(CACHE, 'partial-'));
  try {
    await writeFile(join(partial, 'package.json'), '{ "private": true }\n');
    const { node, npm } = currentNode();
    const packages = [`${platformPackage(process.platform, process.arch)}@${line}`, `npm@${npmRange(line)}`];
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
    await promisify(execFile)(node, [npm, 'install', ...flags, ...packages], {
      cwd: partial,
      env: environmentOf(node),
      timeout: INSTALL_MS,
    }).catch((error) => {
      throw new Error(`Installing ${packages.join(' and ')} failed:\n${error.stderr || error.message}`, {
        cause: error,
      });
    });
    await rename(partial, folder).catch((error) => {
      // Somebody else has installed the same meanwhile.
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}
