/** Revoked tokens. */
import { keyPrefix, prefixRange, splitKey } from '../../store/keys.js';
import { REVOCATION_MARK_KEY, revocationKey } from '../../store/layout.js';
import { type Check, eachChunk, malformed, reportInconsistency, type StoreCheck } from './check.js';
import { isRevocation, readRecord } from './shapes.js';

export async function checkRevocations(check: Check): Promise<void> {
  const { org } = check;
  await eachChunk(check, 'revocation', prefixRange(keyPrefix('revocation', org)), (entries) => {
    for (const { key, value } of entries) {
      const [, , kind = '', name = ''] = splitKey(key);
      if (!isKind(kind) || key !== revocationKey(org, kind, name)) {
        malformed(check, 'revocation', key);
        continue;
      }
      const { problem } = readRecord(value, isRevocation);
      if (problem !== undefined) reportInconsistency(check, 'revocation', `${kind} ${name}`.trim(), problem);
    }
  });
}

function isKind(kind: string): kind is 'all' | 'token' | 'user' {
  return kind === 'all' || kind === 'token' || kind === 'user';
}

/** What tells other servers of revocations. */
export async function checkRevocationMark(check: StoreCheck): Promise<void> {
  await eachChunk(check, 'revocations', prefixRange('revocations:'), (entries) => {
    for (const { key } of entries) if (key !== REVOCATION_MARK_KEY) malformed(check, 'revocations', key);
  });
}
