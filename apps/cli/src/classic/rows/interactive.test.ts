/**
 * The interactive downloader of the slides, row by row: `bittern get` in Spanish.
 * @module
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseTorrent } from "@bittern/client";
import { beforeAll, describe, expect, it } from "vitest";
import { endAllAfterTests, noise, Running, run, temporaryFolder, writeFiles } from "../../testing.ts";
import { Publisher } from "./publisher.ts";
import { commandLine, Terminal } from "./terminal.ts";

const cwd = temporaryFolder();
const DATA = noise(500_000, "slides");
let publisher: Publisher;
let magnet = "";
endAllAfterTests();

const get = (args: readonly string[], env: Readonly<Record<string, string>> = { LANG: "es_ES.UTF-8", LC_ALL: "" }): Terminal =>
  new Terminal(commandLine("bittern", ["get", ...args]), { cwd: join(cwd, "here"), columns: 120, env });

beforeAll(async () => {
  publisher = await Publisher.open();
  mkdirSync(join(cwd, "here"));
  writeFiles(cwd, { "from/datos.bin": DATA });
  const { json } = await run(
    ["create", join(cwd, "from/datos.bin"), "-t", `${publisher.url}/announce`, "-o", "datos.torrent", "--v1", "--json"],
    { cwd },
  );
  magnet = String(json["magnet"]);
});

describe("bittern get in Spanish", () => {
  it("H1 H4 wants a magnet link or a .torrent, and says so otherwise", async () => {
    writeFileSync(join(cwd, "malo.torrent"), "no es un torrent");
    const env = { LANG: "es_ES", LC_ALL: "" };
    const unread = await run(["get", "malo.torrent"], { cwd, env });
    expect(unread).toMatchObject({ status: 1, err: expect.stringMatching(/^bittern get: Error al leer el archivo torrent: /) as string });
    expect((await run(["get", "nada.torrent"], { cwd, env })).err).toMatch(/^bittern get: nada\.torrent: no existe tal archivo; /);
    expect((await run(["get", "--nada", "--lang", "es"], { cwd })).err).toMatch(
      /^bittern get: opción desconocida: .*consulte `bittern get --help`/,
    );
  });

  it("H3 H5 tells what it does, and each second that it waits for metadata", async () => {
    const terminal = get([magnet]);
    await terminal.until(({ raw }) => raw.split("Esperando metadatos...").length > 2, "the second second");
    const text = terminal.raw.replaceAll("\r", "");
    expect(text).toMatch(
      /^Configurando la sesión\.\.\.\nLos archivos se guardarán en el directorio actual\.\nAñadiendo enlace magnet\.\.\.\n/,
    );
    terminal.press("q");
    await terminal.end();
  });

  it("H2 H6 H7 H8 H9 H11 shows one line with the carriage return, and answers to keys without Enter", async () => {
    const seed = new Running(
      ["seed", join(cwd, "datos.torrent"), "--dir", join(cwd, "from"), "--port", "0", "--state", join(cwd, "seeding"), "--json"],
      { cwd },
    );
    publisher.peers.push(Number((await seed.line("listening"))["port"]));
    const terminal = get([join(cwd, "datos.torrent")]);
    await terminal.until(({ raw }) => raw.includes("sembrando"), "completion");
    expect(terminal.raw).toMatch(/Escuchando en el puerto 6[89]\d\d/);
    expect(terminal.raw).toMatch(/datos\.bin: descarga completa, 488\.3 KiB/);
    await terminal.until(
      ({ raw }) => /\r\u001b\[Ksembrando {14}100\.00% \| 500\.00 kB \| \d+\.\d\d kB\/s \| Seeds: \d+ \| Pares: \d+/.test(raw),
      "the line",
    );
    terminal.press("P");
    await terminal.until(({ raw }) => raw.includes("Descarga en pausa"), "the pause");
    terminal.press("r");
    await terminal.until(({ raw }) => raw.includes("Descarga reanudada"), "the resumption");
    terminal.press("s");
    const rule = "-".repeat(30);
    await terminal.until(({ raw }) => raw.split(rule).length > 2, "the status");
    const [, held = ""] = terminal.raw.split("Descarga en pausa");
    expect(held.slice(0, held.lastIndexOf(rule))).not.toContain("| Seeds:");
    expect(held).toMatch(/Estado: [a-z ]+\r\nProgreso: 100\.00%\r\nDescargado: 500\.00 kB\r\nSubido: 0\.00 kB\r\nVel\. Descarga: /);
    terminal.press("q");
    await terminal.end();
    expect(readFileSync(join(cwd, "here/datos.bin")).equals(DATA)).toBe(true);
  });

  it("H8 c forgets the torrent and ends", async () => {
    const terminal = get([join(cwd, "datos.torrent")]);
    await terminal.until(({ raw }) => raw.includes("descarga completa"), "completion");
    const { infoHashes } = parseTorrent(readFileSync(join(cwd, "datos.torrent")));
    const records = (): string[] => readdirSync(join(cwd, "here/state/records")).filter((file) => file.startsWith(infoHashes.v1 ?? ""));
    expect(records()).not.toEqual([]);
    terminal.press("c");
    await terminal.end();
    expect(records()).toEqual([]);
    expect(existsSync(join(cwd, "here/datos.bin"))).toBe(true);
  });

  it("is English where nobody asks for Spanish", async () => {
    const terminal = get([join(cwd, "datos.torrent")], { LC_ALL: "C.UTF-8" });
    await terminal.until(({ raw }) => raw.includes("datos.bin: complete"), "completion");
    terminal.press("q");
    await terminal.end();
    expect(terminal.raw).not.toContain("Configurando");
  });
});
