/**
 * The page of the tracker, in Spanish.
 * @module
 */
import type { CommandHelp } from "./words.ts";

export const SPANISH_TRACK: Pick<CommandHelp, "track"> = {
  track: {
    summary: "poner en marcha un tracker",
    description: `Da a conocer a unos pares los otros, por HTTP y UDP, en todas las direcciones IPv4 e IPv6, hasta que se le detiene, y a los de
WebTorrent por WebSocket en el puerto de HTTP (ws://HOST:PORT). Se puede anunciar cualquier torrent, si una lista, una carpeta o --private
no dicen otra cosa. En / hay una página con los enjambres vivos, y junto a ella /stats.json, /metrics (Prometheus) y /healthz.

--state FILE conserva enjambres, cuentas, usuarios y estadísticas de un arranque al siguiente; una caída cuesta como mucho los últimos
cinco segundos. Las listas y los certificados que están en archivos se leen de nuevo cuando cambian, y enseguida con SIGHUP si no hay terminal.

Con --json la primera línea es {"type":"listening","http","udp","announce"}: los puertos como enteros (con --tls-cert también "https"; null
para una puerta cerrada) y las URL de anuncio. Puede seguir {"type":"warning","message"}.`,
    examples: [
      ["en el puerto de siempre", "bittern track"],
      ["en cualquier puerto libre, para un programa", "bittern track --port 0 --json"],
      ["uno que no olvida nada", "bittern track --state /var/lib/bittern/tracker.journal"],
      ["solo los torrents de una carpeta, y dar también sus archivos", "bittern track --torrent-dir /srv/torrents --serve-torrents"],
      ["con HTTPS además de HTTP", "bittern track --https 443 --tls-cert chain.pem --tls-key key.pem"],
      ["detrás de un proxy de esta máquina", "bittern track --http 8080 --trust-proxy 127.0.0.1 --announce-url https://t.example/announce"],
      [
        "un torrent más en la lista de uno en marcha",
        'curl -X PUT -H "Authorization: Bearer $TOKEN" http://t.example:6969/api/torrents/HASH',
      ],
      ["para socios, con claves de acceso", "bittern track --private --users keys.txt --state members.journal"],
    ],
    environment: [["BITTERN_TRACKER_TOKEN", "contraseña de la API de gestión, si no la tiene un archivo; al menos 16 caracteres"]],
    arguments: {},
    options: {
      port: "puerto para HTTP y UDP, o 0 para cualquiera libre (por omisión, 6969)",
      http: "puerto para HTTP, si ha de ser otro",
      udp: "puerto para UDP, si ha de ser otro",
      https: "puerto para HTTPS además de HTTP; sin él, con --tls-cert, el puerto de HTTP habla HTTPS",
      noUdp: "sin UDP",
      tlsCert: "cadena de certificados para HTTPS, en formato PEM",
      tlsKey: "su clave, en formato PEM",
      trustProxy: "proxy inverso cuyo X-Forwarded-For cuenta; se puede repetir",
      connections: "conexiones HTTP a la vez; si hay más, se va la más ociosa (por omisión, 10000)",
      threads: "procesos a las puertas, para más de un núcleo (por omisión, 1)",
      noNative:
        "no cargar código nativo: datagramas uno a uno y conexiones a través de Node, que cuestan más, como en todo sistema sin koffi",
      interval: "tiempo mínimo entre dos anuncios de un par; crece con la carga (por omisión, 1800)",
      minInterval: "tiempo que un cliente tiene que esperar, quiera lo que quiera (por omisión, 60)",
      peers: "pares en una respuesta si el cliente no dice cuántos (por omisión, 50)",
      peersMax: "pares en una respuesta por HTTP como mucho (por omisión, 100)",
      compactOnly: "no guardar identificadores de pares: la mitad de memoria; las respuestas en forma de diccionario van sin ellos",
      scrape: "qué consultas scrape se contestan (por omisión, all)",
      message: "aviso que los clientes muestran a sus usuarios con cada respuesta (warning message)",
      trackerId: "nombre de este tracker en sus respuestas",
      natCheck: "llamar a los pares y dar primero los que contestan (por omisión, 3 intentos)",
      onlyReachable: "con --nat-check: no dar ningún otro, como el tracker clásico",
      torrentDir: "seguir los torrents de esta carpeta de archivos .torrent y ningún otro",
      torrentDirInterval: "tiempo entre dos miradas a ella (por omisión, 60)",
      serveTorrents: "dar esos archivos, en /file?info_hash= y en las páginas",
      allowList: "seguir los info hash de este archivo y ningún otro",
      denyList: "seguir todos menos los info hash de este archivo",
      secret: "seguir este torrent para quienes tienen la palabra en su URL de anuncio; se puede repetir",
      private: "pedir una clave de acceso en la URL de anuncio (/KEY/announce), y contar lo que da y toma cada usuario",
      users: "claves de acceso, una por línea, para --private",
      allowAddress: "atender a estas redes y a ninguna otra; se puede repetir",
      denyAddress: "no atender a ningún cliente de aquí; se puede repetir",
      addressList: "redes, una por línea: prohibidas, o permitidas con un + delante",
      rate: "anuncios por segundo de una dirección (o de un /64 de IPv6), a la larga",
      burst: "anuncios de una dirección de golpe, con --rate (por omisión, 100)",
      apiTokenFile: "abrir la API de gestión en /api a quien tenga la contraseña de este archivo (vea Entorno)",
      maxTorrents: "torrents como mucho; se van los más pequeños (por omisión, 1000000)",
      maxPeers: "pares como mucho; se van los más viejos (por omisión, 4000000)",
      page: "qué hay en /: una página de hoy, la del tracker clásico, o nada; /healthz y los números están con cada una",
      title: "título de la página",
      announceUrl: "URL de anuncio que nombran las páginas, si a las puertas se llega por otra; se puede repetir",
      favicon: "icono de las páginas",
      state: "diario de enjambres, cuentas, usuarios y estadísticas",
      journal: "lo mismo que --state",
      store:
        "compartir los enjambres con otros trackers por redis://HOST:PORT, o varios separados por comas para un clúster; necesita el paquete ioredis",
      dfile: "archivo de estado del tracker clásico, que se lee al empezar y se escribe de vez en cuando",
      dfileInterval: "tiempo entre dos escrituras suyas (por omisión, 300)",
    },
  },
};
