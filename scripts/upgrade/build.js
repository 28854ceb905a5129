// Builds another commit of this repository, beside this checkout, with the libraries that are installed in it.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { runProgram } from '../smoke/processes.js';

const BUILD_MS = 240_000;

/** The workspace, of which each commit has its own. */
const OWN_SCOPE = '@feedback-graph';
const OWN_PACKAGE = 'cypher';

/** The full name of a commit; undefined if it is not here, as before the first one, in a shallow clone, or outside of Git. */
export function findCommit(root, name) {
  try {
    const argv = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
    return execFileSync('git', argv, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

/** Checks a commit out into a new folder and builds it there. @returns the path of its program, and `remove` */
export async function buildCommit(root, commit, directory) {
  const remove = () => git(root, 'worktree', 'remove', '--force', directory);
  git(root, 'worktree', 'add', '--detach', directory, commit);
  try {
    linkLibraries(join(root, 'node_modules'), join(directory, 'node_modules'));
    // Newer than what they are made of, so that they are not built: no page has to do with the store.
    cpSync(join(root, 'dist/web'), join(directory, 'dist/web'), { recursive: true });
    const npm = process.env.npm_execpath;
    const [program, ...argv] = npm === undefined ? ['npm'] : [process.execPath, npm];
    await runProgram(program, [...argv, 'run', 'build'], { cwd: directory }, BUILD_MS);
  } catch (error) {
    remove();
    throw error;
  }
  return { cli: join(directory, 'dist/bundle/cli.js'), remove };
}

/** One by one: a link to the whole folder would make this checkout's own package part of the build. */
function linkLibraries(from, to) {
  mkdirSync(to);
  for (const name of readdirSync(from)) if (name !== OWN_SCOPE) symlinkSync(join(from, name), join(to, name));
  mkdirSync(join(to, OWN_SCOPE));
  symlinkSync(join(dirname(to), 'packages', OWN_PACKAGE), join(to, OWN_SCOPE, OWN_PACKAGE));
}

function git(root, ...argv) {
  execFileSync('git', argv, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
}
