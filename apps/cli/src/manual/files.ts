/**
 * The manual as files, for packages to ship.
 * @module
 */
import { CLASSIC_PROGRAMS } from "../classic/programs.ts";
import { bitternProgram } from "../program.ts";
import { classicPages } from "./classic-pages.ts";
import { manualText } from "./page.ts";
import { manualPages } from "./pages.ts";

/** Name of the file (`bittern-get.1`) -> its content, in the order of the names. */
export function manualFiles(date: Date): ReadonlyMap<string, string> {
  const classic = classicPages(CLASSIC_PROGRAMS);
  const pages = [
    ...manualPages(
      bitternProgram(),
      classic.map(({ name }) => name),
    ),
    ...classic,
  ];
  const files = pages.map((page) => [`${page.name}.1`, manualText(page, date)] as const);
  return new Map(files.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
