/** The issuer of OpenID Connect at which people sign in to the console, and the client that the console is there. */
export interface OpenIdSettings {
  /** As its tokens name it in `iss`, character by character. */
  readonly issuer: string;
  readonly clientId: string;
  /** A public client has none. */
  readonly clientSecret?: string;
  /** Separated by spaces. */
  readonly scopes: string;
  /** Further parameters of the address at which people sign in, such as `prompt`. */
  readonly parameters?: Readonly<Record<string, string>>;
}
