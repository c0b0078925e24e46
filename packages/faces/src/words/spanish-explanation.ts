/**
 * `bittern explain` in Spanish: how a torrent is, how its causes are known, and what would help.
 * @module
 */
import type { CauseItem } from "../snapshot.ts";
import { count, formatBytes, formatDuration, formatPercent, formatRate } from "../units.ts";
import { CauseEvidence, type CauseWords, causeWords, type Refusal, refusalOf } from "../views/cause-words.ts";
import type { Explanation, ExplanationWords } from "../views/explanation.ts";
import { causeInSpanish } from "./spanish-causes.ts";

/** What would help against a tracker's no. */
const REFUSALS: Readonly<Record<Refusal, string>> = {
  absent: "se ha mudado o ya no existe: bajar de nuevo el torrent de su página, o darle otro con `bittern edit`",
  broken: "esperar: se le vuelve a preguntar solo",
  words: "preguntar a quien lleva el tracker, o bajar de nuevo el torrent de su página",
};

/** Code of a cause -> how it is known, and what would help. */
const WORDS: Readonly<Record<string, (cause: CauseEvidence) => Omit<CauseWords, "what">>> = {
  paused: () => ({ evidence: "", help: "reanudarlo" }),
  fault: (cause) => ({ evidence: `código ${cause.text("fault")}`, help: "arreglar la causa y reanudarlo" }),
  "disk-full": (cause) => ({ evidence: cause.text("message"), help: "hacer sitio: sigue solo en menos de un minuto" }),
  "data-damaged": () => ({
    evidence: "lo que se lee allí ya no coincide con el torrent",
    help: "mirarlo con `bittern verify` y bajarlo otra vez a la misma carpeta con `bittern get`",
  }),
  checking: (cause) => ({ evidence: `${formatPercent(cause.number("progress"))} hecho`, help: "esperar: solo ocurre una vez" }),
  "metadata-missing": (cause) => ({
    evidence: pares(cause.number("peers")),
    help: "esperar a un par que los tenga, o usar el .torrent en lugar del enlace",
  }),
  "layers-missing": (cause) => ({
    evidence: pares(cause.number("peers")),
    help: "esperar a un par que conozca la versión 2 y los tenga, o usar un .torrent que los traiga",
  }),
  "no-trackers": (cause) => sinTrackers(cause),
  "tracker-refuses": (cause) => ({
    evidence: cause.text("url") + otraVez(cause),
    help: cause.is("isLast") ? REFUSALS[refusalOf(cause.text("message"))] : "otro tracker funciona: no hace falta nada",
  }),
  "tracker-silent": (cause) => ({
    evidence: cause.text("url") + otraVez(cause),
    help: cause.is("isLast")
      ? "revisar el nombre, la red y el cortafuegos; se le vuelve a preguntar solo"
      : "otro tracker funciona: no hace falta nada",
  }),
  "no-peers": (cause) => ({
    evidence:
      cause.number("others") === 0
        ? "los trackers responden y solo nos cuentan a nosotros"
        : `cuentan ${cause.number("others")} más, y no dan a ninguno`,
    help: "esperar a alguien que lo tenga, o pedir a quien lo publicó que lo comparta",
  }),
  "peers-unreachable": (cause) => ({
    evidence: `${count(cause.number("known"), "dirección", "direcciones")}, ${cause.number("unreachable")} sin respuesta, ${cause.number("dialling")} en prueba`,
    help: "revisar el cortafuegos hacia fuera; con un puerto nuestro abierto podrán venir ellos",
  }),
  "all-choke": (cause) => ({
    evidence: `${cause.number("useful")} de ${pares(cause.number("peers"))} con lo que falta, y todos nos hacen esperar`,
    help: "esperar: cada medio minuto hay un turno; dar más (un límite de subida mayor) se premia",
  }),
  snubbed: (cause) => ({
    evidence: `${cause.number("peers")} de los ${cause.number("unchoking")} que nos dejan pedir`,
    help: "se piden los mismos bloques a otros; más pares ayudarían",
  }),
  "false-data": (cause) => ({
    evidence: `${count(cause.number("pieces"), "pieza falsa", "piezas falsas")}; ${cause.number("distrusted")} de ${pares(cause.number("peers"))} no enviaron nada bueno`,
    help: "a los mismos se les vuelve a pedir dentro de una hora; si los datos de todos son falsos, pregunte a quien lo publicó si el torrent es el debido",
  }),
  "pieces-absent": (cause) => ({
    evidence: `${cause.number("absent")} de ${count(cause.number("missing"), "pieza que falta", "piezas que faltan")}, la primera es la ${cause.number("piece")}; ${pares(cause.number("peers"))}`,
    help: "tiene que venir una semilla: preguntar a quien lo publicó, o buscarlo en otro sitio",
  }),
  limit: (cause) => ({
    evidence: `${formatRate(cause.number("rate"))} de ${formatRate(cause.number("limit"))}, ${cause.text("scope") === "torrent" ? "solo este torrent" : "todos los torrents juntos"}`,
    help: cause.text("direction") === "down" ? "subir o quitar --max-down" : "subir o quitar --max-up",
  }),
  "disk-slow": (cause) => ({
    evidence:
      cause.number("waitingLength") > cause.number("bufferLength")
        ? `${formatBytes(cause.number("waitingLength"))} esperan al disco`
        : `${formatBytes(cause.number("waitingLength"))} de ${formatBytes(cause.number("bufferLength"))} de memoria esperan al disco`,
    help: "otro disco, o menos programas en este",
  }),
  "not-listening": () => ({ evidence: "nada escucha", help: "elegir un puerto libre con --port" }),
  "port-closed": (cause) => ({
    evidence: `el puerto ${cause.number("port")} escucha desde hace ${formatDuration(cause.number("listeningMillis") / 1000)}, hay ${cause.number("peers")} en el enjambre, y no ha venido nadie`,
    help: "redirigir el puerto en el router y abrirlo en el cortafuegos",
  }),
  "peers-slow": (cause) => ({
    evidence: `${formatRate(cause.number("rate"))} de ${pares(cause.number("unchoking"))} que nos dejan pedir, de ${cause.number("peers")}`,
    help: "más pares ayudarían; aquí nada tiene la culpa",
  }),
  "nobody-wants": (cause) => ({
    evidence: `${pares(cause.number("peers"))}, a ninguno le falta lo que hay aquí`,
    help: "nada: quien lo necesite vendrá",
  }),
};

