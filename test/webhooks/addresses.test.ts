import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  guardedLookup,
  isPublicAddress,
  publicAddresses,
  RefusedAddressError,
  type Resolve,
  UnresolvedNameError,
} from '../../src/webhooks/addresses.js';
import { checkTarget, parseTarget } from '../../src/webhooks/target.js';

const PRIVATE = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '100.127.255.255',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.0.2.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.51.100.7',
  '203.0.113.9',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:10.0.0.1',
  '::ffff:8.8.8.8',
  '64:ff9b::7f00:1',
  '64:ff9b::8.8.8.8',
  '64:ff9b:1::a00:1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '3fff::1',
  'fc00::1',
  'fd12:3456:789a::1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  'localhost',
  '',
];
const PUBLIC = ['1.1.1.1', '8.8.8.8', '100.63.255.255', '172.32.0.1', '2606:4700::1111', '2a00:1450:4001::1'];

const resolveTo =
  (...addresses: string[]): Resolve =>
  () =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

describe('addresses', () => {
  it.each(PRIVATE)('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
  it.each(PUBLIC)('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it('a name with an address that is not public is refused, whatever else it has', async () => {
    await expect(publicAddresses('a.example', resolveTo('1.1.1.1', '127.0.0.1'))).rejects.toThrow(RefusedAddressError);
    await expect(publicAddresses('a.example', resolveTo())).rejects.toThrow(UnresolvedNameError);
    expect(await publicAddresses('a.example', resolveTo('1.1.1.1'))).toHaveLength(1);
  });

  it('of a name that leads nowhere is told no more than that', async () => {
    const resolve: Resolve = () => Promise.reject(new Error('queryA ESERVFAIL internal.example'));
    for (const allowPrivate of [true, false]) {
      const lookup = promisify(guardedLookup(resolve, allowPrivate));
      await expect(lookup('internal.example', {})).rejects.toThrow(/^The name could not be resolved$/);
    }
  });

  it('a name that changes what it leads to is refused when the connection is opened', async () => {
    const answers = ['1.1.1.1', '169.254.169.254'];
    const resolve: Resolve = () => resolveTo(answers.shift()!)('');
    const rules = { allowPrivate: false, resolve };
    await checkTarget(parseTarget('https://hooks.example.com/', rules), rules);
    const lookup = promisify(guardedLookup(resolve, false));
    await expect(lookup('hooks.example.com', { all: true })).rejects.toThrow(RefusedAddressError);
  });
});

describe('targets', () => {
  const rules = { allowPrivate: false, resolve: resolveTo('1.1.1.1') };
  it.each(['http://example.com/', 'https://user@example.com/', 'https://:word@example.com/', 'https://example.com/#'])(
    '%s is refused',
    (url) => {
      expect(() => parseTarget(url, rules)).toThrow("'url' must");
    },
  );
  it.each([
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://１２７.0.0.1/',
    'https://100.64.0.1/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://017700000001/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[fd00::1]/',
    'https://169.254.169.254/latest/meta-data',
    'https://0/',
  ])('%s leads to no public address, however it is written', async (url) => {
    await expect(checkTarget(parseTarget(url, rules), rules)).rejects.toThrow('must lead to a public address');
  });
  it('says no more of a name than that it cannot be resolved', async () => {
    const resolve: Resolve = () => Promise.reject(new Error('queryA ESERVFAIL internal.example'));
    await expect(checkTarget(new URL('https://internal.example/'), { ...rules, resolve })).rejects.toThrow(
      /^'url' must have a host name that can be resolved$/,
    );
  });
});
