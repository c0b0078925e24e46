/**
 * What `doctor`, `demo` and `simulate` say, in Spanish.
 * @module
 */
import { count } from "@bittern/faces";
import type { DemoMessages, DoctorMessages, ServerConfigMessages, SimulateMessages } from "./tool-messages.ts";

export const SPANISH_DOCTOR: DoctorMessages = {
  levels: { good: "bien", warning: "aviso", problem: "PROBLEMA" },
  checks: {
    port: "puerto",
    addresses: "direcciones",
    "open files": "archivos abiertos",
    folder: "carpeta",
    "state folder": "carpeta de estado",
    "tcp window": "ventana de TCP",
    memory: "memoria",
    datagrams: "datagramas",
    tracker: "tracker",
  },
  port: {
    taken: (wanted) => ({
      finding: `no hay libre ningún puerto de ${wanted}`,
      advice: "termine lo que los usa, o elija otros con --port",
    }),
    both: (port) => `se puede escuchar en el puerto ${port} por IPv4 y por IPv6`,
    only: (port, has, lacks) => ({
      finding: `en el puerto ${port} solo se puede escuchar por ${has}`,
      advice: `los pares que solo tienen ${lacks} no llegan hasta aquí; dé a la máquina una dirección ${lacks}`,
    }),
  },
  addresses: {
    none: { finding: "esta máquina no tiene dirección en ninguna red", advice: "conéctela a una red" },
    everywhere: (addresses) => `pública: ${addresses}; los demás llegan si no hay un cortafuegos delante`,
    onlyIpv6: (global, local) => ({
      finding: `pública por IPv6: ${global}; en IPv4, detrás de un router (${local})`,
      advice: "redirija el puerto en el router, para que lleguen también los pares con IPv4",
    }),
    behind: (local) => ({
      finding: `detrás de un router (${local})`,
      advice:
        "redirija el puerto en el router: si no, solo los pares a los que llamamos pueden enviarnos, y dos máquinas así no se encuentran",
    }),
  },
  openFiles: {
    unlimited: "sin límite",
    enough: (limit) => `puede haber ${limit} abiertos a la vez`,
    few: (limit, wanted, needed) => ({
      finding: `solo puede haber ${limit} archivos y conexiones abiertos a la vez`,
      advice: `súbalo con \`ulimit -n ${wanted}\`: 500 pares y 128 archivos necesitan unos ${needed}`,
    }),
  },
  folder: {
    chooseAnother: "elija otra carpeta, o permita escribir en esta",
    full: (free) => ({ finding: `quedan libres ${free}`, advice: "haga sitio: un disco lleno deja la descarga en pausa" }),
    slow: (millis) => ({
      finding: `dejar a salvo un mebibyte tarda ${millis} ms`,
      advice: "un disco tan lento marca el paso de todas las descargas; use otro",
    }),
    foldsCase: {
      finding: "los nombres que solo se distinguen en mayúsculas son el mismo archivo",
      advice: "los torrents con nombres así se renombran ahí",
    },
    notSparse: {
      finding: "los archivos ocupan todo su tamaño desde el principio",
      advice: "tiene que haber sitio para todo el torrent desde el comienzo",
    },
    writable: (path, free) => `se puede escribir en ${path}${free === undefined ? "" : `, quedan libres ${free}`}`,
  },
  window: {
    unknown: "la decide el sistema",
    enough: (size) => `crece hasta ${size}`,
    small: (size) => ({
      finding: `acaba en ${size}`,
      advice: "un par lejano no puede dar más que eso en cada ida y vuelta; suba net.ipv4.tcp_rmem",
    }),
  },
  memory: {
    available: (size) => `${size} para Bittern y los demás`,
    closeSomething: "solo los búferes de piezas ocupan hasta 64 MiB; cierre otra cosa",
  },
  datagrams: {
    batched: "un tracker recibe y envía aquí muchos en una llamada al sistema",
    single:
      "un tracker hace aquí dos llamadas al sistema por cada uno; para muchos a la vez hacen falta Linux en x64 o arm64 y el paquete koffi",
  },
  tracker: { answers: (url) => `${url} contesta`, look: "mire si su nombre, su puerto y su cortafuegos están bien" },
};

