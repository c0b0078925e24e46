/**
 * The window of one download in Spanish.
 * @module
 */
import { timeLeftWords } from "../classic/words.ts";
import type { WindowMessages } from "./catalogue.ts";
import { SPANISH_CLASSIC } from "./classic/spanish.ts";

export const SPANISH_WINDOW: WindowMessages = {
  language: "es",
  about: "acerca de",
  aboutText:
    "Esta página pertenece a una descarga y a un proceso de este ordenador. Si se cierra, la descarga termina en menos de un minuto; lo que ya está se conserva y se reanuda la próxima vez.",
  gauge: "Parte de la descarga que ya está",
  timeLeftLabel: "Tiempo restante estimado:",
  downloadToLabel: "Descargar en:",
  downRateLabel: "Velocidad de descarga:",
  downTotalLabel: "Descargado:",
  upRateLabel: "Velocidad de subida:",
  upTotalLabel: "Subido:",
  errors: "Errores",
  cancel: "Cancelar",
  close: "Cerrar",
  ok: "Aceptar",
  saveTitle: "Elija dónde guardar",
  saveHint: "Elija una descarga parcial para reanudarla, o una completa para servirla.",
  saveAs: "Guardar como",
  save: "Guardar",
  above: "La carpeta de arriba",
  entries: "Lo que hay en la carpeta",
  succeeded: "¡Descarga completa!",
  failed: "¡La descarga ha fallado!",
  over: "terminado",
  gone: "El programa ha terminado; esta página se puede cerrar.",
  fetching: "obteniendo el torrent",
  fetchingFromPeers: "obteniendo el torrent de los pares",
  checking: "comprobando el archivo existente",
  connecting: "conectando con los pares",
  openYourself: (url) => `abra esta dirección en un navegador de esta máquina: ${url}`,
  upload: "Subida",
  timeLeft: (seconds) => timeLeftWords(seconds, { ...SPANISH_CLASSIC.download.time, unknown: "desconocido" }),
};
