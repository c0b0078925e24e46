/**
 * The certificate and key of an HTTPS door: read at the start, and again whenever the files change, as they do every few
 * weeks where an authority renews them by itself.
 * @module
 */
import { readFile, stat } from "node:fs/promises";
import { diskFault, type TlsFiles, TlsIdentity } from "@bittern/node";
import type { TlsDoorOptions } from "./options.ts";

/** Milliseconds between two looks at the files. */
const LOOK_MILLIS = 60_000;

export class TlsDoor {
  readonly identity: TlsIdentity;
  readonly #options: TlsDoorOptions;
  readonly #onWarning: (message: string) => void;
  readonly #timer: NodeJS.Timeout;
  #stamp: string;
  #fault: string | undefined;

  private constructor(options: TlsDoorOptions, identity: TlsIdentity, stamp: string, onWarning: (message: string) => void) {
    this.#options = options;
    this.identity = identity;
    this.#stamp = stamp;
    this.#onWarning = onWarning;
    this.#timer = setInterval(() => void this.lookAgain(), LOOK_MILLIS);
    this.#timer.unref();
  }

  /** Rejects with a `HostError` that names the file that cannot be read, or a `UsageError` for what is no certificate with its key. */
  static async open(options: TlsDoorOptions, onWarning: (message: string) => void): Promise<TlsDoor> {
    const stamp = await stampOf(options);
    return new TlsDoor(options, new TlsIdentity(await read(options)), stamp, onWarning);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Takes the files over again where they have changed; resolves with what is wrong with them, of which a warning is given once. */
  async lookAgain(): Promise<string | undefined> {
    const stamp = await stampOf(this.#options);
    if (stamp === this.#stamp) return this.#fault;
    this.#stamp = stamp;
    try {
      this.identity.renew(await read(this.#options));
      this.#fault = undefined;
    } catch (error) {
      this.#fault = `the old certificate stays in use: ${error instanceof Error ? error.message : String(error)}`;
      this.#onWarning(this.#fault);
    }
    return this.#fault;
  }
}

async function read({ certificatePath, keyPath }: TlsDoorOptions): Promise<TlsFiles> {
  return { certificate: await readNamed(certificatePath), key: await readNamed(keyPath) };
}

async function readNamed(path: string): Promise<Uint8Array> {
  return await readFile(path).catch((error: unknown) => {
    throw diskFault(error, path);
  });
}

async function stampOf({ certificatePath, keyPath }: TlsDoorOptions): Promise<string> {
  const found = await Promise.all([certificatePath, keyPath].map((path) => stat(path).catch(() => undefined)));
  return found.map((file) => `${file?.mtimeMs} ${file?.size} ${file?.ino}`).join(" ");
}
