/**
 * Where the compiled carrier lies.
 * @module
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Beside this module when compiled, in `dist` when this is the TypeScript source, and `tracker-carrier.js` when all was bundled. */
export function carrierUrl(): URL {
  const here = import.meta.url;
  if (here.endsWith("/src/carrier/carrier-url.ts")) return new URL("../../dist/carrier/carrier.js", here);
  if (here.endsWith("/carrier/carrier-url.js")) return new URL("./carrier.js", here);
  const beside = new URL("./tracker-carrier.js", here);
  return existsSync(fileURLToPath(beside)) ? beside : new URL("../tracker-carrier.js", here);
}
