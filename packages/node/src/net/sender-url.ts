/**
 * Where the compiled program of the thread that sends datagrams lies.
 * @module
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Beside this module when compiled, in `dist` when this is the TypeScript source, and `datagram-sender.js` when all was bundled. */
export function senderUrl(): URL {
  const here = import.meta.url;
  if (here.endsWith("/src/net/sender-url.ts")) return new URL("../../dist/net/sender.js", here);
  if (here.endsWith("/net/sender-url.js")) return new URL("./sender.js", here);
  const beside = new URL("./datagram-sender.js", here);
  return existsSync(fileURLToPath(beside)) ? beside : new URL("../datagram-sender.js", here);
}
