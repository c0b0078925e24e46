/**
 * Whole errors in Spanish: each as it is written in English, with `{}` where something particular stands, and as it is said.
 *
 * An error is made far from where anybody knows who reads it. So its English text is the key, and a test holds the keys to the
 * errors that the command line can make.
 * @module
 */

import { SPANISH_LIBRARY_ERRORS } from "./spanish-library-errors.ts";

/** English -> Spanish; `{}` in the same order, or `{2}` for the second one. */
export const SPANISH_ERRORS: readonly (readonly [english: string, spanish: string])[] = [
  // The command line itself.
  ["unknown option '{}'", "opción desconocida: '{}'"],
  ["unknown option '{}' (Did you mean {}?)", "opción desconocida: '{}' (¿quiso decir {}?)"],
  ["unknown option '{}' (Did you mean one of {}?)", "opción desconocida: '{}' (¿quiso decir una de {}?)"],
  ["unknown command '{}'", "orden desconocida: '{}'"],
  ["unknown command '{}' (Did you mean {}?)", "orden desconocida: '{}' (¿quiso decir {}?)"],
  ["unknown command '{}' (Did you mean one of {}?)", "orden desconocida: '{}' (¿quiso decir una de {}?)"],
  ["missing required argument '{}'", "falta el argumento '{}'"],
  ["option '{}' argument missing", "a la opción '{}' le falta su valor"],
  ["option '{}' cannot be used with option '{}'", "la opción '{}' no va con la opción '{}'"],
  ["too many arguments for '{}'. Expected {} arguments but got {}", "demasiados argumentos para '{}': se esperaban {} y hay {}"],
  ["too many arguments for '{}'. Expected {} argument but got {}", "demasiados argumentos para '{}': se esperaba {} y hay {}"],
  ["option '{}' argument '{}' is invalid. Allowed choices are {}", "'{2}' no vale para la opción '{1}'; se admite {3}"],
  ["option '{}' argument '{}' is invalid. {}", "valor de la opción '{1}': {3}"],
  ["command-argument value '{}' is invalid for argument '{}'. Allowed choices are {}", "'{}' no vale para el argumento '{}'; se admite {}"],
  ["command-argument value '{}' is invalid for argument '{}'. {}", "argumento '{2}': {3}"],
  [
    '"{}" is no size; write a number with an optional K, M, G, kB, MB, KiB, MiB or GiB, such as 1MiB',
    '"{}" no es un tamaño; escriba un número seguido, si quiere, de K, M, G, kB, MB, KiB, MiB o GiB, como 1MiB',
  ],
  ['"{}" is more bytes than can be counted', '"{}" son más bytes de los que se pueden contar'],
  [
    '"{}" is no port; write one from 1 to 65535, a range such as 6881-6999, or 0 for any free one',
    '"{}" no es un puerto; escriba uno de 1 a 65535, un intervalo como 6881-6999, o 0 para cualquiera libre',
  ],
  [
    '"{}" is no port; write one from 1 to 65535, or 0 for any free one',
    '"{}" no es un puerto; escriba uno de 1 a 65535, o 0 para cualquiera libre',
  ],
  ['"{}" is a range; one port is wanted here', '"{}" es un intervalo; aquí se quiere un solo puerto'],
  [
    '"{}" is no peer; write HOST:PORT, with brackets around an IPv6 address: [::1]:6881',
    '"{}" no es un par; escriba MÁQUINA:PUERTO, con corchetes en una dirección IPv6: [::1]:6881',
  ],
  ['"{}" is no peer; write HOST:PORT', '"{}" no es un par; escriba MÁQUINA:PUERTO'],
  [
    '"{}" is no name of a site; write one such as files.example.org',
    '"{}" no es el nombre de un sitio; escriba uno como files.example.org',
  ],
  [
    '"{}" is no name or address of a machine; write one such as files.example.org, without a port',
    '"{}" no es el nombre ni la dirección de una máquina; escriba uno como files.example.org, sin puerto',
  ],
  [
    '"{}" is no URL of the kind wanted here ({}); write it in full, such as {}',
    '"{}" no es una URL de las que se quieren aquí ({}); escríbala entera, como {}',
  ],
  ['"{}" is neither true nor false', '"{}" no es true ni false'],
  ['"{}" is no number of 0 or more', '"{}" no es un número de 0 o más'],
  ['"{}" is no integer from {} to {}', '"{}" no es un entero de {} a {}'],
  ['{}: "{}" is no number', '{}: "{}" no es un número'],
  ["{} wants a number", "{} pide un número"],
  [
    'what is "{}"? Options of a scenario are written --name NUMBER',
    '¿qué es "{}"? Las opciones de un escenario se escriben --nombre NÚMERO',
  ],
  ["--log-file {}: cannot be written ({}); name another file", "--log-file {}: no se puede escribir ({}); indique otro archivo"],
  ["--json and -o - both need standard output; leave one out", "--json y -o - necesitan los dos la salida estándar; quite uno"],
  ["a .torrent would garble the terminal; send it on with | or >", "un .torrent estropearía el terminal; mándelo a otra parte con | o >"],

  // Sources and files.
  ["{} names no tracker; give one with -t", "{} no nombra ningún tracker; indique uno con -t"],
  ["{}: there is no such file or folder", "{}: no existe tal archivo o carpeta"],
  [
    "{}: there is no such file; give the path of a .torrent, a URL, a magnet link or an info hash",
    "{}: no existe tal archivo; indique la ruta de un .torrent, una URL, un enlace magnet o un info hash",
  ],
  ["{}: there is no such file; give the path of a .torrent", "{}: no existe tal archivo; indique la ruta de un .torrent"],
  ["{} is a folder; give the path of a .torrent", "{} es una carpeta; indique la ruta de un .torrent"],
  ["{} may not be read; check its owner and mode", "no se permite leer {}; compruebe el propietario y los permisos"],
  [
    "no torrent is named; give a path, a URL, a magnet link or an info hash",
    "no se indica ningún torrent; dé una ruta, una URL, un enlace magnet o un info hash",
  ],
  ["{} is no way to fetch a torrent; give an http or https URL", "{} no sirve para traer un torrent; dé una URL http o https"],
  ["{}: the server answered {}", "{}: el servidor contestó {}"],
  ["the server answered {}", "el servidor contestó {}"],
  ["{}: the server answered {}; look at it in a browser", "{}: el servidor contestó {}; mírelo en un navegador"],
  [
    "{} is only a link; give the .torrent file, which `bittern get` can fetch by it",
    "{} es solo un enlace; dé el archivo .torrent, que `bittern get` puede traer con él",
  ],
  ["{} is a link", "{} es un enlace"],
  ["{}: part of the path is a file, not a folder", "{}: parte de la ruta es un archivo y no una carpeta"],
  ["{}: it is a folder; name a file", "{}: es una carpeta; indique un archivo"],
  ["{}: access is denied; check its owner and mode", "{}: acceso denegado; compruebe el propietario y los permisos"],
  ["{}: the system does not permit it", "{}: el sistema no lo permite"],
  ["{}: the file system is read-only", "{}: el sistema de archivos es de solo lectura"],
  ["{}: the disk is full; make room and try again", "{}: el disco está lleno; haga sitio e inténtelo de nuevo"],
  ["{}: your disk quota is used up", "{}: su cuota de disco se ha agotado"],
  ["{}: too many files are open; raise `ulimit -n`", "{}: hay demasiados archivos abiertos; suba `ulimit -n`"],
  ["{}: it exists already", "{}: ya existe"],
  [
    "{} exists already; name another file with -o, or overwrite it with --force",
    "{} ya existe; indique otro archivo con -o, o sobrescríbalo con --force",
  ],

  ["{}: there is no folder {}; make it, or name another place", "{}: no existe la carpeta {}; créela, o indique otro sitio"],
  ["{} is a web page; give the address of what is wanted there: {}", "{} es una página web; dé la dirección de lo que quiere de ella: {}"],
  [
    "{} is a web page, and no torrent is linked there; give the address of a .torrent or a magnet link",
    "{} es una página web sin enlace a ningún torrent; dé la dirección de un .torrent o un enlace magnet",
  ],

  // What commands refuse.
  ["downloader {}: {} is not what was published", "el que descarga {}: {} no es lo que se publicó"],
  ["downloader {} has {} files instead of {}", "el que descarga {} tiene {} archivos en lugar de {}"],
  ["{} was not ready in time", "{} no estuvo listo a tiempo"],
  ["{} ended with status {}: {}", "{} terminó con el estado {}: {}"],
  [
    "standard input cannot be changed in place; name a file with -o, or - for standard output",
    "la entrada estándar no se puede cambiar en su sitio; indique un archivo con -o, o - para la salida estándar",
  ],
  [
    "nothing is to be changed; give -t, --comment, --source, --web-seed or --private",
    "no hay nada que cambiar; indique -t, --comment, --source, --web-seed o --private",
  ],
  [
    "{}: {}, and it is no file; `bittern explain` lists what runs",
    "{}: {}, y tampoco es un archivo; `bittern explain` enumera lo que está en marcha",
  ],
  ["nothing runs", "no hay nada en marcha"],
  ["the one that runs is called otherwise", "el que está en marcha se llama de otra manera"],
  ["none of the {} that run is called so", "ninguno de los {} en marcha se llama así"],
  ["another run is reading this feed into {}; let it end", "otra ejecución está leyendo este canal en {}; deje que termine"],
  ["no file of {} matches {}; {}", "ningún archivo de {} coincide con {}; {}"],
  ["`bittern show` lists its files", "`bittern show` enumera sus archivos"],
  ["{}: {} in {}; `bittern get` with --dir {} completes it", "{1}: en {3} {2}; `bittern get` con --dir {4} lo completa"],
  ["nothing of it is", "no hay nada de él"],
  ["{} of {} pieces are damaged or not", "{} de {} piezas faltan o están dañadas"],
  ["--tls-cert and --tls-key belong together: name both", "--tls-cert y --tls-key van juntos: indique los dos"],
  [
    "--https needs a certificate: name it with --tls-cert and --tls-key",
    "--https necesita un certificado: indíquelo con --tls-cert y --tls-key",
  ],
  [
    "--serve-torrents needs files to serve: name their folder with --torrent-dir",
    "--serve-torrents necesita archivos que servir: indique su carpeta con --torrent-dir",
  ],
  ["--users is for a private tracker: add --private", "--users es para un tracker privado: añada --private"],
  [
    "--min-interval {} is longer than --interval {}, so nobody may come when he shall: make one fit the other",
    "--min-interval {} es más largo que --interval {}, y así nadie puede venir cuando debe: ajuste uno al otro",
  ],
  [
    "--only-reachable goes by what --nat-check finds: add --nat-check",
    "--only-reachable depende de lo que halle --nat-check: añada --nat-check",
  ],
  ["--burst is what --rate lets through at once: add --rate", "--burst es lo que --rate deja pasar de golpe: añada --rate"],
  ["--title is for the page of today: leave it out with --page {}", "--title es para la página de hoy: quítelo con --page {}"],
  [
    "--torrent-dir-interval is for a folder: name it with --torrent-dir",
    "--torrent-dir-interval es para una carpeta: indíquela con --torrent-dir",
  ],
  ["--dfile-interval is for a state file: name it with --dfile", "--dfile-interval es para un archivo de estado: indíquelo con --dfile"],
  [
    '"{}" is no secret; write HASH=WORD, 40 hex digits and a word of letters and digits',
    '"{}" no es un secreto; escriba HASH=PALABRA, 40 cifras hexadecimales y una palabra de letras y cifras',
  ],
  [
    "this needs a terminal; `bittern get` works without one, `bittern tui --json` prints the list",
    "esto necesita un terminal; `bittern get` funciona sin él, `bittern tui --json` muestra la lista",
  ],
  [
    "bittern tui runs already ({}); end it, or give another folder with --state",
    "bittern tui ya está en marcha ({}); termínelo, o indique otra carpeta con --state",
  ],
  ["another process", "otro proceso"],
  ["process {}", "proceso {}"],
  [
    "{} is no folder; name the folder that holds the .torrent files",
    "{} no es una carpeta; indique la carpeta que contiene los archivos .torrent",
  ],
  ["{} takes no folder; name it with --root", "{} no lleva carpeta; indíquela con --root"],
  [
    "--listen and --root belong to a whole site; give it a name with --server-name",
    "--listen y --root son de un sitio entero; déle un nombre con --server-name",
  ],
  [
    "{} cannot be named in a file for {}; choose a folder with a plainer name",
    "{} no se puede escribir en un archivo para {}; elija una carpeta con un nombre más sencillo",
  ],
  ["{} holds no .torrent; `bittern create` makes one", "{} no contiene ningún .torrent; `bittern create` hace uno"],
  ["{} holds more than {} torrents; part them", "{} contiene más de {} torrents; repártalos"],
  ["no .torrent in {} can be read; `bittern show` tells why", "no se puede leer ningún .torrent de {}; `bittern show` dice por qué"],
  ["{} files in {} are called {}; move some away", "{} archivos de {} se llaman {}; llévese algunos"],
  ["more than {} links", "más de {} enlaces"],
  ["this is a torrent and no feed; `bittern get` takes its address", "esto es un torrent y no un canal; `bittern get` acepta su dirección"],
  ["the feed is damaged: {}", "el canal está dañado: {}"],
  ["neither RSS nor Atom", "no es RSS ni Atom"],
  ["more than {} elements inside one another", "más de {} elementos unos dentro de otros"],
  ["{} is longer than any options", "{} es más largo que cualesquiera opciones"],
  [
    "{} is no JSON; look for a comma, a quote or a bracket that is missing or one too many",
    "{} no es JSON; busque una coma, unas comillas o un paréntesis que falte o que sobre",
  ],
  ["{} must hold one object", "{} debe contener un objeto"],
  ['{}: there is no option "{}"; known are {}', '{}: no existe la opción "{}"; se conocen {}'],
  ['{}: "{}" must be {}', '{}: "{}" debe ser {}'],
  ["{} belongs to the content of {} and is left alone", "{} pertenece al contenido de {} y no se toca"],
  ["{} is the same torrent; one of the two files is enough", "{} es el mismo torrent; basta con uno de los dos archivos"],
  ["{} is longer than any magnet link", "{} es más largo que cualquier enlace magnet"],
  ["{} holds no magnet link", "{} no contiene ningún enlace magnet"],
  ["{} holds no magnet link; its first line must be one", "{} no contiene ningún enlace magnet; su primera línea debe serlo"],

  // The classic programs.
  [
    "no torrent is named: give --responsefile, --url, or the file or URL by itself",
    "no se indica ningún torrent: dé --responsefile, --url, o el archivo o la URL a secas",
  ],
  ["one torrent is wanted, and {} are named: {}", "se quiere un torrent, y se indican {}: {}"],
  ["{}: no answer within {} seconds", "{}: no contestó en {} segundos"],
  ["{} is no port; write one from 1 to 65535", "{} no es un puerto; escriba uno de 1 a 65535"],
  [
    "--maxport {} is below --minport {}; no port is between them",
    "--maxport {} es menor que --minport {}; no hay ningún puerto entre ellos",
  ],
  ["--{} is {}, but must be 0 or more", "--{} es {}, pero debe ser 0 o más"],
  ["--dht-bootstrap {}: there is no host of that name", "--dht-bootstrap {}: no hay ninguna máquina con ese nombre"],
  ["--ip {}: there is no host of that name", "--ip {}: no hay ninguna máquina con ese nombre"],
  ['"{}" is no priority; write -1, 0, 1 or 2 for each file', '"{}" no es una prioridad; escriba -1, 0, 1 o 2 para cada archivo'],
  ["--saveas_style is {}, but must be 1, 2 or 3", "--saveas_style es {}, pero debe ser 1, 2 o 3"],
  [
    "{} {}: connections are not encrypted; leave the option out if that will do",
    "{} {}: las conexiones no se cifran; quite la opción si le basta",
  ],
  ["{} stands at the end, without its value", "{} está al final, sin su valor"],
  ["the option --{} has to be given", "hay que dar la opción --{}"],
  ["there is no option {}", "no existe la opción {}"],
  ['{} wants {}, and "{}" is none', '{} pide {}, y "{}" no lo es'],
  ["an integer", "un entero"],
  ["a number", "un número"],
  ["at least {} must be given, here {} {}", "hacen falta al menos {1}, y aquí hay {3}"],
  ["too many arguments: at most {}, here are {}", "demasiados argumentos: como mucho {}, y aquí hay {}"],
  ["1 argument", "1 argumento"],
  ["{} arguments", "{} argumentos"],
  [
    "{} fills a terminal, and there is none; where output goes to a file or a pipe use its headless sister",
    "{} llena un terminal, y no hay ninguno; si la salida va a un archivo o a una tubería use el programa que escribe líneas",
  ],
  ["{} names no tracker that could be copied", "{} no nombra ningún tracker que copiar"],
  ["--piece_size_pow2 is {}, but must be from {} to {}, or 0", "--piece_size_pow2 es {}, pero debe estar entre {} y {}, o ser 0"],
  ["--announce_list names no URL", "--announce_list no nombra ninguna URL"],
  ["--logfile {}: cannot be written ({}); name another file", "--logfile {}: no se puede escribir ({}); indique otro archivo"],
  ["--bind {}: this machine has no such address", "--bind {}: este equipo no tiene esa dirección"],
  ['"{}" is no question to the DHT; write lookup, ping or run', '"{}" no es una pregunta a la DHT; escriba lookup, ping o run'],
  [
    "lookup needs a torrent: a path, a URL, a magnet link or an info hash",
    "lookup necesita un torrent: una ruta, una URL, un enlace magnet o un info hash",
  ],
  ["ping needs the HOST:PORT of a node", "ping necesita MÁQUINA:PUERTO de un nodo"],
  ["run asks nobody of {}; leave it out", "run no pregunta a nadie por {}; quítelo"],
  ["no node of the DHT answered", "no contestó ningún nodo de la DHT"],
  ["--scrape_allowed is {}, but must be none, specific or full", "--scrape_allowed es {}, pero debe ser none, specific o full"],
  ["--port {} is no port; write one from 1 to 65535", "--port {} no es un puerto; escriba uno de 1 a 65535"],
  ["port {} is taken; choose another with --port", "el puerto {} está ocupado; elija otro con --port"],
  [
    "port {} is for root alone; choose one from 1024 on with --port",
    "el puerto {} es solo para root; elija uno de 1024 en adelante con --port",
  ],
  [
    "port {} is for root alone; choose one from 1024 on with --port; 6969 is what trackers use where they are not root",
    "el puerto {} es solo para root; elija uno de 1024 en adelante con --port; 6969 es el que usan los trackers que no son root",
  ],

  // What the library refuses.
  ["no file or folder is named; give its path, or . for this folder", "no se indica archivo ni carpeta; dé su ruta, o . para esta carpeta"],
  ["--svg draws the curve of {}, not of {}", "--svg dibuja la curva de {}, no de {}"],
  ["{} is no info hash of 40 hex digits", "{} no es un info hash de 40 cifras hexadecimales"],
  ["{} is in use by {}; end it, or choose another folder", "{} lo está usando {}; termínelo, o elija otra carpeta"],
  ["process {} is using {}: end it, or choose another folder", "el proceso {} está usando {}: termínelo, o elija otra carpeta"],
  ["process {} is using {}: end it, or choose another file", "el proceso {} está usando {}: termínelo, o elija otro archivo"],
  ["{} is not {} bytes long, as was said; say how long it is", "{} no mide {} bytes, como se dijo; diga cuánto mide"],
  ["there is no file to publish", "no hay ningún archivo que publicar"],
  ["the name of {} is not UTF-8; rename the file", "el nombre de {} no es UTF-8; cámbielo"],
  ["the names of {} are not UTF-8; rename the files", "los nombres de {} no son UTF-8; cámbielos"],
  ["{} (and {} more)", "{} (y {} más)"],
  ["{} is neither a file nor a folder", "{} no es ni archivo ni carpeta"],
  ["{} lies too deep for a torrent", "{} está demasiado hondo para un torrent"],
  ["more than {} files are too many for one torrent", "más de {} archivos son demasiados para un torrent"],
  [
    "{} changed while it was hashed: wait until nobody writes to it, and start again",
    "{} cambió mientras se calculaban sus hashes: espere a que nadie lo escriba y empiece de nuevo",
  ],
  ["the torrent {} is in this session already; Session.get finds it", "el torrent {} ya está aquí"],
  [
    "a piece length of {} bytes: choose a power of two from 16 KiB to 256 MiB",
    "un tamaño de pieza de {} bytes: elija una potencia de dos de 16 KiB a 256 MiB",
  ],
  [
    "{} pieces are too many for one torrent: choose a larger piece length",
    "{} piezas son demasiadas para un torrent: elija un tamaño de pieza mayor",
  ],
  [
    '"{}" can be no name of a file or folder: it must be one part of a path, without control characters',
    '"{}" no puede ser el nombre de un archivo o carpeta: debe ser una parte de una ruta, sin caracteres de control',
  ],
  ["no answer from {} port {} in {} ms", "no contestó {} puerto {} en {} ms"],
  ["no answer in {} ms", "no contestó en {} ms"],
  ["no whole answer in {} ms", "no llegó una respuesta entera en {} ms"],
  ["{} did not answer", "{} no contestó"],
  ["{} has no address", "{} no tiene dirección"],
  ["{} has no IPv{} address", "{} no tiene dirección IPv{}"],
  ["there is no network interface {} now; there are {}", "ahora no hay ninguna interfaz de red {}; hay {}"],
  ["the interface {} has no such address now", "la interfaz {} no tiene ahora una dirección así"],
  ["this torrent's files are only read", "los archivos de este torrent solo se leen"],
  ["{} has a second name", "{} tiene un segundo nombre"],
  ["{} was deleted by somebody else", "{} lo ha borrado otro"],
  ["{} leads out of its folder", "{} sale de su carpeta"],
  ["HTTP status {}", "estado HTTP {}"],
];

