/**
 * The manual as files, for packages to ship.
 * @module
 */
import { bitternProgram } from "../program.ts";
import { manualText } from "./page.ts";
import { manualPages } from "./pages.ts";

/** Name of the file (`bittern-get.1`) -> its content, in the order of the names. */
export function manualFiles(date: Date): ReadonlyMap<string, string> {
  const pages = manualPages(bitternProgram());
  const files = pages.map((page) => [`${page.name}.1`, manualText(page, date)] as const);
  return new Map(files.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
