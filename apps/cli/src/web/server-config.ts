/**
 * Ready configuration for web servers of others: the type of a .torrent, and the tracker behind the server's own port.
 * @module
 */

export type WebServer = "nginx" | "apache";

export interface ServerConfigOptions {
  /** A whole site under this name; `undefined`: lines to put into a site that is there. */
  readonly serverName: string | undefined;
  /** Port of the whole site. */
  readonly port: number;
  /** Folder of the whole site. */
  readonly root: string;
  /** `HOST:PORT` of the tracker that answers behind the server; `undefined`: none. */
  readonly tracker: string | undefined;
}

/** Whoever asks the tracker is told apart by this header alone, so what a client sends in it must never arrive. */
const WHY_FORWARDED = "It must hear who asks, and only from us: what a client claims is replaced.";
const WHY_TYPE = "Without its type a browser shows a torrent as text instead of handing it to the client.";

export function serverConfig(server: WebServer, options: ServerConfigOptions): string {
  const lines = server === "nginx" ? nginxSite(options) : apacheSite(options);
  return `${lines.join("\n")}\n`;
}

function nginxSite(options: ServerConfigOptions): readonly string[] {
  const { serverName, port, root } = options;
  if (serverName === undefined) {
    return ["# nginx: put this into a `server { }`, then `nginx -t` and reload.", "", ...nginxLines(options)];
  }
  return [
    "# nginx: put this into conf.d or sites-enabled, then `nginx -t` and reload.",
    "server {",
    `    listen ${port};`,
    `    listen [::]:${port};`,
    `    server_name ${serverName};`,
    `    root ${nginxText(root)};`,
    "",
    ...indented(nginxLines(options)),
    "}",
  ];
}

function nginxLines({ tracker }: ServerConfigOptions): readonly string[] {
  const type = [
    `# ${WHY_TYPE}`,
    "location ~* \\.torrent$ {",
    "    types { }",
    "    default_type application/x-bittorrent;",
    "    add_header X-Content-Type-Options nosniff always;",
    "}",
  ];
  if (tracker === undefined) return type;
  return [
    ...type,
    "",
    ...trackerLines(tracker),
    "location ~ ^/(announce|scrape)$ {",
    `    proxy_pass http://${tracker};`,
    "    proxy_http_version 1.1;",
    '    proxy_set_header Connection "";',
    "    proxy_set_header Host $host;",
    "    proxy_set_header X-Forwarded-For $remote_addr;",
    "    proxy_connect_timeout 5s;",
    "    proxy_read_timeout 20s;",
    "    # A line for every peer every half hour would be most of the log.",
    "    access_log off;",
    "}",
  ];
}

function apacheSite(options: ServerConfigOptions): readonly string[] {
  const { serverName, port, root, tracker } = options;
  const enable = tracker === undefined ? "" : "`a2enmod headers proxy proxy_http`, then ";
  if (serverName === undefined) {
    return [
      `# Apache: put this into conf-enabled or a <VirtualHost>, then ${enable}\`apachectl -t\` and restart.`,
      "",
      ...apacheLines(options),
    ];
  }
  return [
    `# Apache: put this into sites-enabled, then ${enable}\`apachectl -t\` and restart. Port ${port} needs its own \`Listen\`.`,
    `<VirtualHost *:${port}>`,
    `    ServerName ${serverName}`,
    `    DocumentRoot ${apacheText(root)}`,
    `    <Directory ${apacheText(root)}>`,
    "        Require all granted",
    "    </Directory>",
    "",
    ...indented(apacheLines(options)),
    "</VirtualHost>",
  ];
}

function apacheLines({ tracker }: ServerConfigOptions): readonly string[] {
  const type = [`# ${WHY_TYPE}`, "AddType application/x-bittorrent .torrent"];
  if (tracker === undefined) return type;
  return [
    ...type,
    "",
    ...trackerLines(tracker),
    '<LocationMatch "^/(announce|scrape)$">',
    "    RequestHeader unset X-Forwarded-For",
    "</LocationMatch>",
    `ProxyPass /announce http://${tracker}/announce timeout=20`,
    `ProxyPass /scrape http://${tracker}/scrape timeout=20`,
  ];
}

/** How to start the tracker so that it believes us. */
function trackerLines(tracker: string): readonly string[] {
  const port = tracker.slice(tracker.lastIndexOf(":") + 1);
  return [`# The tracker at ${tracker}: bittern track --port ${port} --trust-proxy 127.0.0.1`, `# ${WHY_FORWARDED}`];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === "" ? "" : `    ${line}`));
}

function nginxText(text: string): string {
  return `"${text.replace(/["\\$]/g, "\\$&")}"`;
}

function apacheText(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
