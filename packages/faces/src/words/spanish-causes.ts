/**
 * Why nothing moves, in Spanish: one short sentence for each cause.
 * @module
 */
import type { CauseItem } from "../snapshot.ts";
import { causeWords, type Refusal, refusalOf } from "../views/cause-words.ts";

/** Code of a cause -> its sentence; "{message}" is what the other side said. */
const SENTENCES: ReadonlyMap<string, string> = new Map([
  ["paused", "está en pausa"],
  ["fault", "se ha detenido: {message}"],
  ["disk-full", "el disco está lleno"],
  ["data-damaged", "faltan datos en el disco o están dañados"],
  ["checking", "se está comprobando lo que ya hay"],
  ["metadata-missing", "nadie ha enviado todavía los metadatos"],
  ["layers-missing", "faltan los hashes de las piezas y nadie los ha enviado todavía"],
  ["no-trackers", "no hay a quién pedir pares"],
  ["tracker-refuses", "el tracker rechaza: {message}"],
  ["tracker-silent", "un tracker no responde: {message}"],
  ["no-peers", "no hay nadie más en el enjambre"],
  ["peers-unreachable", "no se puede alcanzar a ningún par"],
  ["all-choke", "ningún par nos deja pedir todavía"],
  ["snubbed", "los pares que nos dejan pedir no envían nada"],
  ["false-data", "lo que envían los pares no coincide con el torrent"],
  ["pieces-absent", "ningún par conectado tiene lo que falta"],
  ["limit", "lo frena un límite"],
  ["disk-slow", "el disco no da abasto"],
  ["not-listening", "no hay ningún puerto abierto para los pares"],
  ["port-closed", "quizá nadie puede llegar desde fuera"],
  ["peers-slow", "los pares dan poco"],
  ["nobody-wants", "nadie pide nada ahora"],
]);

const REFUSALS: Readonly<Record<Refusal, string>> = {
  absent: "no hay ningún tracker en esa dirección",
  broken: "el tracker está averiado",
  words: "el tracker rechaza",
};

export function causeInSpanish(cause: CauseItem): string {
  if (cause.code === "pieces-absent" && cause["absent"] !== cause["missing"]) return "hay piezas que no tiene nadie de los conectados";
  if (cause.code === "no-trackers" && cause["dht"] === "asked") return "la DHT no conoce a nadie que lo tenga";
  if (cause.code === "no-trackers" && cause["dht"] === "silent") return "se está entrando en la DHT, y no hay trackers a los que preguntar";
  if (cause.code === "snubbed" && cause["peers"] !== cause["unchoking"]) return "algunos pares que nos dejan pedir no envían nada";
  const message = typeof cause["message"] === "string" ? cause["message"] : "";
  if (cause.code === "tracker-refuses") return `${REFUSALS[refusalOf(message)]}: ${message}`;
  return SENTENCES.get(cause.code)?.replace("{message}", () => message) ?? causeWords(cause).what;
}
