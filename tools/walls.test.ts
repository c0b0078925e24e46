/** Every wall, crossed: a small street with the real configuration is green, and each crossing turns the wall meant for it red. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "./tree.ts";
import { ARROW_RULES } from "./walls/arrow-crossings.ts";
import { CROSSINGS } from "./walls/crossings.ts";
import { WALLS, walk } from "./walls/street.ts";

describe.each(WALLS)("The wall of %s", (wall) => {
  const crossings = CROSSINGS.filter((crossing) => crossing.wall === wall);

  it("is green on a street that keeps the rules", () => {
    const { holds, says } = walk(wall);
    expect(holds, says).toBe(true);
  });

  describe("on a street that breaks them", () => {
    let says = "";
    beforeAll(() => {
      const red = walk(
        wall,
        Object.fromEntries(crossings.flatMap(({ path, text, beside = {} }) => [...Object.entries(beside), [path, text]])),
      );
      expect(red.holds).toBe(false);
      says = red.says;
    });

    it.each(crossings.map((crossing) => [crossing.claim, crossing] as const))("%s", (_claim, crossing) => {
      // This one makes lists and puts the words above them.
      const about = wall === "dead code" ? says : aboutFile(says, crossing.path);
      for (const words of crossing.says) expect(about).toMatch(typeof words === "string" ? new RegExp(escaped(words)) : words);
    });
  });
});

describe("The walls", () => {
  it("are crossed at every arrow that the table forbids", () => {
    const crossed = CROSSINGS.filter(({ wall }) => wall === "arrows").flatMap(({ says }) => says.map(String));
    expect(ARROW_RULES.map((name) => `error ${name}:`).filter((words) => !crossed.includes(words))).toEqual([]);
  });

  it("are crossed at every judgement that is named", () => {
    const named = [
      ...readFileSync(join(ROOT, ".oxlintrc.json"), "utf8").matchAll(/^ *"([a-z-]+\/)?([a-z-]+)": (?:"error"|\["error"|\[$)/gm),
    ];
    const crossed = CROSSINGS.filter(({ wall }) => wall === "judgement").flatMap(({ says }) => says.map(String));
    const rules = named.map(([, , rule = ""]) => rule).filter((rule) => !["correctness", "files", "rules", "overrides"].includes(rule));
    expect(rules.length).toBeGreaterThan(20);
    expect(rules.filter((rule) => !crossed.includes(rule))).toEqual([]);
  });
});

/** The paragraphs and lines that name the file. Under `CI=true` oxlint paints whatever it is told of colours. */
function aboutFile(says: string, path: string): string {
  return stripVTControlCharacters(says)
    .split(/\n(?=\S| {2}error )|\n\n/)
    .filter((part) => part.includes(path))
    .join("\n");
}

function escaped(words: string): string {
  return words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
