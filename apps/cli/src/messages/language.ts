/**
 * Which language the program speaks: the one that was asked for, else that of the environment, else English.
 * @module
 */
import type { Catalogue } from "./catalogue.ts";

export const LANGUAGES = ["en", "es"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Only the one that is spoken is read. */
const LOADERS: Readonly<Record<Language, () => Promise<Catalogue>>> = {
  en: async () => (await import("./english.ts")).ENGLISH,
  es: async () => (await import("./spanish.ts")).SPANISH,
};

export function loadCatalogue(language: Language): Promise<Catalogue> {
  return LOADERS[language]();
}

/** `asked` is what `--lang` said; otherwise the first of the variables that is set decides, as POSIX orders them. */
export function chooseLanguage(asked: string | undefined, environment: NodeJS.ProcessEnv = process.env): Language {
  const named = [asked, environment["LC_ALL"], environment["LC_MESSAGES"], environment["LANG"]].find(
    (name) => name !== undefined && name !== "",
  );
  return LANGUAGES.find((language) => named?.toLowerCase().split(/[_.@-]/)[0] === language) ?? "en";
}

/** The language of a command line that was not understood. */
export function languageOfWords(words: readonly string[]): Language {
  const at = words.findIndex((word) => word === "--lang" || word.startsWith("--lang="));
  const asked = at < 0 ? undefined : (words[at] as string).includes("=") ? (words[at] as string).slice("--lang=".length) : words[at + 1];
  return chooseLanguage(asked);
}
