/** @module */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { errorInSpanish, SPANISH_ERRORS } from "./spanish-errors.ts";
import { failureInSpanish } from "./spanish-failures.ts";

const SOURCES = fileURLToPath(new URL("..", import.meta.url));

/** Every error the command line makes, as it is written, with {} in its gaps. */
function errorsInSources(): readonly string[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((path) => /(?<!\.test)\.ts$/.test(path));
  const made =
    /new (?:Usage|Command|Host|Protocol)Error\(\s*"[A-Z_]+",\s*(?:"((?:[^"\\]|\\.)*)"|`((?:[^`\\$]|\\.|\$\{(?:[^{}`]|\{[^{}]*\})*\})*)`)/g;
  return files.flatMap((path) =>
    [...readFileSync(join(SOURCES, path), "utf8").matchAll(made)].map(([, plain, template]) =>
      (plain ?? template ?? "").replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, "{}").replaceAll("\\", ""),
    ),
  );
}

describe("An error in Spanish", () => {
  it("is there for every error that the command line makes", () => {
    const known = new Set(SPANISH_ERRORS.map(([english]) => english));
    const made = errorsInSources();
    expect(made.length).toBeGreaterThan(70);
    // A hint that only some have is a text of its own for each.
    const missing = made.filter((text) => !known.has(text) && !known.has(text.replace(/\{\}$/, "")));
    expect([...new Set(missing)]).toEqual([]);
  });

  it("has the same gaps as in English, or names the ones it has", () => {
    for (const [english, spanish] of SPANISH_ERRORS) {
      const count = english.split("{}").length - 1;
      const plain = spanish.split("{}").length - 1;
      const named = [...spanish.matchAll(/\{(\d)\}/g)].map(([, place]) => Number(place));
      if (named.length === 0) expect(plain, english).toBeLessThanOrEqual(count);
      else expect([plain, Math.max(...named) <= count], english).toEqual([0, true]);
    }
  });

  it("keeps what is particular, and says inner texts in Spanish too", () => {
    expect(errorInSpanish("unknown option '--prot' (Did you mean --port?)")).toBe("opción desconocida: '--prot' (¿quiso decir --port?)");
    expect(errorInSpanish("album: 3 of 10 pieces are damaged or not in /srv; `bittern get` with --dir /srv completes it")).toBe(
      "album: en /srv 3 de 10 piezas faltan o están dañadas; `bittern get` con --dir /srv lo completa",
    );
    expect(errorInSpanish("at least 2 arguments must be given, here is 1")).toBe("hacen falta al menos 2 argumentos, y aquí hay 1");
    expect(
      errorInSpanish(
        "option '--port <port>' argument '70000' is invalid. \"70000\" is no port; write one from 1 to 65535, a range such as 6881-6999, or 0 for any free one",
      ),
    ).toMatch(/^valor de la opción '--port <port>': "70000" no es un puerto; escriba/);
    expect(errorInSpanish("x.torrent: HTTP status 404")).toBe("x.torrent: estado HTTP 404");
  });

  it("that nobody knows says what its code means", () => {
    expect(errorInSpanish("something else happened")).toBeUndefined();
    expect(failureInSpanish("DISK_FULL", "no room on a.bin")).toBe(
      "El disco está lleno; haga sitio e inténtelo de nuevo: no room on a.bin",
    );
  });
});