export const SPANISH_DEMO: DemoMessages = {
  labels: {
    folder: "carpeta",
    torrent: "torrent",
    tracker: "tracker",
    seeder: "semilla",
    get: "get",
    traffic: "tráfico",
    compared: "comparado",
    done: "hecho",
  },
  cast: (version) => `${version}: un tracker, una semilla y dos que descargan, cada uno un proceso propio en 127.0.0.1`,
  folder: (name, files, realFiles, size) => `"${name}": ${count(files, "archivo")} (${realFiles} de verdad), ${size}`,
  torrent: (version, pieces, infoHash, seconds) => `${version}, ${pieces} piezas, ${infoHash}, hashes calculados en ${seconds} s`,
  port: (port) => `puerto ${port}`,
  complete: (size, seconds, rate) => `completo: ${size} en ${seconds} s, ${rate}`,
  compared: (files) => `SHA-256 de los ${files} archivos en A y en B: cada byte es igual`,
  done: (seconds) => `en ${seconds} s`,
  kept: (folder) => `todo queda en ${folder}`,
};

/** Scenario -> what it is for. */
export const SPANISH_SCENARIOS: Readonly<Record<string, string>> = {
  swarm: "Una semilla y N que descargan, que empiezan a la vez",
  scaling: "El tiempo hasta que todos están completos según cuántos descargan, hasta `peers`",
  "flash-crowd": "Los que descargan llegan de golpe mientras una semilla tiene el archivo",
  churn: "Los que descargan mueren y vuelven, con sus datos sin sincronizar y sin ellos",
  "free-rider": "Uno que descarga entre gente honrada nunca sube nada",
  "slow-peer": "Uno que descarga con una subida lenta entre otros rápidos",
  "fast-links": "Una semilla y unos pocos que descargan en una red local, con un gigabit cada uno",
  "equal-links": "Enjambres de 10, 100, … hasta `peers`, con conexiones tan rápidas de bajada como de subida",
  "home-links": "Enjambres de 2, 4, … hasta `peers`, con conexiones cinco veces más rápidas de bajada que de subida",
  "fast-seed": "Una semilla tres veces más rápida que cada uno que descarga",
  leavers: "Enjambres de 4, 8, … hasta `peers` en los que cada uno se va en cuanto está completo",
  poisoned: "Miembros que fingen ser semillas envían bloques malos",
  partition: "La red se parte en dos una y otra vez",
  "magnet-only": "Los que descargan empiezan solo con un enlace magnet",
  "word-of-mouth": "Los que descargan no tienen tracker: cada uno conoce a otro, y entre ellos se cuentan los demás",
  "hidden-peers": "A casi nadie se le puede llamar: uno que conocen todos los pone en contacto",
  "full-disk": "Los discos se llenan en mitad de la descarga y vuelven a tener sitio",
  tracked: "Un enjambre que se encuentra por el tracker de la propia suite",
  chaos: "Todo sale de la semilla del azar: formas, velocidades y toda clase de problemas",
};

