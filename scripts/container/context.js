// Which files of the repository Docker is given.
import { readFileSync } from 'node:fs';
import dockerignore from '@balena/dockerignore';

/** @returns whether a path, relative to the root of the repository, is in the context of a build */
export function contextFilter() {
  const ignored = dockerignore({ ignorecase: false }).add(
    readFileSync(new URL('../../.dockerignore', import.meta.url), 'utf8'),
  );
  return (path) => !ignored.ignores(path);
}
