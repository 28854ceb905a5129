/** The marker file that tells a directory of ours from any other, checked before anything is written there. */
import { access, chmod, constants, mkdir, open, readFile, readdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StoreOpenError } from './errors.js';
import { syncDirectory } from './sync-directory.js';

const MARKER = 'feedback-graph.json';
const UNFINISHED_MARKER = `${MARKER}.new`;

/** The format of what is in the directory; a higher one is of a later version of this program. */
const FORMAT = 2;
/** Of version 0.1.0, whose files are compressed with Snappy, which the present RocksDB was built without. */
const SNAPPY_FORMAT = 1;

/** What a directory may hold that is nobody's yet: the root of a volume, or a marker that was not finished. */
const IGNORED = new Set(['lost+found', UNFINISHED_MARKER]);

/**
 * Makes sure that `directory` is a store of ours that this version can read and write, or makes it one if it is empty or
 * not there; without `create` it must be one.
 * @throws StoreOpenError, with nothing touched
 */
export async function claimDirectory(directory: string, create = true): Promise<void> {
  const names = await listDirectory(directory);
  if (!create && names?.includes(MARKER) !== true)
    throw new StoreOpenError(`There is no feedback-graph store at ${directory}`);
  if (names === undefined) {
    await attempt(directory, 'cannot be created', makeDirectory(directory));
  } else {
    await attempt(directory, 'cannot be written', access(directory, constants.R_OK | constants.W_OK | constants.X_OK));
  }
  if (names?.includes(MARKER)) {
    checkMarker(directory, await attempt(directory, 'cannot be read', readFile(join(directory, MARKER), 'utf8')));
  } else if (names?.some((name) => !IGNORED.has(name))) {
    throw new StoreOpenError(`${directory} is neither empty nor a feedback-graph store`);
  } else {
    await attempt(directory, 'cannot be written', writeMarker(directory));
  }
}

/** What is in the directory; `undefined` if it is not there. */
async function listDirectory(directory: string): Promise<string[] | undefined> {
  const found = await attempt(directory, 'cannot be read', stat(directory).catch(ignoreMissing));
  if (found === undefined) return undefined;
  if (!found.isDirectory()) throw new StoreOpenError(`${directory} is not a directory`);
  return attempt(directory, 'cannot be read', readdir(directory));
}

function checkMarker(directory: string, text: string): void {
  const format = markerFormat(text);
  if (format === undefined) throw new StoreOpenError(`${directory} has an unreadable ${MARKER}`);
  if (format === SNAPPY_FORMAT) {
    throw new StoreOpenError(
      `${directory} was written by feedback-graph 0.1.0, whose files this version cannot read: back it up with ` +
        `0.1.0 on Node.js 20 ('feedback-graph backup FILE --store …'), and restore the backup into another directory ` +
        `with this version ('feedback-graph restore FILE --store …')`,
    );
  }
  if (format > FORMAT) {
    throw new StoreOpenError(
      `${directory} was written by a later version of feedback-graph (its format is ${format}, this one knows ${FORMAT})`,
    );
  }
}

function markerFormat(text: string): number | undefined {
  let marker: unknown;
  try {
    marker = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof marker !== 'object' || marker === null || !('format' in marker)) return undefined;
  const { format } = marker;
  return typeof format === 'number' && Number.isInteger(format) && format >= 1 ? format : undefined;
}

/**
 * Takes an open store's directory and the files in it away from all but their owner, whatever the umask was when they were
 * made. What RocksDB makes later is protected by the directory, and by the umask that the command line sets.
 * @throws StoreOpenError if this user may not do so
 */
export async function makePrivate(directory: string): Promise<void> {
  // Windows has no such modes.
  if (process.platform === 'win32') return;
  const problem = 'is accessible to others and cannot be made private; use a directory that this user owns';
  await attempt(directory, problem, tighten(directory));
  for (const name of await attempt(directory, 'cannot be read', readdir(directory))) {
    if (!IGNORED.has(name)) await attempt(directory, problem, tighten(join(directory, name)));
  }
}

async function tighten(path: string): Promise<void> {
  const found = await stat(path).catch(ignoreMissing);
  if (found !== undefined && (found.mode & 0o077) !== 0) await chmod(path, found.mode & 0o700).catch(ignoreMissing);
}

/** The marker is there whole and for good before the first byte of data, or not at all. */
async function writeMarker(directory: string): Promise<void> {
  const unfinished = join(directory, UNFINISHED_MARKER);
  const file = await open(unfinished, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ format: FORMAT })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, join(directory, MARKER));
  await syncDirectory(directory);
}

/** Makes a directory and those above it that are missing, and puts the names of all of them on disk. */
async function makeDirectory(directory: string): Promise<void> {
  const first = (await mkdir(directory, { recursive: true, mode: 0o700 })) ?? directory;
  for (let made = directory; ; made = dirname(made)) {
    await syncDirectory(dirname(made));
    if (made === first || made === dirname(made)) return;
  }
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}

async function attempt<T>(directory: string, problem: string, action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new StoreOpenError(`${directory} ${problem}${code}`, { cause });
  }
}
