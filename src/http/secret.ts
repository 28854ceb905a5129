/** The signing secret that the server makes for itself where none is configured. */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from '../store/sync-directory.js';
import { KeyError, secretKey } from './keys.js';

/** A file of our own secret that is not to be used. Its message is one sentence for the operator. */
export class SecretFileError extends Error {
  override readonly name = 'SecretFileError';
}

/**
 * The secret in the file at `path`. Where there is no file, one is made with a random secret of 32 bytes in base64url,
 * readable by its owner alone (mode 0600), and is on disk when this answers. Of several callers at once, in this process
 * or others, one makes the file and all answer the same.
 * @throws {SecretFileError} if others than the owner have access to the file, or it holds no secret of 32 bytes or more.
 */
export async function ensureOwnSecret(path: string): Promise<string> {
  const existing = await readSecret(path);
  if (existing !== undefined) return existing;
  try {
    await makeSecret(path);
  } catch (error) {
    throw new SecretFileError(`The secret file ${path} cannot be created${formatCode(error)}`, { cause: error });
  }
  const made = await readSecret(path);
  if (made === undefined) throw new SecretFileError(`The secret file ${path} was removed while the server started`);
  return made;
}

async function readSecret(path: string): Promise<string | undefined> {
  let file;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw unreadable(path, error);
  }
  try {
    const { mode } = await file.stat();
    // Windows has no such modes: every file there looks as if others could read it.
    if ((mode & 0o077) !== 0 && process.platform !== 'win32') {
      throw new SecretFileError(
        `The secret file ${path} is accessible to others (mode ${(mode & 0o777).toString(8).padStart(4, '0')}); run: chmod 600 ${path}`,
      );
    }
    const secret = (await file.readFile('utf8')).trim();
    secretKey(secret);
    return secret;
  } catch (error) {
    if (error instanceof SecretFileError) throw error;
    if (!(error instanceof KeyError)) throw unreadable(path, error);
    throw new SecretFileError(
      `The secret in ${path} ${error.message}; remove the file to create a new secret, which invalidates all tokens signed with the old one`,
    );
  } finally {
    await file.close();
  }
}

function unreadable(path: string, cause: unknown): SecretFileError {
  return new SecretFileError(`The secret file ${path} cannot be read${formatCode(cause)}`, { cause });
}

/**
 * Writes the file aside and links it to its name, which fails where the name is taken: nobody ever sees a file without
 * its whole content, and a second maker cannot replace the first one's.
 */
async function makeSecret(path: string): Promise<void> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true });
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(aside, 'wx', 0o600);
  try {
    await file.writeFile(`${randomBytes(32).toString('base64url')}\n`);
    await file.sync();
    await link(aside, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await file.close();
    await unlink(aside);
  }
  await syncDirectory(directory);
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** The operating system's code in brackets, where there is one. */
function formatCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
}
