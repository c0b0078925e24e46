/** @module */
import { displayWidth } from "@bittern/faces";
import { scenarios } from "@bittern/simulator";
import { describe, expect, it } from "vitest";
import { optionListing } from "../classic/options/listing.ts";
import { CLASSIC_PROGRAMS } from "../classic/programs.ts";
import { bitternProgram } from "../program.ts";
import { ENGLISH } from "./english.ts";
import type { CommandWords } from "./help/words.ts";
import { SPANISH } from "./spanish.ts";
import { SPANISH_SCENARIO_OPTIONS, SPANISH_SCENARIOS } from "./spanish-tools.ts";

/** Every text of a catalogue by its path; a text with a gap is filled with signs that are found again. */
function textsOf(value: unknown, path = ""): readonly (readonly [path: string, text: string])[] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inside]) => textsOf(inside, `${path}/${name}`));
}

/** Words that no Spanish sentence has: one of them gives a forgotten line away. */
const ENGLISH_WORDS =
  /\b(?:the|of|and|with|without|is|are|its|that|this|which|who|where|when|nothing|every|each|there|they|them|was|were|been|cannot|while|until)\b/i;
/** What is typed, or read by programs. */
const TYPED = /`[^`]*`|'[^']*'|"[^"]*"|--?[a-z][\w-]*/g;
/** The same in both languages. */
const SHARED_WORDS = new Set(
  "zsh/fish/Info hash/get/ratio/normal/error/Torrents/torrent/Torrent/magnet/tracker/trackers/info hash/info hash v2/seeds/ERROR:/Tot/min/Magnet".split(
    "/",
  ),
);

describe("Spanish", () => {
  it("has every text that English has", () => {
    const [english, spanish] = [ENGLISH, SPANISH].map((catalogue) =>
      textsOf(catalogue)
        .map(([path]) => path)
        .toSorted(),
    );
    expect((english ?? []).filter((path) => !spanish?.includes(path))).toEqual([]);
  });

  it("says something in every place", () => {
    expect(textsOf(SPANISH).filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  it("is left in English nowhere", () => {
    const english = new Map(textsOf(ENGLISH));
    const lines = textsOf(SPANISH).filter(
      ([path]) => !/\/(?:examples\/\d+\/1|(?:keys|exit|environment|list|detail|files)\/\d+\/0)$/.test(path),
    );
    const left = lines.filter(
      ([path, text]) =>
        ENGLISH_WORDS.test(text.replace(TYPED, " ")) || (english.get(path) === text && /[a-z]{2}/.test(text) && !SHARED_WORDS.has(text)),
    );
    expect(left).toEqual([]);
  });
});

describe("The help", () => {
  const trees = [ENGLISH, SPANISH].map(({ help }) => bitternProgram(help));
  const [english, spanish] = trees as [(typeof trees)[number], (typeof trees)[number]];

  it("says every line of every command in Spanish", () => {
    for (const command of spanish.commands) {
      const other = english.commands.find((one) => one.name() === command.name());
      const lines = (tree: typeof command | undefined): readonly string[] =>
        tree === undefined
          ? []
          : [tree.summary(), tree.description(), ...[...tree.options, ...tree.registeredArguments].map(({ description }) => description)];
      expect(lines(command).length).toBe(lines(other).length);
      for (const [at, line] of lines(command).entries()) expect(line, command.name()).not.toBe(lines(other)[at]);
    }
  });

  it("shows the same commands, options, JSON fields and examples in both", () => {
    type Pages = Readonly<Record<string, CommandWords<string, string>>>;
    const [first, second]: readonly [Pages, Pages] = [{ ...ENGLISH.help.commands }, { ...SPANISH.help.commands }];
    for (const [name, page] of Object.entries(first)) {
      const other = second[name];
      expect(other?.examples.map(([, line]) => line)).toEqual(page.examples.map(([, line]) => line));
      const typed = (text: string): readonly string[] =>
        [...text.matchAll(/--[a-z][\w-]*|"[\w-]+"|\b[a-z]+[A-Z]\w*/g)].map(([word]) => word);
      expect(new Set(typed(other?.description ?? "")), name).toEqual(new Set(typed(page.description)));
      const figures = (options: Readonly<Record<string, string>>): readonly string[] =>
        Object.entries(options)
          .map(([option, text]) => `${option}: ${[...text.matchAll(/\d[\w-]*/g)].join(" ")}`)
          .toSorted();
      expect(figures(other?.options ?? {}), name).toEqual(figures(page.options));
    }
  });

  it("has Spanish titles, choices and defaults", () => {
    const page = spanish.commands.find((command) => command.name() === "get")?.helpInformation() ?? "";
    expect(page).toContain("Uso: bittern get");
    expect(page).toContain("Argumentos:\n");
    expect(page).toContain("Opciones:\n");
    expect(page).toMatch(/\(valores:\s+"en",\s+"es"\)/);
    expect(page).toMatch(/por omisión:\s+"warn"\)/);
    expect(page).not.toMatch(/\b(?:Usage|Options|choices|default)\b/);
  });
});

describe("A cause in Spanish", () => {
  it("says in Spanish what the network said, and leaves a tracker its own words", () => {
    const said = (code: string, message: string): string => {
      const cause = { code, weight: "stops", message, url: "http://t/a", isLast: true } as const;
      const { explanation } = SPANISH.face;
      return [SPANISH.transfer.cause(cause), ...Object.values(explanation.cause(cause))].join("; ");
    };
    expect(said("tracker-silent", "looking up nowhere.invalid: there is no such name; check its spelling")).not.toMatch(ENGLISH_WORDS);
    expect(said("tracker-refuses", "HTTP status 404")).toMatch(/no hay ningún tracker en esa dirección: estado HTTP 404; .*bajar de nuevo/);
    expect(said("tracker-refuses", "unregistered torrent")).toContain("el tracker rechaza: unregistered torrent");
  });
});

describe("The scenarios of the simulator", () => {
  it("are told in Spanish, each with its options", () => {
    const options = Object.values(scenarios).flatMap((scenario) => Object.keys(scenario.options));
    expect(Object.keys(SPANISH_SCENARIOS).toSorted()).toEqual(Object.keys(scenarios).toSorted());
    expect(Object.keys(SPANISH_SCENARIO_OPTIONS).toSorted()).toEqual([...new Set(options)].toSorted());
  });
});

describe("The classic programs", () => {
  it("list every option in both languages, in any width", () => {
    for (const { classic } of [ENGLISH, SPANISH]) {
      for (const { name, options, words } of CLASSIC_PROGRAMS) {
        const { help, retired } = words(classic.options);
        for (const [option, about] of Object.entries(options)) {
          expect(help[option], `${name} --${option}`).toMatch(/\w/);
          expect(retired[option] !== undefined, `${name} --${option}`).toBe(about.retired === true);
        }
        for (const columns of [40, 80]) {
          for (const line of optionListing(options, help, columns, classic).split("\n")) {
            if (line.trim().includes(" ")) expect(displayWidth(line), `${name}: ${line}`).toBeLessThanOrEqual(columns);
          }
        }
      }
    }
  });

  it("keep their labels within their columns", () => {
    for (const { classic } of [ENGLISH, SPANISH]) {
      for (const label of Object.values(classic.download.labels)) expect(label.length).toBeLessThan(10);
      for (const fact of Object.values(classic.tools.facts)) expect(fact.length).toBeLessThanOrEqual(14);
    }
  });
});
