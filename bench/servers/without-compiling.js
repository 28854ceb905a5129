// Preloaded (`node --import`) into our own server: operations are then run by graphql-js, and all else is as it is.
import { register } from 'node:module';

const STUB = 'data:text/javascript,export const compileQuery = () => ({}); export const isCompiledQuery = () => false;';
const EXECUTOR = new URL('graphql-js.js', import.meta.url).href;
const HOOKS = `export const resolve = (specifier, context, next) => {
  const url = specifier === 'graphql-jit' ? ${JSON.stringify(STUB)} :
    specifier.endsWith('/executor/execute.js') ? ${JSON.stringify(EXECUTOR)} : undefined;
  return url === undefined ? next(specifier, context) : { url, shortCircuit: true };
};`;
register(`data:text/javascript,${encodeURIComponent(HOOKS)}`);
