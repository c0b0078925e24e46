/**
 * Ready configuration for web servers of others: the type of a .torrent, and the tracker behind the server's own port.
 * @module
 */
import type { ServerConfigMessages } from "../messages/tool-messages.ts";

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

export function serverConfig(server: WebServer, options: ServerConfigOptions, words: ServerConfigMessages): string {
  const lines = server === "nginx" ? nginxSite(options, words) : apacheSite(options, words);
  return `${lines.join("\n")}\n`;
}

function nginxSite(options: ServerConfigOptions, words: ServerConfigMessages): readonly string[] {
  const { serverName, port, root } = options;
  if (serverName === undefined) {
    return [`# nginx: ${words.nginxInside}`, "", ...nginxLines(options, words)];
  }
  return [
    `# nginx: ${words.nginxSite}`,
    "server {",
    `    listen ${port};`,
    `    listen [::]:${port};`,
    `    server_name ${serverName};`,
    `    root ${nginxText(root)};`,
    "",
    ...indented(nginxLines(options, words)),
    "}",
  ];
}

function nginxLines({ tracker }: ServerConfigOptions, words: ServerConfigMessages): readonly string[] {
  const type = [
    `# ${words.whyType}`,
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
    ...trackerLines(tracker, words),
    "location ~ ^/(announce|scrape)$ {",
    `    proxy_pass http://${tracker};`,
    "    proxy_http_version 1.1;",
    '    proxy_set_header Connection "";',
    "    proxy_set_header Host $host;",
    "    proxy_set_header X-Forwarded-For $remote_addr;",
    "    proxy_connect_timeout 5s;",
    "    proxy_read_timeout 20s;",
    `    # ${words.whyNoLog}`,
    "    access_log off;",
    "}",
  ];
}

function apacheSite(options: ServerConfigOptions, words: ServerConfigMessages): readonly string[] {
  const { serverName, port, root, tracker } = options;
  const modules = tracker === undefined ? undefined : "a2enmod headers proxy proxy_http";
  if (serverName === undefined) {
    return [`# Apache: ${words.apacheInside(modules)}`, "", ...apacheLines(options, words)];
  }
  return [
    `# Apache: ${words.apacheSite(modules, port)}`,
    `<VirtualHost *:${port}>`,
    `    ServerName ${serverName}`,
    `    DocumentRoot ${apacheText(root)}`,
    `    <Directory ${apacheText(root)}>`,
    "        Require all granted",
    "    </Directory>",
    "",
    ...indented(apacheLines(options, words)),
    "</VirtualHost>",
  ];
}

function apacheLines({ tracker }: ServerConfigOptions, words: ServerConfigMessages): readonly string[] {
  const type = [`# ${words.whyType}`, "AddType application/x-bittorrent .torrent"];
  if (tracker === undefined) return type;
  return [
    ...type,
    "",
    ...trackerLines(tracker, words),
    '<LocationMatch "^/(announce|scrape)$">',
    "    RequestHeader unset X-Forwarded-For",
    "</LocationMatch>",
    `ProxyPass /announce http://${tracker}/announce timeout=20`,
    `ProxyPass /scrape http://${tracker}/scrape timeout=20`,
  ];
}

/**
 * How to start the tracker so that it believes us. Whoever asks it is told apart by this header alone, so what a client sends in
 * it must never arrive.
 */
function trackerLines(tracker: string, words: ServerConfigMessages): readonly string[] {
  const port = tracker.slice(tracker.lastIndexOf(":") + 1);
  return [`# ${words.trackerAt(tracker)}: bittern track --port ${port} --trust-proxy 127.0.0.1`, `# ${words.whyForwarded}`];
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
