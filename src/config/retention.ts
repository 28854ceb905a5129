import { RETENTION_CLASSES, type RetentionClass, type RetentionPolicy } from '../maintenance/retention/policy.js';
import { duration, SettingError } from './setting.js';

const retained = duration('24h', '36500d');

/**
 * Rules such as `rejected=30d,used=400d`, one for each class at most.
 * @throws {SettingError}
 */
export function retentionPolicy(text: string): RetentionPolicy {
  const policy = new Map<RetentionClass, number>();
  for (const rule of text.split(',')) {
    const [name = '', time = ''] = rule.trim().split('=');
    const kind = RETENTION_CLASSES.find((each) => each === name);
    if (kind === undefined || rule.split('=').length !== 2) {
      throw new SettingError(
        `must be rules such as rejected=30d,used=400d, for ${RETENTION_CLASSES.join(', ')}, not '${rule.trim()}'`,
      );
    }
    if (policy.has(kind)) throw new SettingError(`must have one rule for ${kind}, not several`);
    policy.set(kind, retained(time));
  }
  return policy;
}
