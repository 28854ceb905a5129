/** What an issuer of OpenID Connect publishes about itself (OpenID Connect Discovery 1.0). */
import * as oauth from 'oauth4webapi';
import { isTrustedUrl } from '../trusted-url.js';
import { requestOptions } from './requests.js';

/** What an issuer publishes, with the endpoints that sign-in needs. */
export interface IssuerMetadata extends oauth.AuthorizationServer {
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly jwks_uri: string;
}

export interface DiscoveryOptions {
  /** What is older is fetched anew, ms. */
  readonly maxAge?: number;
  /** After a fetch that failed, nothing is fetched for this long, ms. */
  readonly failureCooldown?: number;
  /** Limit of one fetch, ms. */
  readonly timeout?: number;
  /** Told once of every fetch that failed, for the operator. */
  readonly onFailure?: (error: unknown) => void;
}

export const DISCOVERY_DEFAULTS = { maxAge: 3_600_000, failureCooldown: 5_000, timeout: 5_000 } as const;

/** The issuer does not answer, or with something else than what it should publish. */
export class IssuerUnavailableError extends Error {
  override readonly name = 'IssuerUnavailableError';
}

/** @throws {IssuerUnavailableError} if nothing is known of the issuer */
export type ReadMetadata = () => Promise<IssuerMetadata>;

/**
 * Reads the metadata of an issuer. It is fetched once for all who wait for it. Once there is one, nobody waits any more:
 * when it is old, it still serves while a new one is fetched, and while the issuer is down.
 */
export function createDiscovery(issuer: string, options: DiscoveryOptions = {}): ReadMetadata {
  const { maxAge, failureCooldown, timeout, onFailure } = { ...DISCOVERY_DEFAULTS, ...options };
  let known: { readonly metadata: IssuerMetadata; readonly fetchedAt: number } | undefined;
  let fetching: Promise<IssuerMetadata> | undefined;
  let failure: { readonly error: IssuerUnavailableError; readonly until: number } | undefined;

  const refresh = async (): Promise<IssuerMetadata> => {
    try {
      const metadata = await fetchMetadata(issuer, timeout);
      known = { metadata, fetchedAt: Date.now() };
      failure = undefined;
      return metadata;
    } catch (cause) {
      const error = new IssuerUnavailableError('The metadata of the issuer cannot be read', { cause });
      failure = { error, until: Date.now() + failureCooldown };
      onFailure?.(cause);
      throw error;
    } finally {
      fetching = undefined;
    }
  };

  return async () => {
    const time = Date.now();
    if (known !== undefined && time < known.fetchedAt + maxAge) return known.metadata;
    const isQuiet = failure !== undefined && time < failure.until;
    if (!isQuiet) fetching ??= refresh();
    if (known !== undefined) {
      // What went wrong was said to the operator.
      fetching?.catch(() => undefined);
      return known.metadata;
    }
    if (fetching === undefined && failure !== undefined) throw failure.error;
    return fetching ?? refresh();
  };
}

async function fetchMetadata(issuer: string, timeout: number): Promise<IssuerMetadata> {
  const url = new URL(issuer);
  const response = await oauth.discoveryRequest(url, requestOptions(issuer, timeout));
  const metadata = await oauth.processDiscoveryResponse(url, response);
  // Tokens name it so, and they are compared character by character.
  if (metadata.issuer !== issuer) throw new Error(`The issuer calls itself otherwise than ${issuer}`);
  return checkEndpoints(metadata);
}

const OPTIONAL_ENDPOINTS = ['revocation_endpoint', 'end_session_endpoint'] as const;

function checkEndpoints(metadata: oauth.AuthorizationServer): IssuerMetadata {
  const { issuer, authorization_endpoint: authorization, token_endpoint: token, jwks_uri: keys, ...others } = metadata;
  for (const name of OPTIONAL_ENDPOINTS) {
    if (metadata[name] !== undefined) requireEndpoint(issuer, name, metadata[name]);
  }
  return {
    ...others,
    issuer,
    authorization_endpoint: requireEndpoint(issuer, 'authorization_endpoint', authorization),
    token_endpoint: requireEndpoint(issuer, 'token_endpoint', token),
    jwks_uri: requireEndpoint(issuer, 'jwks_uri', keys),
  };
}

/** An issuer elsewhere must not lead this server to what listens on this machine alone. */
function requireEndpoint(issuer: string, name: string, endpoint: unknown): string {
  if (typeof endpoint === 'string' && URL.canParse(endpoint)) {
    const url = new URL(endpoint);
    if (isTrustedUrl(url) && (url.protocol === 'https:' || issuer.startsWith('http:'))) return endpoint;
  }
  throw new Error(`The issuer publishes no '${name}' with https`);
}