interface Template {
  readonly pattern: RegExp;
  readonly spanish: string;
  /** Characters that are not a gap: of several that fit, the one that says most is meant. */
  readonly weight: number;
}

/** Characters beside the gaps from which on a gap may hold several words. */
const WORDY_LENGTH = 9;
/** Names before an error, each with a colon: a torrent, its tracker, an address. */
const NAMES_MAX = 4;

let templates: readonly Template[] | undefined;

/** Only who meets an error pays for them. */
function compiled(): readonly Template[] {
  templates ??= [...SPANISH_ERRORS, ...SPANISH_LIBRARY_ERRORS]
    .map(([english, spanish]) => {
      const parts = english.split("{}");
      const weight = parts.join("").length;
      // `{} files` is said of a number; of a sentence that ends so it would say nonsense.
      const gap = weight < WORDY_LENGTH ? "(\\S+?)" : "(.*?)";
      const source = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(gap);
      return { pattern: new RegExp(`^${source}$`, "s"), spanish, weight };
    })
    .toSorted((one, other) => other.weight - one.weight);
  return templates;
}

/** The error in Spanish, and what stands in its gaps as well; `undefined` where it is not known. */
export function errorInSpanish(message: string, depth = 0, names = 0): string | undefined {
  for (const { pattern, spanish } of compiled()) {
    const match = pattern.exec(message);
    if (match === null) continue;
    const gaps = match.slice(1).map((gap) => (depth < 2 ? (errorInSpanish(gap, depth + 1) ?? gap) : gap));
    let next = 0;
    return spanish.replace(/\{(\d?)\}/g, (_, place: string) => gaps[place === "" ? next++ : Number(place) - 1] ?? "");
  }
  // `x.torrent: …`: a name, perhaps another, and an error that is known.
  const at = names < NAMES_MAX ? message.indexOf(": ") : -1;
  const rest = at > 0 ? errorInSpanish(message.slice(at + 2), depth, names + 1) : undefined;
  return rest === undefined ? undefined : `${message.slice(0, at)}: ${rest}`;
}
