/**
 * The pages of what asks, tries and prepares, in Spanish.
 * @module
 */
import { SOURCE, STATE_ENVIRONMENT } from "./spanish-shared.ts";
import type { CommandHelp } from "./words.ts";

const TRACKERS = `Se pregunta a los trackers de SOURCE y a los que añade -t, a cada uno por IPv4 y por IPv6, y donde su nombre dice en el DNS que está
(BEP 34). Pueden hablar HTTP, HTTPS, UDP o, como los de WebTorrent, WebSocket (ws, wss), donde casi todos cuentan solo navegadores.`;
const ASKED = "de qué torrent se pregunta";
const ASKED_TOO = "preguntar también a este; se puede repetir";
const PATIENCE = "cuánto puede tardar un tracker (por omisión, 20)";
const NO_ANSWER = "no contestó ningún tracker";

export const SPANISH_TOOLS: Pick<
  CommandHelp,
  "scrape" | "announce" | "dht" | "doctor" | "simulate" | "demo" | "fetch-feed" | "web-config" | "completion"
> = {
  scrape: {
    summary: "preguntar a los trackers cómo de grande es un enjambre",
    description: `Pregunta a los trackers cuántas semillas y cuántos que descargan conocen de un torrent, sin unirse a su enjambre.

${TRACKERS} Un torrent híbrido tiene dos enjambres, uno por cada uno de sus hashes.

${SOURCE}

JSON: {"trackers": [{"url", "infoHash", "complete", "incomplete", "downloaded", "error"}]}; lo que un tracker no dice es null.`,
    examples: [
      ["los trackers de un torrent", "bittern scrape album.torrent"],
      ["un tracker, un hash", "bittern scrape 49e2cdab588e7ff0733dbb433afc844945624f04 -t udp://tracker.example:6969"],
      ["los navegadores de un tracker de WebTorrent", "bittern scrape album.torrent -t wss://tracker.example"],
    ],
    exit: [["1", NO_ANSWER]],
    arguments: {
      source: ASKED,
    },
    options: {
      tracker: ASKED_TOO,
      timeout: PATIENCE,
    },
  },
  announce: {
    summary: "pedir a los trackers los pares de un torrent",
    description: `Se anuncia a los trackers y enumera los pares que cuentan, con sus cifras e intervalos. Si --event no dice qué se anuncia, es solo
una pregunta: un segundo anuncio nos saca del enjambre. Por WebSocket lo hace siempre, porque nadie podría conectarse con nosotros como lo
hacen los navegadores, y ahí ningún tracker cuenta direcciones.

${TRACKERS} Un torrent híbrido se anuncia con sus dos hashes.

${SOURCE}

JSON: {"trackers": [{"url", "infoHash", "address", "interval", "minInterval", "complete", "incomplete", "downloaded", "externalAddress",
"warning", "peers", "error"}], "peers": ["HOST:PORT"]}; lo que un tracker no dice es null.`,
    examples: [
      ["quién está", "bittern announce album.torrent"],
      ["todas las direcciones, una por línea", "bittern announce album.torrent --json | jq -r '.peers[]'"],
      ["como semilla que se queda en la lista", "bittern announce album.torrent --left 0 --port 6881 --event started"],
      ["si contesta un tracker de WebTorrent", "bittern announce album.torrent -t wss://tracker.example"],
    ],
    exit: [["1", NO_ANSWER]],
    arguments: {
      source: ASKED,
    },
    options: {
      tracker: ASKED_TOO,
      port: "puerto en el que se nos encuentra (por omisión, 6881)",
      left: "bytes que nos faltan; 0 anuncia una semilla (por omisión, 1)",
      numwant: "pares que se quieren como mucho, por HTTP y UDP (por omisión, 50)",
      event: "qué se anuncia",
      timeout: PATIENCE,
    },
  },
  dht: {
    summary: "preguntar a la DHT, o ser uno de sus nodos",
    description: `Pregunta a la tabla hash distribuida, que conoce los pares de los torrents sin tracker, con un nodo propio que luego se va.

lookup SOURCE enumera los pares de un torrent. ping HOST:PORT pregunta a un nodo si está, quién es y dónde nos ve.
run es un nodo hasta que se para: otros pueden empezar por él, con --dht-bootstrap, en una red a la que no llegan los conocidos por todos.

${SOURCE}

JSON: {"infoHashes", "peers", "nodes", "seconds"} de lookup; {"address", "id", "client", "ourAddress", "millis"} de ping; líneas
{"type": "listening", "port", "addresses"} y {"type": "stopped", ...} de run.`,
    examples: [
      ["quién tiene un torrent", "bittern dht lookup 49e2cdab588e7ff0733dbb433afc844945624f04"],
      ["si un nodo está", "bittern dht ping dht.libtorrent.org:25401"],
      ["el primer nodo de una red propia", "bittern dht run --port 6881"],
    ],
    exit: [["1", "no contestó nadie"]],
    arguments: {
      question: "qué hacer",
      target: "de qué torrent, o qué nodo",
    },
    options: {
      port: "puerto UDP del nodo; 0 es cualquiera libre (por omisión, 0)",
    },
  },
  doctor: {
    summary: "decir qué de esta máquina frenaría una descarga",
    description: `Mira los puertos, las direcciones, los archivos abiertos, las ventanas de TCP, la memoria y las carpetas de descargas y de estado, y
dice qué hacer con lo que encuentra. Escribe archivos pequeños en ambas carpetas y los quita; no se pregunta a ninguna otra máquina si -t
no nombra un tracker.

JSON: {"checks": [{"check", "level", "finding", "advice"}]}; un level es good, warning o problem.`,
    examples: [
      ["antes de la primera descarga", "bittern doctor"],
      [
        "una carpeta, puertos fijos, y si se llega a un tracker",
        "bittern doctor --dir /srv/torrents --port 6881 -t udp://tracker.example:6969",
      ],
    ],
    exit: [["1", "se encontró al menos un problema"]],
    environment: STATE_ENVIRONMENT,
    arguments: {},
    options: {
      dir: "carpeta a la que van las descargas (por omisión, la actual)",
      port: "puerto en el que se escucha: N o N-M (por omisión, 6881-6999)",
      tracker: "preguntar si contesta este tracker; se puede repetir",
    },
  },
  simulate: {
    summary: "hacer correr un enjambre en el simulador determinista",
    description: `Hace correr SCENARIO en tiempo virtual con el mismo motor que descarga: con la misma semilla, la misma ejecución, byte a byte. Muestra
cuándo estuvieron todos completos, las cifras del escenario y el hash de la traza.

Sin SCENARIO los enumera todos con sus opciones; cada opción es un número, y se da como --peers 50 o --total-length 64MiB.`,
    examples: [
      ["qué hay", "bittern simulate"],
      ["cincuenta pares", "bittern simulate swarm --peers 50 --seed 7"],
      ["cuánto tarda el último, con 2, 4 y 8 que descargan", "bittern simulate home-links"],
      ["el tiempo según el número de pares", "bittern simulate scaling --peers 100 --svg curve.svg"],
      ["¿es dos veces la misma ejecución?", "bittern simulate swarm --seed 7 --json | jq -r .traceHash"],
    ],
    exit: [["1", "no todos completaron, o se rompió una invariante"]],
    arguments: {
      scenario: "nombre del escenario",
    },
    options: {
      seed: "semilla de todo el azar, un número o una palabra (por omisión, 1)",
      peers: "cuántos pares (por omisión, los que diga el escenario)",
      svg: "dibujar en un archivo la curva del escenario `scaling`",
    },
  },
  demo: {
    summary: "el trabajo principal de principio a fin en esta máquina",
    description: `Hace una carpeta con archivos de verdad y uno grande generado, crea su torrent, y pone en marcha un tracker, una semilla y dos que
descargan, en procesos propios y por sockets de verdad en la dirección local. Después compara cada byte, muestra las cifras y lo borra
todo.`,
    examples: [
      ["la función", "bittern demo"],
      ["las cifras para un programa", "bittern demo --json"],
    ],
    arguments: {},
    options: {
      size: "tamaño del archivo generado (por omisión, 96MiB)",
      keep: "dejar la carpeta con todo lo que tiene",
    },
  },
  "fetch-feed": {
    summary: "traer a una carpeta los torrents nuevos de un canal o una página",
    description: `Lee el canal RSS o Atom, o la página con enlaces, que hay en URL y guarda en DIR cada torrent que no haya guardado antes: como
NOMBRE.torrent, y como NOMBRE.magnet si solo hay un enlace magnet. Con \`bittern watch DIR\` al lado, un mirror se mantiene solo.

Un enlace es un torrent por su terminación o por el tipo que le da el canal. --by-type pregunta además al servidor el tipo de los otros
enlaces, y toma los de tipo application/x-bittorrent.

Hecho para cron: solo pregunta si algo ha cambiado, no dice nada si no hay nada nuevo, y nunca trae dos veces un torrent, ni siquiera uno
que se borró de DIR. Lo que falló lo intenta la próxima ejecución. Dos ejecuciones a la vez no se admiten.

Sin --json muestra la ruta de cada archivo que guardó; con --json {feed, format, changed, links, saved, failed, left}.`,
    examples: [
      ["cada hora, con una línea de crontab", "0 * * * * bittern fetch-feed https://example.org/torrents.rss ~/torrents --quiet"],
      ["el listado de un directorio", "bittern fetch-feed https://example.org/images/ ~/torrents"],
      ["una página cuyos enlaces no acaban en .torrent", "bittern fetch-feed https://example.org/releases.html ~/torrents --by-type"],
    ],
    exit: [["1", "no se pudo traer el canal, o al menos uno de sus torrents"]],
    environment: STATE_ENVIRONMENT,
    arguments: {
      url: "dirección del canal o de la página",
      dir: "carpeta para los torrents; se crea si falta",
    },
    options: {
      byType: "preguntar al servidor qué son los otros enlaces",
      noMagnet: "no hacer caso de los enlaces magnet",
      max: "tantos nuevos como mucho en una ejecución (por omisión, 200)",
    },
  },
  "web-config": {
    summary: "mostrar lo que un servidor web necesita para servir torrents",
    description: `nginx y apache muestran una configuración lista: los archivos .torrent se envían como application/x-bittorrent, para que el navegador
los pase a un cliente en lugar de mostrarlos como texto, y /announce y /scrape llevan al tracker que está detrás del servidor web. Sin
--server-name son líneas para un sitio que ya existe; con él, un sitio entero.

page muestra una página web que enlaza con cada .torrent de DIR por enlaces relativos, para ponerla en esa carpeta como index.html.

Ponga en marcha el tracker en la misma máquina con \`bittern track --trust-proxy 127.0.0.1\`: así cree al servidor web sobre quién pregunta.`,
    examples: [
      ["líneas para un sitio de nginx", "bittern web-config nginx > /etc/nginx/snippets/bittern.conf"],
      [
        "un sitio entero de Apache, sin tracker",
        "bittern web-config apache --server-name files.example.org --root /srv/torrents --no-tracker",
      ],
      ["una página para una carpeta de torrents", "bittern web-config page /srv/torrents -o /srv/torrents/index.html --force"],
    ],
    arguments: {
      kind: "para qué servidor, o la página",
      dir: "carpeta de archivos .torrent, para la página (por omisión, la actual)",
    },
    options: {
      serverName: "mostrar un sitio entero que atiende a este nombre",
      listen: "puerto del sitio entero (por omisión, 80)",
      root: "carpeta que muestra el sitio entero (por omisión, /var/www/html)",
      tracker: "dónde atiende el tracker (por omisión, 127.0.0.1:6969)",
      noTracker: "sin tracker detrás del servidor web",
      title: "título de la página (por omisión, el nombre de la carpeta)",
      output: "escribir en un archivo en lugar de la salida estándar",
      force: "sobrescribir ese archivo",
    },
  },
  completion: {
    summary: "mostrar el programa de completado para un intérprete de órdenes",
    description: "Muestra un programa que completa órdenes, opciones y nombres de archivo, hecho del mismo árbol que estas páginas.",
    examples: [
      ["bash, en todas las sesiones", "bittern completion bash > ~/.local/share/bash-completion/completions/bittern"],
      ["zsh", "bittern completion zsh > ~/.zfunc/_bittern   # a folder named in $fpath"],
      ["fish", "bittern completion fish > ~/.config/fish/completions/bittern.fish"],
    ],
    arguments: {
      shell: "para qué intérprete",
    },
    options: {},
  },
};
