import { KeyHint } from '../../components/key-hint.js';

/** The key of a button, for the eyes alone: the list of `?` has it in words. */
export function ShortKey({ keys }: { readonly keys: string }) {
  return (
    <span aria-hidden="true">
      <KeyHint keys={keys} />
    </span>
  );
}
