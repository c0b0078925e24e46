/**
 * What is said to somebody who stopped a command and looks at a terminal in which nothing happens.
 * @module
 */
import type { Output } from "./output.ts";
import { standardError } from "./render/display.ts";
import type { Stop } from "./stop.ts";

/** Milliseconds. What ends sooner needs no words. */
const PATIENCE_MILLIS = 300;

/** Says at the first request to stop what is waited for, and how to wait no longer. */
export function tellFarewell(stop: Stop, output: Output): void {
  if (standardError().isTTY !== true) return;
  const tell = (): void => void setTimeout(() => output.note(output.messages.stopping), PATIENCE_MILLIS).unref();
  stop.signal.addEventListener("abort", tell, { once: true });
}
