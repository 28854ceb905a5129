// The file system of a stage: this machine's, which stands in for the base image, with the official build of Node.js, and
// above it a layer of its own. Runs in a mount namespace of its own, so that nothing of it is left.
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What this machine has of its users, which no base image has. */
const HIDDEN = ['/root', '/home', '/tmp', '/srv', '/opt', '/data'];
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** What a build needs to reach the registries of packages from here. */
const OF_NETWORK = /^(?:https?_proxy|no_proxy|npm_config_registry|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR))$/i;

/**
 * @param {string} directory an empty one
 * @param {{ node: string, npm: string }} build the paths of an official build of Node.js and of its npm
 * @param {string} repository of which only what is copied is to be seen
 * @returns {Promise<string>} the root
 */
export async function createTree(directory, { node, npm }, repository) {
  const root = join(directory, 'root');
  for (const name of ['upper', 'work', 'root']) await mkdir(join(directory, name), { recursive: true });
  const layers = `lowerdir=/,upperdir=${join(directory, 'upper')},workdir=${join(directory, 'work')}`;
  await run('mount', ['-t', 'overlay', 'overlay', '-o', layers, root]);
  const packages = dirname(dirname(npm));
  await bindInto(root, dirname(packages), '/usr/local/lib/node-of-image');
  await bindInto(root, node, '/usr/local/bin/node');
  await writeFile(join(root, 'usr/local/bin/npm'), `#!/bin/sh\nexec node ${inImage(npm, packages)} "$@"\n`, {
    mode: 0o755,
  });
  for (const path of new Set([...HIDDEN, `/${repository.split('/')[1]}`])) {
    if (await isThere(join(root, path)))
      await run('mount', ['-t', 'tmpfs', '-o', 'mode=1777', 'tmpfs', join(root, path)]);
  }
  for (const path of ['/dev', '/proc']) await run('mount', ['--rbind', path, join(root, path)]);
  return root;
}

function inImage(npm, packages) {
  return npm.replace(dirname(packages), '/usr/local/lib/node-of-image');
}

/** Shows a file or a folder of this machine at a place of the tree. */
export async function bindInto(root, source, target) {
  const path = join(root, target);
  if ((await stat(source)).isDirectory()) await mkdir(path, { recursive: true });
  else {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '');
  }
  await run('mount', ['--bind', source, path]);
}

/** Copies as COPY does: the contents of folders, and files into or onto the target. */
export async function copyInto(root, sources, target, filter = () => true) {
  const isFolder = target.endsWith('/') || sources.length > 1;
  for (const source of sources) {
    const isFile = (await stat(source)).isFile();
    const to = join(root, target, isFile && isFolder ? source.split('/').at(-1) : '');
    await mkdir(isFile ? dirname(to) : to, { recursive: true });
    await cp(source, to, { recursive: true, verbatimSymlinks: true, filter });
  }
}

/** Makes all but these places of the tree read-only, each of which becomes a file system of its own with what was there. */
export async function makeReadOnly(root, volumes) {
  for (const volume of volumes) {
    const path = join(root, volume);
    const { uid, gid, mode } = await stat(path);
    if ((await readdir(path)).length > 0) throw new Error(`${volume} of the image is not empty`);
    const options = `uid=${uid},gid=${gid},mode=${(mode & 0o7777).toString(8)}`;
    await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path]);
  }
  await run('mount', ['-o', 'remount,ro', root]);
}

/** The command that runs another one in a tree, and the environment that it has there. */
export function inTree(root, { user = '0:0', workdir, variables }, argv) {
  const own = Object.entries(process.env).filter(([name]) => OF_NETWORK.test(name));
  const shell = ['/bin/sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', workdir, ...argv];
  return {
    file: 'chroot',
    argv: [`--userspec=${user}`, root, ...shell],
    env: { PATH, HOME: user === '0:0' ? '/root' : '/', ...Object.fromEntries(own), ...variables },
  };
}

async function isThere(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}
