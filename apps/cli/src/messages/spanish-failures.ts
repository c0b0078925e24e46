/**
 * Errors in Spanish: the whole of it where it is known, else what its code means, and the English message behind it.
 * @module
 */
import { errorInSpanish } from "./spanish-errors.ts";

/** The beginning of a code -> what it means. The longest that fits counts. */
const SENTENCES: readonly (readonly [code: string, sentence: string])[] = [
  ["ABORTED", "Operación cancelada"],
  ["ACCESS_DENIED", "Acceso denegado; compruebe el propietario y los permisos"],
  ["ADDRESS_DENIED", "Dirección no permitida"],
  ["ADDRESS_IN_USE", "El puerto está ocupado; elija otro, o 0 para cualquiera libre"],
  ["ADDRESS_UNAVAILABLE", "La dirección no está disponible en esta máquina"],
  ["BENCODE", "Error al leer el archivo torrent"],
  ["CONNECTION", "Error de conexión"],
  ["CREATE", "No se puede crear el torrent"],
  ["DATA_DAMAGED", "Faltan datos en el disco o están dañados"],
  ["DATA_INCOMPLETE", "Los datos no están completos"],
  ["DISK_FULL", "El disco está lleno; haga sitio e inténtelo de nuevo"],
  ["DISK_READ_ONLY", "El sistema de archivos es de solo lectura"],
  ["EXCESS_ARGUMENTS", "Demasiados argumentos"],
  ["FEED", "Error al leer el canal"],
  ["FEED_BUSY", "Otra ejecución está leyendo ese canal"],
  ["FILE_CHANGED", "El archivo ha cambiado mientras tanto"],
  ["FILE_EXISTS", "El archivo ya existe; indique otro con -o, o use --force"],
  ["FILE_MISSING", "No existe tal archivo o carpeta"],
  ["FILE_UNSAFE", "No es un archivo que se pueda usar"],
  ["FOLDER", "No se puede hacer la página de esa carpeta"],
  ["HTTP", "El servidor no dio una respuesta válida"],
  ["INTERNAL", "Error interno"],
  ["INVALID_ARGUMENT", "El valor de una opción no es válido"],
  ["IO", "Error de entrada o salida"],
  ["LINK", "Enlace no válido"],
  ["MAGNET", "Error al leer el enlace magnet"],
  ["METAINFO", "Error al leer el archivo torrent"],
  ["MISSING_ARGUMENT", "Falta un argumento"],
  ["NAME_INVALID", "No es un nombre válido"],
  ["NAME_NOT_FOUND", "No se encuentra ese nombre"],
  ["NOTHING_TO_CHANGE", "No hay nada que cambiar"],
  ["NUMBER_INVALID", "No es un número válido"],
  ["OPTION_ALONE", "A una opción le falta otra"],
  ["OPTION_MISSING_ARGUMENT", "A una opción le falta su valor"],
  ["PATH_EMPTY", "No se ha dado ningún fichero ni carpeta; escriba su ruta, o . para esta carpeta"],
  ["PEER_INVALID", "No es un par válido; escriba MÁQUINA:PUERTO"],
  ["PORT_INVALID", "No es un puerto válido"],
  ["ROOT_INVALID", "No se puede escribir el nombre de esa carpeta"],
  ["SELECTION_EMPTY", "Ningún archivo coincide con la selección"],
  ["SIZE_INVALID", "No es un tamaño válido"],
  ["SOURCE", "No es un torrent ni un enlace magnet"],
  ["TARGET_IN_USE", "Otro programa está usando ese destino"],
  ["TIMED_OUT", "Se agotó el tiempo de espera"],
  ["TLS", "Error de la conexión segura"],
  ["TOO_MANY_FILES", "Hay demasiados archivos abiertos"],
  ["TORRENT_EXISTS", "El torrent ya está en la sesión"],
  ["TORRENT_NEEDED", "Hace falta el archivo .torrent; un enlace no basta"],
  ["TRACKER", "Error del tracker"],
  ["UNKNOWN_COMMAND", "Orden desconocida"],
  ["UNKNOWN_OPTION", "Opción desconocida"],
  ["URL_INVALID", "La dirección no es válida"],
  ["WATCH", "No se puede vigilar"],
];

/** `Sentence: English detail` where the error is not known; the detail alone where the code means nothing here. */
export function failureInSpanish(code: string, message: string): string {
  const known = errorInSpanish(message);
  if (known !== undefined) return known;
  let found: readonly [string, string] | undefined;
  for (const entry of SENTENCES) {
    const fits = code === entry[0] || code.startsWith(`${entry[0]}_`);
    if (fits && entry[0].length > (found?.[0].length ?? 0)) found = entry;
  }
  return found === undefined ? message : `${found[1]}: ${message}`;
}
