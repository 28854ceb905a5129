/** The connection service file of libpq: named sets of parameters in `pg_service.conf`. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreOpenError } from '../../errors.js';

/** @throws StoreOpenError where no file defines the service, or the file cannot be read */
export function readService(
  name: string,
  environment: NodeJS.ProcessEnv,
  home: string,
): Readonly<Record<string, string>> {
  const files = [
    environment['PGSERVICEFILE'] ?? join(home, '.pg_service.conf'),
    ...(environment['PGSYSCONFDIR'] === undefined
      ? ['/etc/postgresql-common/pg_service.conf', '/etc/pg_service.conf']
      : [join(environment['PGSYSCONFDIR'], 'pg_service.conf')]),
  ];
  for (const file of files) {
    if (!existsSync(file)) continue;
    const parameters = parseService(readServiceFile(file), name);
    if (parameters !== undefined) return parameters;
  }
  throw new StoreOpenError(`The service '${name}' is in no pg_service.conf: define it there, or set PGSERVICEFILE`);
}

function readServiceFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new StoreOpenError(`The service file ${file} cannot be read`, { cause });
  }
}

/** @returns undefined where the file does not define the service */
function parseService(content: string, name: string): Readonly<Record<string, string>> | undefined {
  let parameters: Record<string, string> | undefined;
  for (const line of content.split(/\r?\n/).map((text) => text.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const [, heading] = /^\[(.*)\]$/.exec(line) ?? [];
    if (heading !== undefined) {
      // The first section of a name counts.
      if (parameters !== undefined) break;
      if (heading === name) parameters = {};
      continue;
    }
    const [, key, value] = /^([a-z_]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (parameters === undefined) continue;
    if (key === undefined || value === undefined) {
      throw new StoreOpenError(`The service '${name}' in pg_service.conf has a line that is not 'parameter=value'`);
    }
    parameters[key] = value;
  }
  return parameters;
}
