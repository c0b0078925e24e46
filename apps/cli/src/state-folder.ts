/**
 * Where what must be remembered lies.
 * @module
 */
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

/** `--state DIR`, else `$BITTERN_STATE`, else `$XDG_STATE_HOME/bittern`, else `~/.local/state/bittern`. */
export function stateFolder(option: string | undefined, environment: NodeJS.ProcessEnv = process.env): string {
  if (option !== undefined) return resolve(option);
  const own = environment["BITTERN_STATE"];
  if (own !== undefined && own !== "") return resolve(own);
  // The XDG specification tells to ignore a relative path.
  const xdg = environment["XDG_STATE_HOME"];
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, "bittern");
  return join(homedir(), ".local", "state", "bittern");
}
