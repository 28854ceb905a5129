import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureOwnSecret, SecretFileError } from '../../src/http/secret.js';

describe('our own secret', () => {
  let directory: string;
  let path: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'feedback-graph-secret-'));
    path = join(directory, 'data.secret');
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('is made once, from 32 random bytes, for its owner alone, and leaves nothing else behind', async () => {
    const secret = await ensureOwnSecret(path);
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    expect(await ensureOwnSecret(path)).toBe(secret);
    expect(((await stat(path)).mode & 0o777).toString(8)).toBe('600');
    expect(await readFile(path, 'utf8')).toBe(`${secret}\n`);
    expect(await readdir(directory)).toEqual(['data.secret']);
  });

  it('differs from one server to the next', async () => {
    expect(await ensureOwnSecret(path)).not.toBe(await ensureOwnSecret(join(directory, 'other.secret')));
  });

  it('is the same for all who start at once', async () => {
    const starts: Promise<string>[] = [];
    // One after another, so that some look for the file while others are making it, and at every step of it.
    for (let start = 0; start < 100; start++) {
      starts.push(ensureOwnSecret(path));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const secrets = await Promise.all(starts);
    expect(new Set(secrets).size).toBe(1);
    expect(await readdir(directory)).toEqual(['data.secret']);
  });

  it('is made with the directories above it', async () => {
    const deep = join(directory, 'a', 'b', 'data.secret');
    expect(await ensureOwnSecret(deep)).toBe((await readFile(deep, 'utf8')).trim());
  });

  it.each([0o640, 0o604, 0o660, 0o644])('is refused while others have access to it (mode %o)', async (mode) => {
    await ensureOwnSecret(path);
    await chmod(path, mode);
    await expect(ensureOwnSecret(path)).rejects.toThrow(
      new SecretFileError(
        `The secret file ${path} is accessible to others (mode 0${mode.toString(8)}); run: chmod 600 ${path}`,
      ),
    );
  });

  it.each(['', '\n', 'x'.repeat(31), `${' '.repeat(40)}\n`])(
    'is refused if the file holds less than 32 bytes',
    async (content) => {
      await writeFile(path, content, { mode: 0o600 });
      await expect(ensureOwnSecret(path)).rejects.toThrow(/^The secret in .* must be at least 32 bytes long, not \d+;/);
      expect(await readFile(path, 'utf8')).toBe(content);
    },
  );

  it('says so if it cannot be read or made', async () => {
    await mkdir(path, { mode: 0o700 });
    await expect(ensureOwnSecret(path)).rejects.toThrow(
      new SecretFileError(`The secret file ${path} cannot be read (EISDIR)`),
    );
    const file = join(directory, 'file');
    await writeFile(file, '');
    await expect(ensureOwnSecret(join(file, 'below', 'data.secret'))).rejects.toThrow(SecretFileError);
  });
});