/** Option of a scenario -> what it is for. */
export const SPANISH_SCENARIO_OPTIONS: Readonly<Record<string, string>> = {
  peers: "cuántos descargan",
  pieceLength: "bytes de una pieza",
  totalLength: "bytes del torrent",
  up: "bytes por segundo que puede enviar uno que descarga",
  down: "bytes por segundo que puede recibir uno que descarga",
  seedUp: "bytes por segundo que puede enviar la semilla",
  lead: "milisegundos que el aprovechado llega antes que los demás",
  latency: "milisegundos de un nodo al centro de la red",
  links: "conexiones de cada participante como máximo; 0: las que tenga el cliente por defecto",
  slowStart: "1: los flujos empiezan despacio, y tras un silencio otra vez, como los de TCP; 0: a toda velocidad",
  onlooker: "1: comparar cada mensaje con las leyes; 0: no, para enjambres grandes",
  samples: "milisegundos entre dos miradas al enjambre; 0: ninguna",
  arrival: "segundos entre el primero y el último en llegar, más o menos",
  lifetime: "segundos que vive de media uno que descarga antes de morir",
  absence: "segundos que falta de media",
  powerShare: "parte de las muertes que se llevan también la corriente",
  slowUp: "bytes por segundo que puede enviar el lento",
  poisoners: "miembros que fingen ser semillas y mienten",
  lieShare: "parte de los bloques que son malos",
  every: "segundos de un corte al siguiente",
  lasts: "segundos que dura un corte",
  full: "cuántos tienen un disco que se llena",
  healAfter: "segundos desde el principio hasta que vuelve a haber sitio",
  utp: "1: hablan uTP; 0: no, y no llegan a encontrarse",
  udp: "1: los anuncios van por UDP; 0: por HTTP",
  peersMax: "cuántos descargan como mucho; decide la semilla del azar",
  lengthMax: "bytes del torrent como mucho",
  troubleMax: "segundos de problemas como mucho, antes de que todo sane",
};

const SPANISH_ROLES: Readonly<Record<string, string>> = {
  seed: "semilla",
  downloader: "descarga",
  poisoner: "envenenador",
  "free rider": "gorrón",
  "slow one": "el lento",
};

export const SPANISH_SIMULATE: SimulateMessages = {
  default: (value) => `(por omisión, ${value})`,
  scenario: (name, english) => SPANISH_SCENARIOS[name] ?? english,
  option: (name, english) => SPANISH_SCENARIO_OPTIONS[name] ?? english,
  curveOf: (size, seedRate, rate) => `${size} de una semilla de ${seedRate}; cada uno que descarga envía ${rate}`,
  curve: {
    title: "Tiempo hasta que todos los que descargan están completos",
    downloaders: "los que descargan",
    lines: { server: "un servidor HTTP", swarm: "Bittern", least: "el mínimo posible" },
    description: (points) => `Tiempo hasta que todos están completos, según cuántos descargan. ${points}`,
    server: "servidor HTTP",
  },
  report: {
    role: (role) => SPANISH_ROLES[role] ?? role,
    columns: ["descargan", "el último", "mínimo posible", "último / mín.", "copias", "servidor HTTP"],
    virtualTime: (time) => `${time} de tiempo virtual`,
    events: (amount) => `${amount} sucesos`,
    complete: (done, amount) => `${done} de ${amount} completos`,
    marks: ["el primero", "mediana", "90 %", "el último"],
    wrong: (complaint) => `mal: ${complaint}`,
    broken: (invariant, at, node, text) => `${invariant} rota a los ${at} por ${node}: ${text}`,
    more: (amount) => `… y ${amount} más`,
    trace: (hash, isGood) => `traza ${hash} · ${isGood ? "bien" : "MAL"}`,
    again: (line) => `otra vez: ${line}`,
  },
};

const trasModulos = (modules: string | undefined): string => (modules === undefined ? "" : `\`${modules}\`, `);

export const SPANISH_WEB_CONFIG: ServerConfigMessages = {
  nginxInside: "ponga esto en un `server { }`; después, `nginx -t` y recargue.",
  nginxSite: "ponga esto en conf.d o sites-enabled; después, `nginx -t` y recargue.",
  apacheInside: (modules) =>
    `ponga esto en conf-enabled o en un <VirtualHost>; después, ${trasModulos(modules)}\`apachectl -t\` y reinicie.`,
  apacheSite: (modules, port) =>
    `ponga esto en sites-enabled; después, ${trasModulos(modules)}\`apachectl -t\` y reinicie. El puerto ${port} necesita su \`Listen\`.`,
  whyType: "Sin su tipo, un navegador muestra el torrent como texto en lugar de dárselo al cliente.",
  whyForwarded: "Debe saber quién pregunta, y solo por nosotros: lo que diga un cliente se reemplaza.",
  whyNoLog: "Una línea por cada par cada media hora sería casi todo el registro.",
  trackerAt: (place) => `El tracker en ${place}`,
};
