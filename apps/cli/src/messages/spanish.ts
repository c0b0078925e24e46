/**
 * Spanish. A download speaks as the downloader of the slides did: one line with the carriage return, a block between two rules
 * of dashes, and units that divide by 1000.
 * @module
 */

import type { TorrentStatus } from "@bittern/client";
import {
  type CauseItem,
  causeInSpanish,
  clip,
  count,
  type ExplanationWords,
  explanationLines,
  formatDuration,
  type ProgressView,
  type ProgressWords,
  printable,
  progressLine,
  progressWords,
  SPANISH_EXPLANATION,
  SPANISH_FACE,
  type TransferSummary,
} from "@bittern/faces";
import { activityOf } from "../activity.ts";
import type { Catalogue, TransferMessages } from "./catalogue.ts";
import { SPANISH_CLASSIC } from "./classic/spanish.ts";
import { SPANISH_SHARED } from "./help/spanish-shared.ts";
import { SPANISH_TOOLS } from "./help/spanish-tools.ts";
import { SPANISH_TORRENTS } from "./help/spanish-torrents.ts";
import { SPANISH_TRACK } from "./help/spanish-track.ts";
import { SPANISH_TRANSFER } from "./help/spanish-transfer.ts";
import { errorInSpanish } from "./spanish-errors.ts";
import { failureInSpanish } from "./spanish-failures.ts";
import { SPANISH_DEMO, SPANISH_DOCTOR, SPANISH_SIMULATE, SPANISH_WEB_CONFIG } from "./spanish-tools.ts";
import { SPANISH_WINDOW } from "./spanish-window.ts";

const STATES: TransferMessages["states"] = {
  metadata: "descargando metadatos",
  layers: "descargando hashes",
  checking: "comprobando archivos",
  downloading: "descargando",
  finished: "terminado",
  seeding: "sembrando",
  paused: "en pausa",
  error: "detenido",
  damaged: "dañado",
  "disk-full": "espera sitio en disco",
};

const LEFT_OUT = {
  "leads out": "un enlace que sale de la carpeta",
  "leads round": "un enlace que vuelve a una carpeta que lo contiene",
  "leads nowhere": "un enlace que no lleva a ninguna parte",
  "no file": "no es archivo ni carpeta",
} as const;

const PROGRESS: ProgressWords = {
  of: (done, total) => `${done} de ${total}`,
  down: (rate) => `bajada ${rate}`,
  up: (rate) => `subida ${rate}`,
  left: (time) => `quedan ${time}`,
  peers: (peers, seeds) => (seeds === 0 ? count(peers, "par", "pares") : `${count(peers, "par", "pares")} (${count(seeds, "seed")})`),
};

const STATE_WIDTH = 22;
const RULE = "-".repeat(30);

/** A cause with what the system or the network said in Spanish; the words of a tracker stay its own. */
function spoken(cause: CauseItem): CauseItem {
  const { message } = cause;
  return typeof message === "string" ? { ...cause, message: errorInSpanish(message) ?? message } : cause;
}

const EXPLANATION: ExplanationWords = { ...SPANISH_EXPLANATION, cause: (cause) => SPANISH_EXPLANATION.cause(spoken(cause)) };

