/**
 * `bittern web-config`: the page and the options.
 * @module
 */
import { Argument, type Command } from "commander";
import { parsePeer, parsePort, parseServerName } from "../arguments.ts";
import { checked, describedCommand, withCommonOptions } from "../help.ts";
import { lazily } from "../invocation.ts";

export function webConfigCommand(): Command {
  const command = describedCommand("web-config", {
    summary: "print what a web server needs to serve torrents",
    description: `nginx and apache print ready configuration: .torrent files are sent as application/x-bittorrent, so that a browser hands them to
a client instead of showing them as text, and /announce and /scrape lead to the tracker behind the web server. Without
--server-name these are lines for a site that is there already, with it a whole site.

page prints a web page that links to every .torrent in DIR by relative links, to be put into that folder as index.html.

Start the tracker on the same machine with \`bittern track --trust-proxy 127.0.0.1\`: then it believes the web server about who asks.`,
    examples: [
      ["lines for a site of nginx", "bittern web-config nginx > /etc/nginx/snippets/bittern.conf"],
      [
        "a whole site of Apache, without a tracker",
        "bittern web-config apache --server-name files.example.org --root /srv/torrents --no-tracker",
      ],
      ["a page for a folder of torrents", "bittern web-config page /srv/torrents -o /srv/torrents/index.html --force"],
    ],
  })
    .addArgument(new Argument("<kind>", "for which server, or the page").choices(["nginx", "apache", "page"]))
    .argument("[dir]", "folder of .torrent files, for the page (default: the current one)")
    .option("--server-name <name>", "print a whole site that answers to this name", checked(parseServerName))
    .option("--listen <port>", "port of the whole site (default: 80)", checked(parsePort))
    .option("--root <dir>", "folder that the whole site shows (default: /var/www/html)")
    .option("--tracker <host:port>", "where the tracker answers (default: 127.0.0.1:6969)", checked(parsePeer))
    .option("--no-tracker", "no tracker behind the web server")
    .option("--title <text>", "heading of the page (default: the name of the folder)")
    .option("-o, --output <file>", "write to a file instead of standard output")
    .option("-f, --force", "overwrite that file");
  return withCommonOptions(command).action(lazily(async () => (await import("../actions/web-config.ts")).webConfig));
}
