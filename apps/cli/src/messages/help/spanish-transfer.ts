/**
 * The pages of what downloads and seeds, in Spanish.
 * @module
 */
import { SESSION_ENVIRONMENT, SOURCE } from "./spanish-shared.ts";
import type { CommandHelp, Terms } from "./words.ts";

const KEYS: Terms = [
  ["p", "pausa"],
  ["r", "reanudar"],
  ["s", "mostrar el estado"],
  ["c", "cancelar: olvidar el torrent (sus archivos se quedan) y terminar"],
  ["q", "salir"],
];
const SIGNALS: Terms = [["130, 143", "detenido con Ctrl-C o SIGTERM antes de completar la descarga"]];
const DIR = "carpeta donde se descarga (por omisión, la actual)";
const PORT = "puerto en el que se escucha: N, N-M (el primero libre), o 0 para cualquiera (por omisión, 6881-6999)";
const PEER = "un par al que conectarse; se puede repetir";
const MAX_DOWN = "bytes por segundo, como 2MiB; 0 es sin límite";
const MAX_UP = "bytes por segundo, como 500KiB; 0 es sin límite";
const SUPER_SEED = "dar cada pieza una vez antes de dar otra dos, aunque haya más semillas (la única semilla lo hace por sí sola)";

export const SPANISH_TRANSFER: Pick<CommandHelp, "get" | "seed" | "share" | "watch" | "tui" | "explain"> = {
  get: {
    summary: "descargar",
    description: `Descarga en DIR/NOMBRE y sigue sembrando hasta que se le detiene; con --exit termina cuando todo está en el disco y a salvo.
Los datos que ya están en su sitio se comprueban y se conservan: una descarga interrumpida sigue donde estaba.

${SOURCE}

Con --json cada línea tiene un "type": listening (port), metadata, progress (cada segundo, más o menos: state, downloaded, uploaded,
verified, total, downRate, upRate, peers, seeds, secondsLeft), piece (comprobada y escrita), complete (todas las piezas que se quieren: seconds,
downloaded, uploaded), durable (todo sincronizado y anotado), summary (al final: name, seconds, downloaded, uploaded, downRate, upRate,
ratio, ratioEver de todas las veces, peers, wasted), error. Un error DISK_FULL no termina nada: el state es disk-full hasta que hay
sitio, y healed dice que se sigue.`,
    examples: [
      ["un torrent, y sembrarlo después", "bittern get album.torrent"],
      ["un enlace magnet en una carpeta, y terminar", "bittern get 'magnet:?xt=urn:btih:...' --dir ~/downloads --exit"],
      ["solo las películas, primero el principio", "bittern get series.torrent --select '*.mkv' --sequential"],
      ["de un par conocido", "bittern get album.torrent --peer 10.0.0.2:6881 --exit"],
    ],
    keys: KEYS,
    exit: SIGNALS,
    environment: SESSION_ENVIRONMENT,
    arguments: {
      source: "qué se descarga",
    },
    options: {
      dir: DIR,
      port: PORT,
      peer: PEER,
      exit: "terminar cuando todo está descargado y a salvo en el disco",
      select: "solo los archivos que coinciden, como '*.mkv' o 'extras/**'; se puede repetir",
      sequential: "primero las primeras piezas",
      recheck: "comprobar de nuevo lo que hay en su sitio y volver a bajar lo que falte, se recuerde lo que se recuerde",
      maxDown: MAX_DOWN,
      maxUp: MAX_UP,
      seedRatio: "terminar tras subir tantas veces el tamaño",
      seedTime: "terminar tras sembrar tantos minutos",
    },
  },
  seed: {
    summary: "dar a otros lo que está completo",
    description: `Comprueba los datos de DIR/NOMBRE y los da a quien los pida, hasta que se le detiene. Los archivos solo se leen, nunca se
escriben. Si faltan piezas o están dañadas dice cuántas y termina: \`bittern get\` con la misma carpeta las completa.

Con --json cada línea tiene un "type": listening (port) cuando se aceptan pares, progress cada segundo, más o menos, summary al final,
error.`,
    examples: [
      ["una carpeta junto a su torrent", "bittern seed album.torrent"],
      ["datos en otro sitio, sin comprobarlos", "bittern seed album.torrent --dir /srv/mirror --no-check"],
    ],
    keys: KEYS,
    environment: SESSION_ENVIRONMENT,
    arguments: {
      torrent: "ruta o URL del .torrent, o - para la entrada estándar",
    },
    options: {
      dir: "carpeta que contiene el archivo o la carpeta (por omisión, la actual)",
      port: PORT,
      peer: PEER,
      noCheck: "dar los datos por completos sin calcular antes sus hashes",
      superSeed: SUPER_SEED,
      maxUp: MAX_UP,
    },
  },
  share: {
    summary: "publicar un archivo o carpeta: torrent, tracker, página y semilla en uno",
    description: `Crea el torrent de PATH, pone en marcha un tracker para él, sirve una página con el enlace magnet, el .torrent y un código QR,
siembra, y muestra el enlace que hay que dar. La página, el .torrent y el tracker comparten un puerto HTTP. Junto a PATH no se escribe
nada.

Las otras máquinas tienen que llegar a ambos puertos; --public-host es el nombre o la dirección por la que conocen a esta (por omisión,
su primera dirección en la red local).

Con --json la primera línea es {"type":"sharing","page","torrent","magnet","infoHash","infoHashV2","announce","port"}; después viene el
progreso cada segundo, más o menos.`,
    examples: [
      ["en la red local", "bittern share holiday-photos"],
      ["a todo el mundo, con un nombre y puertos fijos", "bittern share disc.iso --public-host files.example.org --http 8080 --port 6881"],
      ["a una persona, y terminar", "bittern share report.pdf --once"],
    ],
    environment: SESSION_ENVIRONMENT,
    arguments: {
      path: "archivo o carpeta",
    },
    options: {
      port: "puerto para los pares: N, N-M (el primero libre), o 0 para cualquiera (por omisión, 6881-6999)",
      http: "puerto de la página y del tracker, o 0 para cualquiera libre (por omisión, 8080 o el siguiente libre)",
      publicHost: "nombre o dirección en todos los enlaces",
      once: "terminar cuando ha salido una copia completa",
      comment: "un comentario para la gente, en el torrent y en la página",
      all: "incluir también archivos ocultos y sobrantes",
      superSeed: SUPER_SEED,
      maxUp: MAX_UP,
    },
  },
  watch: {
    summary: "descargar y sembrar lo que haya en una carpeta",
    description: `Trabaja con cada archivo .torrent y .magnet de DIR y de las carpetas que contiene: lo que se añade empieza, lo que se quita se
detiene (sus datos se quedan). Un archivo .magnet tiene un enlace magnet en su primera línea. Los datos van junto al .torrent, o al
mismo sitio por debajo de --save-to. Lo que ya está se comprueba, un torrent tras otro, y sigue donde estaba.

Una carpeta puede tener un archivo .bittern.json con opciones para sus torrents y los de las carpetas de debajo; manda la más cercana:
saveTo, select, trackers, sequential, paused, maxDown, maxUp, seedRatio, seedTime. Mientras uno de
ellos esté mal, vale lo que decía antes; si nunca estuvo bien, no empieza ningún torrent de ahí abajo. Si select, de su carpeta o
de una de encima, no elige ningún archivo de un torrent, ese torrent se deja de lado, con un aviso. Un torrent con el que no se puede
trabajar se intenta otra vez a los diez segundos, seis veces.

Con --json cada línea tiene un "type": listening (port), added, removed, complete, satisfied (sembrado tanto como dicen las opciones),
cada una con file y name; progress (una por torrent cada segundo, más o menos, con infoHash), error.`,
    examples: [
      ["un mirror, con los datos junto a los torrents", "bittern watch /srv/mirror"],
      ["un buzón de torrents y enlaces", "bittern watch ~/torrents --save-to ~/downloads"],
      ["en una carpeta, solo películas y despacio", `echo '{"select":["*.mkv"],"maxUp":"200KiB"}' > ~/torrents/films/.bittern.json`],
    ],
    keys: [["q", "salir"]],
    environment: SESSION_ENVIRONMENT,
    arguments: {
      dir: "carpeta de archivos .torrent y .magnet",
    },
    options: {
      saveTo: "carpeta para los datos (por omisión, junto al .torrent)",
      poll: "mirar cada segundo en lugar de esperar a que avise el sistema; para sistemas de archivos en red",
      port: PORT,
      maxDown: "bytes por segundo para todos los torrents juntos, como 2MiB; 0 es sin límite",
      maxUp: "bytes por segundo para todos los torrents juntos, como 500KiB; 0 es sin límite",
    },
  },
  tui: {
    summary: "todos los torrents a pantalla completa",
    description: `Muestra una lista de torrents en todo el terminal, los descarga y los siembra, y los conserva de un arranque al siguiente. Un
torrent se abre en un resumen con las razones de que vaya lento, un mapa de sus piezas y una gráfica de su velocidad, y en listas de
sus archivos, pares y trackers. Pulse ? para ver las teclas; pegue un enlace para añadirlo.

La lista se guarda en la carpeta de estado; con una carpeta de estado trabaja una sola pantalla a la vez.

Con --json escribe los torrents que guarda y termina, sin pantalla: infoHash, name (null mientras solo se conoce un enlace), path,
paused, maxDown, maxUp.`,
    examples: [
      ["abrir la pantalla", "bittern tui"],
      ["añadir dos torrents de una vez", "bittern tui album.torrent 'magnet:?xt=urn:btih:...' --dir ~/downloads"],
    ],
    keys: [
      ["?", "mostrar todas las teclas"],
      ["a", "añadir un torrent"],
      ["Enter", "abrir el torrent que está bajo el cursor"],
      ["Space", "ponerlo en pausa o reanudarlo"],
      ["d", "quitarlo"],
      ["q", "terminar"],
    ],
    environment: [
      ...SESSION_ENVIRONMENT,
      ["NO_COLOR", "cualquier valor: sin colores"],
      ["LC_ALL, LC_CTYPE, LANG", "letras en lugar de bloques y flechas donde no indican una configuración UTF-8"],
    ],
    arguments: {
      source: "torrents que se añaden: ruta, URL, enlace magnet o info hash",
    },
    options: {
      dir: "carpeta donde se descarga lo que se añade (por omisión, la actual)",
      port: PORT,
      maxDown: "bytes por segundo, como 2MiB; 0 es sin límite (por omisión, como la última vez)",
      maxUp: "bytes por segundo, como 500KiB; 0 es sin límite (por omisión, como la última vez)",
      mouse: "usar el ratón: clic y rueda (m lo activa y lo suelta)",
    },
  },
  explain: {
    summary: "decir por qué un torrent va lento o no avanza",
    description: `Pregunta a las órdenes en marcha (get, seed, share, tui y otras con la misma carpeta de estado) cómo están sus torrents, y dice de
cada uno por qué va lento o está parado: la causa, los números que la muestran y qué ayudaría.

TORRENT es una ruta, URL, enlace magnet o info hash, o una parte del nombre de uno en marcha. Un torrent que no está en marcha en ningún
sitio se prueba durante un rato: lo que llega va a DIR o, sin --dir, a una carpeta que después se borra.

Con --json: torrents, cada uno con infoHash, infoHashV2, name, command y pid (null cuando se ha probado), state, pace (stands, moves o
rests), progress, totalDone, totalWanted, downRate, upRate, peers, seeds, secondsLeft y causes. Una causa tiene un code, un weight (stops,
slows o perhaps), sus números, y los textos what, evidence y help.`,
    examples: [
      ["todo lo que está en marcha", "bittern explain"],
      ["uno de ellos", "bittern explain album"],
      ["un torrent que no está en marcha", "bittern explain album.torrent --for 60"],
    ],
    environment: SESSION_ENVIRONMENT,
    arguments: {
      torrent: "qué torrent (por omisión, todos los que están en marcha)",
    },
    options: {
      for: "cuánto tiempo se prueba lo que no está en marcha (por omisión, 20)",
      dir: "dónde están o deben ir sus datos cuando se prueba (por omisión, una carpeta que se borra)",
      port: "puerto en el que se escucha al probar: N, N-M, o 0 para cualquiera (por omisión, 6881-6999)",
      peer: "un par al que conectarse al probar; se puede repetir",
    },
  },
};
