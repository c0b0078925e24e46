/**
 * The folder where a session remembers its torrents.
 * @module
 */
import { access, constants } from "node:fs/promises";
import { resolve } from "node:path";
import { makeFolder } from "@bittern/node";
import type { SessionOptions } from "./session-options.ts";

/** The state folder when it can be written to; otherwise one warning, and nothing is remembered. */
export async function usableStateDir({ stateDir, logger }: SessionOptions): Promise<Pick<SessionOptions, "stateDir">> {
  if (stateDir === undefined) return {};
  const absolute = resolve(stateDir);
  try {
    makeFolder(absolute, 0o700);
    await access(absolute, constants.W_OK + constants.X_OK);
    return { stateDir: absolute };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    logger?.warn(`the state folder ${absolute} cannot be used (${code}): nothing is remembered, every start checks all data`);
    return {};
  }
}