export const SPANISH: Catalogue = {
  warning: "aviso",
  pageLeadsTo: (page, link) => `${page} lleva a ${link}`,
  seeHelp: (line) => `consulte \`${line} --help\``,
  stoppedBy: (reason) => `detenido por ${reason}`,
  stopping: "terminando: se avisa a los trackers y se guarda lo que ha llegado; otra vez Ctrl-C sale en el acto",
  failure: failureInSpanish,

  progressLine: (view, width) => (isTransfer(view) ? clip(transferLine(view, width), width) : progressLine(view, width, PROGRESS)),
  progressWords: (view) => (isTransfer(view) ? transferLine(view) : progressWords(view, PROGRESS)),
  hashing: "calculando hashes",
  checking: "comprobando archivos",

  transfer: {
    listening: (port) => `Escuchando en el puerto ${port}`,
    opening: (dir, source) => [
      "Configurando la sesión...",
      dir === undefined ? "Los archivos se guardarán en el directorio actual." : `Los archivos se guardarán en: ${dir}`,
      source === "magnet" ? "Añadiendo enlace magnet..." : "Añadiendo archivo torrent...",
    ],
    metadataWait: "Esperando metadatos...",
    content: (name, size, fileCount) => `${name}: ${size} en ${count(fileCount, "archivo")}`,
    complete: (name, size) => `${name}: descarga completa, ${size}`,
    downloadedIn: (size, seconds, rate) => `${size === undefined ? "" : `; ${size} descargados`} en ${seconds} s (${rate})`,
    pausedUntilRoom: (message) => `${message}: se espera a que haya sitio en el disco, y se sigue sin más`,
    roomAgain: "Vuelve a haber sitio en el disco: se sigue.",
    damaged: (message) => `${message}: solo se comparte lo que queda; \`bittern get\` en la misma carpeta lo baja otra vez`,
    paused: "Descarga en pausa; pulse r para reanudar.",
    resumed: "Descarga reanudada.",
    seeding: (name) => `${name}: sembrando`,
    summary: summaryLine,
    cause: (cause) => causeInSpanish(spoken(cause)),
    states: STATES,
    statusLines,
  },

  facts: {
    name: "nombre",
    version: "versión",
    infoHash: "info hash",
    infoHashV2: "info hash v2",
    size: "tamaño",
    sizeOf: (size, fileCount) => `${size} en ${count(fileCount, "archivo")}`,
    pieces: "piezas",
    piecesOf: (pieceCount, length) => `${pieceCount} de ${length}`,
    torrent: "torrent",
    trackers: "trackers",
    webSeeds: "semillas web",
    peers: "pares",
    select: "elige archivos",
    private: "privado",
    privateYes: "sí: los pares vienen solo de sus trackers",
    comment: "comentario",
    source: "origen",
    createdBy: "creado por",
    created: "creado",
    magnet: "magnet",
    sizeColumn: "tamaño",
    fileColumn: "archivo",
  },

  create: {
    privateWithoutTracker: "es privado y no tiene tracker: nadie podrá encontrar un par; añada un tracker con -t",
    leftOutQuietly: (amount) =>
      `se omiten ${count(amount, "archivo oculto o sobrante", "archivos ocultos o sobrantes")}; --all los incluye`,
    leftOut: (path, why) => `se omite ${path}: ${LEFT_OUT[why]}`,
  },
  edit: { hashChanged: "El info hash ha cambiado: ahora es otro torrent, con otro enjambre." },
  verify: {
    whole: (name, pieceCount, size) => `${name}: completo, ${count(pieceCount, "pieza")}, ${size}`,
    damaged: (name, good, pieces, bad) => `${name}: ${good} de ${count(pieces, "pieza")} correctas, ${bad} dañadas o ausentes`,
    missing: "falta",
    more: (amount) => `y ${amount} más`,
    badPieces: (ranges) => `piezas dañadas: ${ranges}`,
  },
  share: {
    sharing: (name, size) => `compartiendo ${name} (${size}) en`,
    language: "es",
    content: (size, fileCount) => `${size} en ${count(fileCount, "archivo")}`,
    take: "Descargar",
    seeds: "semillas",
    downloading: "descargando",
    openMagnet: "Abrir el enlace magnet",
    getTorrent: "Bajar el .torrent",
    code: "Código QR del enlace magnet",
    files: (amount) => (amount === 1 ? "Archivo" : "Archivos"),
    more: (amount) => `y ${count(amount, "archivo más", "archivos más")}`,
    name: "Nombre",
    size: "Tamaño",
    commandLine: "Desde la línea de órdenes",
    infoHash: "Info hash",
    and: "y",
  },
  track: { tracking: (urls) => `tracker en marcha en ${urls.join(" y ")}` },
  explain: {
    lines: (explanation, command, pid) => explanationLines(explanation, command === null ? "" : `${command}, proceso ${pid}`, EXPLANATION),
    nothingRuns: (stateDir) => `nada funciona con la carpeta de estado ${stateDir}; nombre un torrent para probarlo`,
    looking: "observando",
  },
  watch: {
    watching: (folder, port) => `vigilando ${folder}, escuchando en el puerto ${port}`,
    added: (name) => `iniciado: ${name}`,
    removed: (name) => `detenido: ${name}`,
    complete: (name) => `completo: ${name}`,
    satisfied: (name) => `sembrado lo bastante, en pausa: ${name}`,
    optionsKept: "Mientras no se arregle, vale lo que decía antes",
    optionsAwaited: "Mientras no se arregle, no empieza ningún torrent de ahí abajo",
    torrents: (amount, fetching) => `${count(amount, "torrent")}${fetching === 0 ? "" : ` (${fetching} descargando metadatos)`}`,
  },
  ask: {
    tracker: "tracker",
    infoHash: "info hash",
    seeds: "seeds",
    downloaders: "descargando",
    completed: "completados",
    peers: "pares",
    againIn: "de nuevo en",
    unknown: "no lo conoce",
  },
  dht: {
    address: "dirección",
    id: "id del nodo",
    client: "cliente",
    ourAddress: "nos ve en",
    time: "tiempo",
    found: (peers, nodes, seconds) =>
      `${peers} ${peers === 1 ? "par" : "pares"} en ${seconds} s; ${nodes} ${nodes === 1 ? "nodo conocido" : "nodos conocidos"}`,
    running: (places) => `un nodo de la DHT en ${places.join(" y ")}`,
    looking: (nodes) =>
      nodes === 0
        ? "todavía no ha contestado ningún nodo de la DHT; esperando"
        : `preguntando a la DHT, ${nodes} ${nodes === 1 ? "nodo conocido" : "nodos conocidos"}`,
  },
  feed: {
    linksLeft: (amount) => `${amount === 1 ? "queda 1 enlace" : `quedan ${amount} enlaces`} para la próxima vez`,
  },
  page: {
    language: "es",
    torrent: "Torrent",
    link: "Enlace",
    size: "Tamaño",
    files: (amount) => count(amount, "archivo"),
    leftOut: (failure) => `no entra en la página: ${failure}`,
  },
  doctor: SPANISH_DOCTOR,
  demo: SPANISH_DEMO,
  webConfig: SPANISH_WEB_CONFIG,
  simulate: SPANISH_SIMULATE,
  face: { ...SPANISH_FACE, explanation: EXPLANATION },
  classic: SPANISH_CLASSIC,
  help: { shared: SPANISH_SHARED, commands: { ...SPANISH_TRANSFER, ...SPANISH_TORRENTS, ...SPANISH_TRACK, ...SPANISH_TOOLS } },
  window: SPANISH_WINDOW,
};

