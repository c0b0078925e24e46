/**
 * What all pages have in common, in Spanish.
 * @module
 */
import type { SharedHelp, Terms } from "./words.ts";

/** What commands take as a source. */
export const SOURCE: string = `SOURCE es la ruta de un .torrent, la URL http(s) de uno o de una página web que enlaza a uno, un enlace magnet, un info hash a
secas (40 cifras hexadecimales, 32 en base32 o 64 hexadecimales), o - para un .torrent que llega por la entrada estándar.`;

export const STATE_ENVIRONMENT: Terms = [
  ["BITTERN_STATE", "la carpeta de estado, si --state no indica otra"],
  ["XDG_STATE_HOME", "la carpeta de estado es `bittern` dentro de ella; si falta, ~/.local/state"],
];

/** The same for commands with a session of their own. */
export const SESSION_ENVIRONMENT: Terms = [["BITTERN_DHT", "off: sin la DHT, como con --no-dht"], ...STATE_ENVIRONMENT];

export const SPANISH_SHARED: SharedHelp = {
  description: "BitTorrent para la línea de órdenes: crear, publicar, descargar, sembrar y seguir torrents (v1, v2 e híbridos).",
  usage: "ORDEN [OPCIÓN]... [ARGUMENTO]...",
  footer: "Cada orden tiene una página propia con ejemplos: bittern help ORDEN",
  options: {
    version: "mostrar la versión y terminar",
    help: "mostrar esta página",
    json: "escribir JSON en la salida estándar: un objeto, o uno por línea en lo que continúa",
    quiet: "sin progreso ni comentarios",
    lang: "idioma de los mensajes (por omisión, el de LC_ALL, LC_MESSAGES o LANG)",
    logLevel: "cuánto se registra",
    logFile: "añadir el registro a un archivo (por omisión, la salida de errores)",
    state: "carpeta de los datos de reanudación y los bloqueos (por omisión, vea Entorno)",
    noDht: "buscar pares sin la DHT",
    dhtBootstrap: "nodo de la DHT por el que empezar, en vez de los conocidos por todos; puede repetirse",
    noPex: "ni pedir a los pares otros pares ni darlos a conocer",
    noUtp: "sin conexiones por uTP, solo por TCP; tampoco se llega a los pares a los que nadie puede llamar",
    interface: "interfaz de red o dirección local de la que no se sale; sin dirección en ella no se llama a nadie",
  },
  helpCommand: "mostrar la página de una orden",
  titles: {
    placeholder: "[opciones]",
    usage: "Uso:",
    arguments: "Argumentos:",
    options: "Opciones:",
    commands: "Órdenes:",
    examples: "Ejemplos:",
    keys: "Teclas en un terminal:",
    exit: "Estado de salida:",
    environment: "Entorno:",
    default: "por omisión",
    choices: "valores",
  },
  exit: [
    ["0", "hecho"],
    ["1", "ha fallado: la red, el disco, o datos que no coinciden"],
    ["2", "la línea de órdenes estaba mal"],
  ],
  environment: [["BITTERN_DEBUG", "con 1, un error muestra también dónde ocurrió"]],
  manual: {
    titles: {
      name: "NOMBRE",
      synopsis: "SINOPSIS",
      description: "DESCRIPCIÓN",
      commands: "ÓRDENES",
      options: "OPCIONES",
      keys: "TECLAS",
      environment: "ENTORNO",
      files: "ARCHIVOS",
      exit: "ESTADO DE SALIDA",
      examples: "EJEMPLOS",
      seeAlso: "VÉASE TAMBIÉN",
    },
    summary: "BitTorrent para la línea de órdenes",
    about: `Los resultados van a la salida estándar y todo lo demás a la salida de errores. Con --json la salida estándar es JSON: un objeto
en una orden que termina, un objeto por línea en una que continúa. Los tamaños y las velocidades son un número, como 500K o
1.5M: K, M y G son KiB, MiB y GiB, que también se pueden escribir, y kB, MB y GB son potencias de 1000; 0 es sin límite.

Ctrl-C o SIGTERM una vez termina bien: se guarda el estado y se avisa a los trackers. Dos veces termina en el acto.`,
    argumentsTold: "Los argumentos:",
    noColour: "no vacía: sin colores",
    stateFiles: "datos de reanudación y bloqueos, si ni --state ni una variable indican otra carpeta",
    defaultIs: (value) => `; por omisión, ${value}`,
    classic: {
      about: (name, commands, hasOptions) => {
        const today = commands.map((command) => `\`bittern ${command}\``).join(" y ");
        const verb = commands.length === 1 ? "hace" : "hacen";
        const options =
          "\n\nCada opción lleva un valor, y de una que se da dos veces cuenta la última. Sin ninguna palabra el programa las enumera.";
        return `Un programa de la suite clásica de BitTorrent, con la línea de órdenes que tenía; ${name}.py es lo mismo. Hoy ${today} ${verb} lo mismo y más.${hasOptions ? options : ""}`;
      },
      mustBeGiven: "Hay que indicarla.",
      retired: (why) => `Se acepta, pero no cambia nada: ${why}.`,
    },
  },
};
