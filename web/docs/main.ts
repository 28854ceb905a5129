import SwaggerUIBundle from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import 'swagger-ui-dist/swagger-ui.css';
import { drawHeader, followDark } from '../header/header.js';
import { readToken, saveToken, takeTokenFromFragment } from '../token.js';
import './page.css';

/** The name of the security scheme in the description. */
const SCHEME = 'bearer';

type Authorizations = Readonly<Record<string, { readonly value: string }>>;

/** Keeps the token of Swagger UI's own form where GraphiQL has its own, so that one of them is enough for both. */
const tokenOfSession = {
  statePlugins: {
    auth: {
      wrapActions: {
        authorize: (original: (authorizations: object) => unknown) => (authorizations: Authorizations) => {
          const given = authorizations[SCHEME];
          if (given === undefined) return original(authorizations);
          saveToken(given.value);
          return original({ ...authorizations, [SCHEME]: { ...given, value: readToken() } });
        },
        logout: (original: (names: readonly string[]) => unknown) => (names: readonly string[]) => {
          if (names.includes(SCHEME)) saveToken('');
          return original(names);
        },
      },
    },
  },
};

takeTokenFromFragment();
const header = document.getElementById('header');
if (header !== null) drawHeader(header, '/docs');
followDark((isDark) => document.documentElement.classList.toggle('dark-mode', isDark));
const page = SwaggerUIBundle({
  dom_id: '#page',
  url: '/openapi.json',
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [() => tokenOfSession],
  layout: 'BaseLayout',
  // The validator would be asked elsewhere.
  validatorUrl: null,
  deepLinking: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  onComplete: () => {
    const token = readToken();
    if (token !== '') page.preauthorizeApiKey(SCHEME, token);
  },
});