/** A swarm has seeds; what is only hashed has none. */
function isTransfer(view: ProgressView): boolean {
  return view.seeds !== undefined;
}

/** State, progress, downloaded, rate, seeds, peers. Where a screen is narrow the room behind the state is the first to go. */
function transferLine(
  { activity, fraction, done = 0, downRate = 0, seeds = 0, peers = 0, reason }: ProgressView,
  width = Number.POSITIVE_INFINITY,
): string {
  const figures = [
    percent(fraction),
    kilobytes(done),
    `${kilobytes(downRate)}/s`,
    `Seeds: ${seeds}`,
    `Pares: ${peers}`,
    ...(reason === undefined ? [] : [printable(reason)]),
  ];
  const rest = ` ${figures.join(" | ")}`;
  return activity.padEnd(Math.min(STATE_WIDTH, width - rest.length)) + rest;
}

function summaryLine(summary: TransferSummary): string {
  const { name, seconds, downloaded, uploaded, downRate, upRate, ratio, ratioEver, peers, wasted } = summary;
  const [now, ever] = [ratio.toFixed(2), ratioEver.toFixed(2)];
  const flow = (bytes: number, rate: number): string => kilobytes(bytes) + (bytes === 0 ? "" : ` (${kilobytes(rate)}/s)`);
  return [
    `${printable(name)}: ${formatDuration(seconds)}`,
    `descargado ${flow(downloaded, downRate)}`,
    `subido ${flow(uploaded, upRate)}`,
    now === ever ? `ratio ${now}` : `ratio ${now} (${ever} en total)`,
    count(peers, "par", "pares"),
    wasted === 0 ? "nada desperdiciado" : `${kilobytes(wasted)} desperdiciados`,
  ].join(", ");
}

function statusLines(status: TorrentStatus): readonly string[] {
  return [
    RULE,
    `Estado: ${STATES[activityOf(status)]}`,
    `Progreso: ${percent(status.progress)}`,
    `Descargado: ${kilobytes(status.downloaded)}`,
    `Subido: ${kilobytes(status.uploaded)}`,
    `Vel. Descarga: ${kilobytes(status.downRate)}/s`,
    `Vel. Subida: ${kilobytes(status.upRate)}/s`,
    `Seeds: ${status.seeds}`,
    `Pares: ${status.peers}`,
    RULE,
  ];
}

/** Cut, not rounded: 100 is only said of what is whole. */
function percent(fraction: number): string {
  return `${(Math.floor(fraction * 10_000) / 100).toFixed(2)}%`;
}

function kilobytes(byteLength: number): string {
  return `${(byteLength / 1000).toFixed(2)} kB`;
}
