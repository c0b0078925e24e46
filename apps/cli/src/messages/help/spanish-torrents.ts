/**
 * The pages of what makes and reads torrents, in Spanish.
 * @module
 */
import { SOURCE } from "./spanish-shared.ts";
import type { CommandHelp } from "./words.ts";

const TRACKER = "URL de anuncio; cada -t es un nivel propio, `a,b` un nivel de dos";
const COMMENT = "un comentario para la gente";
const MARK = "una marca que cambia el info hash";
const THREADS = "hilos que calculan hashes (por omisión, uno por procesador)";

export const SPANISH_TORRENTS: Pick<CommandHelp, "create" | "show" | "magnet" | "edit" | "verify"> = {
  create: {
    summary: "crear el .torrent de un archivo o carpeta",
    description: `Calcula los hashes de PATH y escribe PATH.torrent, o el archivo que indica -o.

Los archivos de una carpeta van en el orden de los bytes de sus rutas. Los archivos ocultos y los que dejan editores y gestores de
archivos (nombres que empiezan por punto o acaban en ~, Thumbs.db, desktop.ini) se omiten si no se da --all. Un archivo que ya existe no
se sobrescribe nunca sin --force.

Un torrent es híbrido si --v1 o --v2 no dicen otra cosa: clientes de ambas generaciones pueden unirse al mismo enjambre. El tamaño de las
piezas se deduce del de los datos, porque forma parte del info hash.`,
    examples: [
      ["una carpeta, con un tracker", "bittern create album -t http://tracker.example:6969/announce"],
      [
        "dos niveles de trackers, el primero con dos URL",
        "bittern create disc.iso -t http://a.example/announce,http://b.example/announce -t udp://c.example:6969",
      ],
      ["solo el info hash", "bittern create album -o /tmp/album.torrent --json | jq -r .infoHash"],
    ],
    arguments: {
      path: "archivo o carpeta",
    },
    options: {
      tracker: TRACKER,
      output: "escribir aquí en lugar de PATH.torrent; - es la salida estándar",
      pieceLength: "tamaño de una pieza, como 1MiB (por omisión, según los datos)",
      v1: "solo un torrent v1 (BEP 3)",
      v2: "solo un torrent v2 (BEP 52)",
      hybrid: "ambos en uno (lo normal)",
      private: "los pares vienen solo de los trackers que se indican aquí (BEP 27)",
      comment: COMMENT,
      source: MARK,
      webSeed: "una réplica HTTP de los datos (BEP 19); se puede repetir",
      noDate: "sin la fecha de creación",
      name: "nombre del archivo o carpeta para quien lo descarga (por omisión, el que tiene)",
      threads: THREADS,
      all: "incluir también archivos ocultos y sobrantes",
      force: "sobrescribir un .torrent que ya existe",
    },
  },
  show: {
    summary: "decir todo lo que dice un .torrent o un enlace magnet",
    description: `Muestra nombre, hashes, tamaños, archivos, trackers, semillas web y comentarios.\n\n${SOURCE}`,
    examples: [
      ["leer un archivo", "bittern show album.torrent"],
      ["los nombres de todos los archivos", "bittern show album.torrent --json | jq -r '.files[].path'"],
      ["leer de una tubería", "curl -s https://example.org/album.torrent | bittern show -"],
    ],
    arguments: {
      source: "qué se lee",
    },
    options: {},
  },
  magnet: {
    summary: "mostrar el enlace magnet de un torrent",
    description: `Muestra una línea: el enlace magnet con hashes, nombre, tamaño, trackers y semillas web.\n\n${SOURCE}`,
    examples: [
      ["el enlace de un archivo", "bittern magnet album.torrent"],
      ["descargar por el enlace", 'bittern get "$(bittern magnet album.torrent)"'],
    ],
    arguments: {
      source: "qué se lee",
    },
    options: {},
  },
  edit: {
    summary: "cambiar lo que se puede cambiar de un .torrent",
    description: `Cambia los trackers, las semillas web, el comentario y la marca de privado de TORRENT, en su sitio o, con -o, en otro archivo. Lo
que se da sustituye a lo que había; un texto vacío lo quita.

Los trackers, las semillas web y el comentario quedan fuera de lo que se resume en el hash: el info hash sigue igual. La marca de
privado y el origen quedan dentro: el info hash cambia, y eso lo convierte en otro torrent con otro enjambre; la orden lo dice.`,
    examples: [
      ["pasar a otro tracker", "bittern edit album.torrent -t http://new.example/announce"],
      ["una copia privada", "bittern edit album.torrent --private true -o private.torrent"],
      ["sin comentario", 'bittern edit album.torrent --comment ""'],
    ],
    arguments: {
      torrent: "ruta del .torrent, o - para la entrada estándar (entonces hace falta -o)",
    },
    options: {
      tracker: TRACKER,
      comment: COMMENT,
      source: MARK,
      webSeed: "una réplica HTTP de los datos; se puede repetir",
      private: "true (sí) o false (no)",
      output: "escribir aquí y dejar TORRENT como está; - es la salida estándar",
      force: "sobrescribir el archivo que indica -o, si ya existe",
    },
  },
  verify: {
    summary: "comprobar datos con los hashes de un .torrent",
    description: `Calcula el hash de cada pieza y dice cuáles están dañadas y qué archivos faltan. No se escribe nada.

Los datos se buscan en PATH/NOMBRE, donde NOMBRE es el nombre en el torrent; si no hay nada, se toma PATH mismo por el archivo o la
carpeta. Si no se da, PATH es la carpeta actual.`,
    examples: [
      ["datos junto al torrent", "bittern verify album.torrent"],
      ["un archivo con otro nombre", "bittern verify disc.torrent /backup/disc-copy.iso"],
      ["las piezas dañadas", "bittern verify disc.torrent --json | jq .bad"],
    ],
    exit: [["1", "hay piezas dañadas o faltan, o falló la comprobación misma"]],
    arguments: {
      torrent: "ruta o URL del .torrent, o - para la entrada estándar",
      path: "dónde están los datos",
    },
    options: {
      threads: THREADS,
    },
  },
};
