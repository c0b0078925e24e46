/**
 * Single keys on a terminal, without Enter.
 * @module
 */

/** The part of standard input that is needed here. */
export interface Keyboard {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  setEncoding(encoding: "utf8"): unknown;
  on(event: "data", listener: (text: string) => void): unknown;
  off(event: "data", listener: (text: string) => void): unknown;
  resume(): unknown;
  pause(): unknown;
  unref?(): unknown;
}

/** Ctrl-C and Ctrl-D arrive as these while the terminal is raw. */
const CONTROL_C = "\u0003";
const CONTROL_D = "\u0004";

/**
 * Calls `onKey` with each key in lower case; Ctrl-C raises the signal that the terminal no longer does. Answers how to give
 * the terminal back. Without a terminal nothing happens.
 */
export function listenToKeys(onKey: (key: string) => void, keyboard: Keyboard = process.stdin as Keyboard): () => void {
  if (keyboard.isTTY !== true || keyboard.setRawMode === undefined) return () => undefined;
  const listen = (text: string): void => {
    for (const sign of text) {
      if (sign === CONTROL_C) process.kill(process.pid, "SIGINT");
      else onKey(sign === CONTROL_D ? "q" : sign.toLowerCase());
    }
  };
  keyboard.setRawMode(true);
  keyboard.setEncoding("utf8");
  keyboard.on("data", listen);
  keyboard.resume();
  const giveBack = (): void => {
    keyboard.setRawMode?.(false);
    keyboard.off("data", listen);
    keyboard.pause();
    process.off("exit", giveBack);
  };
  // A terminal left raw would swallow what is typed after us.
  process.on("exit", giveBack);
  return giveBack;
}
