// Preloaded (`node --import`) into our own server: operations are then run by graphql-js, and all else is as it is.
import { register } from 'node:module';

const STUB = 'data:text/javascript,export const compileQuery = () => ({}); export const isCompiledQuery = () => false;';
const HOOKS = `export const resolve = (specifier, context, next) =>
  specifier === 'graphql-jit' ? { url: ${JSON.stringify(STUB)}, shortCircuit: true } : next(specifier, context);`;
register(`data:text/javascript,${encodeURIComponent(HOOKS)}`);
