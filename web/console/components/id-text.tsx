import styles from './id-text.module.css';

/** What is always shown of the end: ids differ there, as in `help_lora_v3` and `help_lora_v4`. */
const END = 8;
/** In other writing systems, an end that is cut off would be drawn in another order. */
const ASCII = /^[\x20-\x7e]*$/;

/** An id in one line, which lacks its middle where there is no room for all of it. */
export function IdText({ id }: { readonly id: string }) {
  const cut = ASCII.test(id) ? Math.max(id.length - END, 0) : id.length;
  return (
    <span title={id} className={styles['id']}>
      {/* Read as one word, and searched for as one. */}
      <span className="visually-hidden">{id}</span>
      <span aria-hidden="true" dir="auto" className={styles['start']}>
        {id.slice(0, cut)}
      </span>
      {cut < id.length && <span aria-hidden="true">{id.slice(cut)}</span>}
    </span>
  );
}
