/**
 * The manual as files, for packages to ship.
 * @module
 */
import { CLASSIC_PROGRAMS } from "../classic/programs.ts";
import type { Catalogue } from "../messages/catalogue.ts";
import { LANGUAGES, loadCatalogue } from "../messages/language.ts";
import { bitternProgram } from "../program.ts";
import { classicPages } from "./classic-pages.ts";
import { manualText } from "./page.ts";
import { manualPages } from "./pages.ts";

/** Path of the file (`bittern-get.1`, `es/man1/bittern-get.1`) -> its content, in the order of the paths. */
export async function manualFiles(date: Date): Promise<ReadonlyMap<string, string>> {
  const files = await Promise.all(
    LANGUAGES.map(async (language) => filesIn(language === "en" ? "" : `${language}/man1/`, await loadCatalogue(language), date)),
  );
  return new Map(files.flat().toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function filesIn(folder: string, messages: Catalogue, date: Date): readonly (readonly [path: string, text: string])[] {
  const classic = classicPages(CLASSIC_PROGRAMS, messages);
  const names = classic.map(({ name }) => name);
  const pages = [...manualPages(bitternProgram(messages.help), messages.help, names), ...classic];
  return pages.map((page) => [`${folder}${page.name}.1`, manualText(page, date, messages.help.shared.manual)] as const);
}
