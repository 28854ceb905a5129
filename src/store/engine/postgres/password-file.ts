/** The password file of libpq: `~/.pgpass`, or the one that `PGPASSFILE` names. */
import { readFile, stat } from 'node:fs/promises';

/** What an entry of the file must match. */
export interface PasswordSubject {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** @returns undefined where the file does not exist, is open to others, or has no entry for the subject */
export async function findPassword(file: string, subject: PasswordSubject): Promise<string | undefined> {
  let content: string;
  try {
    // libpq ignores a file that others can read, too.
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) return undefined;
    content = await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
  const { host, port, database, user } = subject;
  const wanted = [host.startsWith('/') ? 'localhost' : host, `${port}`, database, user];
  for (const line of content.split(/\r?\n/)) {
    if (line === '' || line.startsWith('#')) continue;
    const fields = splitEntry(line);
    const password = fields[4];
    if (password !== undefined && wanted.every((value, at) => fields[at] === '*' || fields[at] === value)) {
      return password;
    }
  }
  return undefined;
}

/** Splits `host:port:database:user:password`, in which a backslash escapes a colon or a backslash. */
function splitEntry(line: string): readonly string[] {
  return [...line.matchAll(/((?:\\.|[^:\\])*)(?::|$)/g)].map(([, field = '']) => field.replaceAll(/\\(.)/g, '$1'));
}
