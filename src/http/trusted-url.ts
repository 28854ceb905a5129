import { isIP } from 'node:net';

/** Whether nobody on the way can alter what this URL answers: HTTPS, or HTTP to this machine; and it holds no password. */
export function isTrustedUrl({ protocol, hostname, username, password }: URL): boolean {
  const isSafe = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
  return isSafe && username === '' && password === '';
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}
