import { StoreOpenError } from '../errors.js';

/** Imports a native package, whose own errors do not say what to do. @throws StoreOpenError */
export async function loadNative<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const message = rootMessage(cause);
    throw new StoreOpenError(
      message.includes('libatomic')
        ? 'RocksDB needs the library libatomic.so.1, which is missing: install libatomic1 (Debian, Ubuntu) or libatomic (Fedora, RHEL)'
        : `RocksDB cannot be loaded on ${process.platform}-${process.arch} with Node.js ${process.version}: ${message}`,
      { cause },
    );
  }
}

/** The message of the first cause: the loader of the package wraps the error of the system. */
function rootMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : rootMessage(error.cause);
}
