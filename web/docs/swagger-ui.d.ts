/** As much of Swagger UI as the page uses; its own types leave what it returns open. */
declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  import type { SwaggerConfigs } from 'swagger-ui-dist';

  interface SwaggerUI {
    preauthorizeApiKey(scheme: string, value: string): void;
  }
  const SwaggerUIBundle: {
    (options: SwaggerConfigs): SwaggerUI;
    readonly presets: { readonly apis: object };
  };
  export default SwaggerUIBundle;
}
