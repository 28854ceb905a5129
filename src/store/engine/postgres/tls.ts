/** What `sslmode` means for one attempt to connect. */
import { readFileSync } from 'node:fs';
import { rootCertificates, type ConnectionOptions } from 'node:tls';
import { StoreOpenError } from '../../errors.js';
import type { HostAddress, SslMode, TlsSettings } from './location.js';

/** Whether to encrypt, in the order in which to try it. */
const ATTEMPTS: Readonly<Record<SslMode, readonly ('plain' | 'tls')[]>> = {
  disable: ['plain'],
  allow: ['plain', 'tls'],
  prefer: ['tls', 'plain'],
  require: ['tls'],
  'verify-ca': ['tls'],
  'verify-full': ['tls'],
};

/** @returns the ways to connect to an address, the preferred one first */
export function listAttempts({ mode }: TlsSettings, { host }: HostAddress): readonly ('plain' | 'tls')[] {
  // A Unix socket stays within the machine.
  return host.startsWith('/') ? ['plain'] : ATTEMPTS[mode];
}

/** @throws StoreOpenError where a file cannot be read */
export function readTlsOptions({ mode, rootCertificate, certificate, key }: TlsSettings): ConnectionOptions {
  // As in libpq, an authority that is named is checked with `require`, too.
  const verifies = mode.startsWith('verify') || (mode === 'require' && rootCertificate !== undefined);
  return {
    rejectUnauthorized: verifies,
    ...(verifies && rootCertificate !== undefined ? { ca: readAuthorities(rootCertificate) } : {}),
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
    ...(certificate !== undefined && key !== undefined
      ? { cert: readPem(certificate, 'sslcert'), key: readPem(key, 'sslkey') }
      : {}),
  };
}

function readAuthorities(rootCertificate: string): string | string[] {
  return rootCertificate === 'system' ? [...rootCertificates] : readPem(rootCertificate, 'sslrootcert');
}

function readPem(file: string, parameter: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new StoreOpenError(`The file that ${parameter} names cannot be read: ${file}`, { cause });
  }
}
