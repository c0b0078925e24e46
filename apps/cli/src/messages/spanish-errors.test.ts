/** @module */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { errorInSpanish, SPANISH_ERRORS } from "./spanish-errors.ts";
import { failureInSpanish } from "./spanish-failures.ts";
import { SPANISH_LIBRARY_ERRORS } from "./spanish-library-errors.ts";

const OWN = fileURLToPath(new URL("..", import.meta.url));
const PACKAGES = fileURLToPath(new URL("../../../../packages/", import.meta.url));
/** Where errors come from that a user of `get`, `seed`, `create` or `track` meets; the rest is between programs, or for programmers. */
const MET = ["protocol/src/bencode", "protocol/src/magnet", "protocol/src/metainfo", "node/src/http", "node/src/creation", "client/src"];
/** What only whoever writes a program, or talks to the tracker's API, can make wrong. */
const FOR_PROGRAMS =
  /tracker\/(?:site|request-door)|tracker-server|content-reader|session-options|torrent(?:-file)?\.ts|waits\.ts|testing\.ts/;

/** Every error that is made in a folder, as it is written, with {} in its gaps. */
function errorsIn(folder: string): readonly string[] {
  const made =
    /new (?:Usage|Command|Host|Protocol)Error\(\s*"[A-Z_]+",\s*(?:"((?:[^"\\]|\\.)*)"|`((?:[^`\\$]|\\.|\$\{(?:[^{}`]|\{[^{}]*\})*\})*)`)/g;
  return textsIn(folder, made, FOR_PROGRAMS);
}

/** What a pattern finds in the files of a folder, as a plain text or as a template. */
function textsIn(folder: string, made: RegExp, without?: RegExp): readonly string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => /(?<!\.test)\.ts$/.test(path));
  return files
    .filter((path) => without?.test(path) !== true)
    .flatMap((path) =>
      [...readFileSync(join(folder, path), "utf8").matchAll(made)].map(([, plain, template]) =>
        (plain ?? template ?? "").replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, "{}").replaceAll("\\", ""),
      ),
    );
}

describe("An error in Spanish", () => {
  it("is there for every error that the command line makes", () => {
    const known = new Set(SPANISH_ERRORS.map(([english]) => english));
    const made = errorsIn(OWN);
    expect(made.length).toBeGreaterThan(70);
    // A hint that only some have is a text of its own for each.
    const missing = made.filter((text) => !known.has(text) && !known.has(text.replace(/\{\}$/, "")));
    expect([...new Set(missing)]).toEqual([]);
  });

  it("is there for what the library finds wrong with a torrent, a link, a tracker, the network or the disk", () => {
    const made = MET.flatMap((folder) => errorsIn(join(PACKAGES, folder)));
    expect(made.length).toBeGreaterThan(100);
    // What stands in a table: a word of the system, and ours for it.
    const faults = [...readFileSync(join(PACKAGES, "node/src/faults.ts"), "utf8").matchAll(/: \["[A-Z_]+", "([^"]+)"\]/g)];
    expect(faults.length).toBeGreaterThan(20);
    const texts = [...made, ...faults.map(([, words = ""]) => words)].filter((text) => text !== "{}: {}");
    expect([...new Set(texts)].filter((text) => errorInSpanish(text.replaceAll("{}", "7")) === undefined)).toEqual([]);
  });

  // What a tracker that runs said after a SIGHUP came in English to whoever reads Spanish.
  it("is there for what a tracker warns of while it goes on", () => {
    const folders = ["client/src/tracker", "node/src/carrier"].map((folder) => join(PACKAGES, folder));
    const warned =
      /(?:onWarning(?:\?\.)?\(|onFault\(|warn\(|ault = )\s*(?:"((?:[^"\\]|\\.)*)"|`((?:[^`\\$]|\\.|\$\{(?:[^{}`]|\{[^{}]*\})*\})*)`)/g;
    const texts = folders.flatMap((folder) => textsIn(folder, warned)).filter((text) => !/^\{\}: \{\}$/.test(text));
    expect(texts.length).toBeGreaterThan(9);
    expect(texts.filter((text) => errorInSpanish(text.replaceAll("{}", "7")) === undefined)).toEqual([]);
    expect(errorInSpanish('/etc/list: "no" is no info hash of 40 hex digits; what it said before goes on')).toBe(
      '/etc/list: "no" no es un info hash de 40 cifras hexadecimales; sigue valiendo lo que decía antes',
    );
    expect(errorInSpanish("/var/t.journal: 18 bytes were damaged and are lost; the rest of the journal was taken")).toBe(
      "/var/t.journal: 18 bytes estaban dañados y se pierden; el resto del diario se ha leído",
    );
  });

  it("has the same gaps as in English, or names the ones it has", () => {
    for (const [english, spanish] of [...SPANISH_ERRORS, ...SPANISH_LIBRARY_ERRORS]) {
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
    expect(errorInSpanish("listening on port 8099: the port is taken; choose another, or 0 for any free one")).toBe(
      "al escuchar en el puerto 8099: el puerto está ocupado; elija otro, o 0 para cualquiera libre",
    );
    expect(errorInSpanish("x.torrent: HTTP status 404")).toBe("x.torrent: estado HTTP 404");
    expect(errorInSpanish("http://h/x is no valid torrent: byte 60 at 0 where a value should stand")).toBe(
      "Error al leer el archivo torrent: http://h/x: el byte 60 en 0, donde debería haber un valor",
    );
    expect(errorInSpanish("my 7 files")).toBeUndefined();
    expect(errorInSpanish("the folder of torrents cannot be read: /srv: there is no such file or folder")).toBe(
      "no se puede leer la carpeta de torrents: /srv: no existe tal archivo o carpeta",
    );
    expect(errorInSpanish("peers lies between 1 and 100000, not at 0")).toBe("peers debe estar entre 1 y 100000, y no ser 0");
  });

  it("that nobody knows says what its code means", () => {
    expect(errorInSpanish("something else happened")).toBeUndefined();
    expect(failureInSpanish("DISK_FULL", "no room on a.bin")).toBe(
      "El disco está lleno; haga sitio e inténtelo de nuevo: no room on a.bin",
    );
  });
});