export const SPANISH_EXPLANATION: ExplanationWords = {
  cause: (cause) => ({ ...(WORDS[cause.code]?.(new CauseEvidence(cause)) ?? causeWords(cause)), what: causeInSpanish(cause) }),
  pace: paceWords,
  fine: ({ pace, state }) => {
    if (pace === "stands") return "todavía no se sabe qué lo frena; pregunte de nuevo en unos segundos";
    return state === "downloading" ? "nada lo frena" : "todo está bien";
  },
  seen: "se ve: ",
  helps: "ayuda: ",
};

function paceWords({ pace, state, progress, downRate, upRate, peers }: Explanation): string {
  if (state === "seeding" || state === "finished") return `completo, sube ${formatRate(upRate)}, ${pares(peers)}`;
  if (state === "paused") return `en pausa al ${formatPercent(progress)}`;
  if (state === "checking") return `comprobando, ${formatPercent(progress)} hecho`;
  if (pace === "stands") return `parado al ${formatPercent(progress)}, ${pares(peers)}`;
  return `${formatPercent(progress)}, baja ${formatRate(downRate)}, sube ${formatRate(upRate)}, ${pares(peers)}`;
}

function pares(amount: number): string {
  return count(amount, "par", "pares");
}

function sinTrackers(cause: CauseEvidence): Omit<CauseWords, "what"> {
  const help = "nombrar un par con --peer, o usar un torrent que tenga tracker";
  switch (cause.text("dht")) {
    case "asked":
      return {
        evidence: `respondieron ${count(cause.number("nodes"), "nodo")} de la DHT; no tiene trackers y no se ha nombrado ningún par`,
        help: "esperar a alguien que lo tenga: se vuelve a preguntar a la DHT; o nombrar un par con --peer",
      };
    case "silent":
      return {
        evidence: "todavía no ha respondido ningún nodo de la DHT",
        help: "esperar un minuto; si sigue así, revisar si el cortafuegos deja pasar UDP, o nombrar un par con --peer",
      };
    case "private":
      return { evidence: "es privado, así que no se pregunta a la DHT, y no tiene trackers", help };
    case "off":
      return {
        evidence: "no tiene trackers, no se ha nombrado ningún par y la DHT está apagada",
        help: `empezar sin --no-dht ni BITTERN_DHT=off, ${help}`,
      };
    default:
      return { evidence: "no tiene trackers y no se ha nombrado ningún par", help };
  }
}

function otraVez(cause: CauseEvidence): string {
  const millis = cause.number("retryMillis");
  return millis > 0 ? `; se le pregunta otra vez en ${formatDuration(millis / 1000)}` : "";
}

/** For the test that holds these to the causes there are. */
export const SPANISH_CAUSE_CODES: readonly CauseItem["code"][] = Object.keys(WORDS);
