/** @module */
import type { TorrentStatus } from "@bittern/client";
import { describe, expect, it } from "vitest";
import { chooseLanguage, languageOfWords } from "./language.ts";
import { SPANISH } from "./spanish.ts";

describe("The language", () => {
  it("is the one that was asked for, else that of the environment, else English", () => {
    expect(chooseLanguage("es", { LANG: "en_US.UTF-8" })).toBe("es");
    expect(chooseLanguage(undefined, { LANG: "es_ES.UTF-8" })).toBe("es");
    expect(chooseLanguage(undefined, { LANG: "es" })).toBe("es");
    expect(chooseLanguage(undefined, { LC_ALL: "C", LANG: "es_MX.UTF-8" })).toBe("en");
    expect(chooseLanguage(undefined, { LC_ALL: "", LC_MESSAGES: "es_AR", LANG: "en_US" })).toBe("es");
    expect(chooseLanguage(undefined, { LANG: "et_EE" })).toBe("en");
    expect(chooseLanguage(undefined, {})).toBe("en");
  });

  it("is found on a command line that was not understood", () => {
    expect(languageOfWords(["get", "--lang", "es", "--what"])).toBe("es");
    expect(languageOfWords(["get", "--lang=es"])).toBe("es");
  });
});

const STATUS: TorrentStatus = {
  state: "downloading",
  progress: 0.123456,
  totalDone: 1_234_567,
  totalWanted: 10_000_000,
  downRate: 54_321,
  upRate: 1234,
  downloaded: 1_234_567,
  uploaded: 98_765,
  downloadedEver: 1_234_567,
  uploadedEver: 98_765,
  wasted: 0,
  age: 60_000,
  ratio: 0.08,
  eta: 60_000,
  peers: 7,
  seeds: 3,
  swarmSeeds: 3,
  swarmPeers: 7,
  availability: 1,
  piecesDone: 1,
  pieceCount: 10,
  error: null,
};

describe("Spanish", () => {
  const { transfer, progressLine, failure } = SPANISH;

  it("H3 tells what is set up, where the files go, and what is added", () => {
    expect(transfer.opening(undefined, "magnet")).toEqual([
      "Configurando la sesión...",
      "Los archivos se guardarán en el directorio actual.",
      "Añadiendo enlace magnet...",
    ]);
    expect(transfer.opening("/srv", "torrent").slice(1)).toEqual(["Los archivos se guardarán en: /srv", "Añadiendo archivo torrent..."]);
  });

  it("H4 says that the torrent cannot be read", () => {
    expect(failure("METAINFO_INFO_MISSING", "x.torrent is no valid torrent: no info dictionary")).toBe(
      "Error al leer el archivo torrent: x.torrent: falta el diccionario info",
    );
    expect(failure("WHATEVER", "what it was")).toBe("what it was");
  });

  it("H6 has state, progress, kB, rate, seeds and peers in one line", () => {
    const { state, progress: fraction, totalDone: done, downRate, seeds, peers } = STATUS;
    expect(progressLine({ activity: transfer.states[state], fraction, done, downRate, seeds, peers }, 120)).toBe(
      "descargando            12.34% | 1234.57 kB | 54.32 kB/s | Seeds: 3 | Pares: 7",
    );
  });

  it("H6 keeps the peers in sight on 80 columns, whatever comes down", () => {
    const view = { activity: "descargando", fraction: 0.9344, done: 28_033_920_000, downRate: 84_731_600, seeds: 12, peers: 345 };
    expect(progressLine(view, 79)).toBe("descargando    93.44% | 28033920.00 kB | 84731.60 kB/s | Seeds: 12 | Pares: 345");
  });

  it("H7 H10 has a block between two rules of 30 dashes, with units that divide by 1000", () => {
    expect(transfer.statusLines(STATUS)).toEqual([
      "-".repeat(30),
      "Estado: descargando",
      "Progreso: 12.34%",
      "Descargado: 1234.57 kB",
      "Subido: 98.77 kB",
      "Vel. Descarga: 54.32 kB/s",
      "Vel. Subida: 1.23 kB/s",
      "Seeds: 3",
      "Pares: 7",
      "-".repeat(30),
    ]);
  });

  it("H11 has a name for each state, that fits its column", () => {
    for (const name of Object.values(transfer.states)) expect(name.length).toBeLessThanOrEqual(22);
  });
});
