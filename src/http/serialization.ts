/** How answers are written by the schemas of their routes. */
import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';

type BuildSerializer = ReturnType<typeof SerializerSelector>;

/**
 * Fastify's own serializers, each compiled for the first answer that is written by its schema: all of them would be a tenth
 * of each start.
 */
export function createSerializerBuilder(build: BuildSerializer = SerializerSelector()): BuildSerializer {
  return (externalSchemas, options) => {
    const compile = build(externalSchemas, options);
    return (route) => {
      let serialize: ReturnType<typeof compile> | undefined;
      return (answer: unknown) => (serialize ??= compile(route))(answer);
    };
  };
}
