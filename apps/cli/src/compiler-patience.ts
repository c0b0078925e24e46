/**
 * Has V8's optimising compiler, and its collector, wait for the length of a short transfer.
 *
 * Ninety functions become hot while a torrent of 2,000 small files is read and fetched, and are optimised by other threads at the
 * cost of 0.2 CPU seconds, which is as much as all the rest; when they are ready, such a transfer is over. So a function has to be
 * used more often before it is optimised, until enough bytes have moved to say that this transfer is a long one.
 *
 * The space for young objects begins with a megabyte and doubles only after as much of it has survived. So a start collects seven times,
 * and V8, which sees that little survives, takes the heap for a small one and collects all of it in the middle of the transfer, with
 * three threads. With room for all that a short transfer makes, it does neither.
 *
 * It is switched on while a torrent is read and from the first peer on, and not between: V8 takes what it compiled of Node's own
 * modules only while its flags are what they were then, and between the two the program and its threads load what they need.
 * @module
 */
import { setFlagsFromString } from "node:v8";
import type { TorrentStatus } from "@bittern/client";

/** Bytes of code that a function runs through until V8 looks at it again: the usual number by V8's version. Others are left alone. */
const USUAL_BUDGETS: ReadonlyMap<string, number> = new Map([["11.3", 67_584]]);
const PATIENT_BUDGET = 1_000_000;
/** By what the space for young objects grows, at once to its full 16 MB; and by what it does usually. */
const EAGER_GROWTH = 16;
const USUAL_GROWTH = 2;
/** Bytes after which the transfer is a long one, and milliseconds after which it is no matter. */
const SHORT_LENGTH = 40 * 1024 * 1024;
const PATIENCE_MILLIS = 1000;
const LOOK_MILLIS = 20;

/** The V8 that this is about, and the way to its flags. */
export interface Compiler {
  readonly version: string;
  readonly setFlags: (flags: string) => void;
}

/** A torrent, as far as it concerns the compiler. */
interface Moving {
  once(event: "peer", listener: () => void): unknown;
  status(): Pick<TorrentStatus, "downloaded" | "uploaded">;
}

/** The V8 that this process runs on. */
export const HERE: Compiler = { version: process.versions.v8, setFlags: setFlagsFromString };

/** While this is done. */
export async function patiently<Result>(work: () => Promise<Result>, compiler: Compiler = HERE): Promise<Result> {
  const end = begin(compiler);
  try {
    return await work();
  } finally {
    end();
  }
}

/** From the first peer of the torrent on; the function returned ends it before it ends by itself. */
export function bePatientWith(torrent: Moving, compiler: Compiler = HERE): () => void {
  let end = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  torrent.once("peer", () => {
    const startedAt = performance.now();
    end = begin(compiler);
    timer = setInterval(() => {
      const { downloaded, uploaded } = torrent.status();
      if (downloaded + uploaded < SHORT_LENGTH && performance.now() - startedAt < PATIENCE_MILLIS) return;
      clearInterval(timer);
      end();
    }, LOOK_MILLIS).unref();
  });
  return () => {
    clearInterval(timer);
    end();
  };
}

/** Whether we have looked up what its flags do. */
export function isKnown(compiler: Compiler): boolean {
  return usualBudget(compiler) !== undefined;
}

function usualBudget({ version }: Compiler): number | undefined {
  return USUAL_BUDGETS.get(version.split(".", 2).join("."));
}

/** Returns how to end it; once more does no harm. */
function begin(compiler: Compiler): () => void {
  const { setFlags } = compiler;
  const usual = usualBudget(compiler);
  if (usual === undefined) return () => undefined;
  const set = (budget: number, growth: number): void => setFlags(`--interrupt-budget=${budget} --semi-space-growth-factor=${growth}`);
  set(PATIENT_BUDGET, EAGER_GROWTH);
  return () => set(usual, USUAL_GROWTH);
}
