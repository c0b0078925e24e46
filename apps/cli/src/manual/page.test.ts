/** @module */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CLASSIC_PROGRAMS } from "../classic/programs.ts";
import { ENGLISH } from "../messages/english.ts";
import { bitternProgram } from "../program.ts";
import { manualFiles } from "./files.ts";
import { textLines, word } from "./mdoc.ts";
import { manualText } from "./page.ts";
import { manualPages } from "./pages.ts";

describe("A manual page", () => {
  it("tells what is typed, what it means, and what comes back", () => {
    const page = {
      name: "bittern-frob",
      command: "bittern frob",
      summary: "frob a torrent",
      description: "Frobs `x`. Uses --force.\n\n.dots first.",
      arguments: [{ name: "torrent", description: "What to frob.", isRequired: true, mayRepeat: true }],
      options: [{ names: ["-d", "--dir"], value: "dir", description: "Where it lies." }],
      exit: [["0", "Done."]] as const,
      examples: [["the usual way", "bittern frob 'a b' | jq -r .x"]] as const,
      seeAlso: ["bittern", "bittern-get"],
    };
    const lines = manualText(page, new Date("2026-03-09T12:00:00Z"), ENGLISH.help.shared.manual).split("\n");
    expect(lines.slice(1)).toEqual([
      ".Dd March 9, 2026",
      ".Dt BITTERN-FROB 1",
      ".Os",
      ".Sh NAME",
      ".Nm bittern\\-frob",
      ".Nd frob a torrent",
      ".Sh SYNOPSIS",
      ".Nm bittern",
      ".Ic frob",
      ".Op Fl d Ar dir",
      ".Ar torrent ...",
      ".Sh DESCRIPTION",
      "Frobs \\fBx\\fP.",
      "Uses \\-\\-force.",
      ".Pp",
      "\\&.dots first.",
      ".Pp",
      "The arguments:",
      ".Bl -tag -width Ds",
      ".It Ar torrent",
      "What to frob.",
      ".El",
      ".Sh OPTIONS",
      ".Bl -tag -width Ds",
      ".It Fl d , Fl \\-dir Ar dir",
      "Where it lies.",
      ".El",
      ".Sh EXIT STATUS",
      ".Bl -tag -width Ds",
      ".It Sy 0",
      "Done.",
      ".El",
      ".Sh EXAMPLES",
      "The usual way:",
      ".Pp",
      ".Dl $ bittern frob \\(aqa b\\(aq | jq \\-r .x",
      ".Sh SEE ALSO",
      ".Xr bittern 1 ,",
      ".Xr bittern-get 1",
      "",
    ]);
  });

  it("is there for the program and for each of its commands, in each language", async () => {
    const program = bitternProgram(ENGLISH.help);
    const names = manualPages(program, ENGLISH.help).map((page) => page.name);
    expect(names).toEqual(["bittern", ...program.commands.map((command) => `bittern-${command.name()}`)]);
    const classic = CLASSIC_PROGRAMS.map(({ name }) => name);
    const all = [...names, ...classic];
    expect([...(await manualFiles(new Date(0))).keys()]).toEqual(
      [...all, ...all.map((name) => `es/man1/${name}`)].map((name) => `${name}.1`).toSorted(),
    );
  });

  it("of a classic program shows its usage, and what each option defaults to", async () => {
    const files = await manualFiles(new Date(0));
    const page = files.get("btdownloadheadless.1") ?? "";
    expect(page).toContain(".Nm btdownloadheadless\n.Op Ar option ...\n.Ar torrent\n");
    expect(page).toContain(".It Fl \\-max_uploads Ar n\n");
    expect(page).toContain("the default is 7.\n");
    expect(files.get("btcompletedir.1")).toContain(".Nm btcompletedir\n.Ar announce\\-url\n.Ar file ...\n.Op Ar option ...\n");
  });
});

const ODD = ["a", "b", " ", ".", "'", "\\", "-", "\n", "`", '"', "é", "~"];

describe("Text in a manual page", () => {
  it("is never a command, whatever it says", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...ODD) }), (text) => {
        for (const line of textLines(text)) {
          expect(line).not.toMatch(/^[.']/);
          expect(line).toMatch(/^[\x20-\x7e]*$/);
        }
      }),
    );
  });

  it("stays one word after a macro", () => {
    expect(["host:port", "a b", "|", "Ar", "Pa", ".", "file"].map(word)).toEqual([
      "host:port",
      '"\\&a b"',
      "\\&|",
      "\\&Ar",
      "\\&Pa",
      "\\&.",
      "file",
    ]);
  });
});
