// Virtual environments of Python with what a check needs, made once and kept in the user's cache.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { runProgram } from './smoke/processes.js';

const ON_WINDOWS = process.platform === 'win32';
const INSTALL_MS = 600_000;

/** How a program ends where the libraries cannot be installed, as without a network (EX_TEMPFAIL of sysexits.h). */
export const NOT_INSTALLED = 75;
export class NotInstalledError extends Error {}

/** The Python that a check runs on unless it is told otherwise. */
export const DEFAULT_PYTHON = process.env.PYTHON ?? (ON_WINDOWS ? 'python' : 'python3');

function say(text) {
  process.stdout.write(`${text}\n`);
}

/**
 * The Python of an environment with the libraries; it is made where it is not there yet.
 * @param {{ name: string, python?: string, requirements: readonly { file: string, flags?: readonly string[] }[] }} asked
 *   `name` says what it is for; the requirements are installed in their order, each with pip's `flags`
 * @throws {NotInstalledError}
 */
export async function findPython({ name, python: named = DEFAULT_PYTHON, requirements }) {
  const version = (await runProgram(named, ['--version'], {})).trim();
  const texts = await Promise.all(requirements.map(({ file }) => readFile(file, 'utf8')));
  const key = createHash('sha256')
    .update([version, ...texts].join('\n'))
    .digest('hex')
    .slice(0, 16);
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const environment = join(cache, 'feedback-graph', `${name}-${key}`);
  const python = join(environment, ON_WINDOWS ? 'Scripts/python.exe' : 'bin/python');
  const marker = join(environment, 'complete');
  if (existsSync(marker)) return python;
  say(`${version}: installing the libraries into ${environment}`);
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  try {
    await rm(environment, { recursive: true, force: true });
    await mkdir(environment, { recursive: true });
    await runProgram(named, ['-m', 'venv', environment], {}, INSTALL_MS);
    for (const { file, flags = [] } of requirements) {
      await runProgram(python, [...install, ...flags, '-r', file], {}, INSTALL_MS);
    }
    await writeFile(marker, '');
  } catch (error) {
    // Half of it is of no use, and may be gigabytes.
    await rm(environment, { recursive: true, force: true });
    throw new NotInstalledError('The libraries could not be installed', { cause: error });
  }
  return python;
}

/** Says why a check failed. @returns the exit code */
export function reportFailure(error) {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  say(`FAIL  ${cause instanceof Error ? `${message}: ${cause.message}` : message}\n0 passed, 1 failed`);
  return error instanceof NotInstalledError ? NOT_INSTALLED : 1;
}
