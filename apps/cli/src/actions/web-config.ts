/**
 * `bittern web-config`: prints configuration for a web server, or a page of links.
 * @module
 */
import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { loadSource } from "@bittern/client";
import { UsageError } from "@bittern/protocol/base";
import { CommandError, failureOf } from "../failure.ts";
import type { Action, Invocation } from "../invocation.ts";
import type { ServerConfigMessages } from "../messages/tool-messages.ts";
import { type LinkedTorrent, linkPage } from "../web/link-page.ts";
import { serverConfig, type WebServer } from "../web/server-config.ts";
import { writeWholeFile } from "../write-file.ts";

interface WebConfigOptions {
  readonly serverName?: string;
  readonly listen?: number;
  readonly root?: string;
  /** false: `--no-tracker`. */
  readonly tracker?: string | false;
  readonly title?: string;
  readonly output?: string;
  readonly force?: boolean;
}

const TRACKER = "127.0.0.1:6969";
const ROOT = "/var/www/html";
const HTTP_PORT = 80;
/** Torrents on one page. */
const TORRENTS_MAX = 10_000;

export const webConfig: Action<WebConfigOptions> = async (invocation, [kind = "", folder], options) => {
  const { output } = invocation;
  if (kind !== "page" && folder !== undefined) throw new UsageError("EXCESS_ARGUMENTS", `${kind} takes no folder; name it with --root`);
  const text =
    kind === "page"
      ? await pageOf(invocation, resolve(folder ?? "."), options.title)
      : configOf(kind as WebServer, options, output.messages.webConfig);
  const file = options.output === undefined ? null : resolve(options.output);
  if (file === null) {
    output.result({ kind, file, text }, text.trimEnd());
    return 0;
  }
  await writeWholeFile(file, new TextEncoder().encode(text), options.force === true);
  output.result({ kind, file, text }, file);
  return 0;
};

function configOf(server: WebServer, options: WebConfigOptions, words: ServerConfigMessages): string {
  const { serverName, listen, root, tracker } = options;
  if (serverName === undefined && (listen !== undefined || root !== undefined)) {
    throw new UsageError("OPTION_ALONE", "--listen and --root belong to a whole site; give it a name with --server-name");
  }
  const folder = resolve(root ?? ROOT);
  // nginx takes it for a variable and knows no way to write it otherwise.
  const isUnsayable = /[\u0000-\u001f\u007f]/.test(folder) || (server === "nginx" && folder.includes("$"));
  if (isUnsayable)
    throw new UsageError("ROOT_INVALID", `${folder} cannot be named in a file for ${server}; choose a folder with a plainer name`);
  const port = listen ?? HTTP_PORT;
  return serverConfig(server, { serverName, port, root: folder, tracker: tracker === false ? undefined : (tracker ?? TRACKER) }, words);
}

async function pageOf(invocation: Invocation, folder: string, title: string | undefined): Promise<string> {
  const names = (await readdir(folder)).filter((name) => /\.torrent$/i.test(name) && !name.startsWith(".")).toSorted();
  if (names.length === 0) throw new CommandError("FOLDER_EMPTY", `${folder} holds no .torrent; \`bittern create\` makes one`);
  if (names.length > TORRENTS_MAX)
    throw new CommandError("FOLDER_TOO_FULL", `${folder} holds more than ${TORRENTS_MAX} torrents; part them`);
  const torrents: LinkedTorrent[] = [];
  for (const file of names) {
    invocation.stop.signal.throwIfAborted();
    try {
      torrents.push(await linked(folder, file));
    } catch (error) {
      const { code, message } = failureOf(error);
      invocation.output.warn(invocation.output.messages.page.leftOut(invocation.output.messages.failure(code, message)));
    }
  }
  if (torrents.length === 0) throw new CommandError("FOLDER_EMPTY", `no .torrent in ${folder} can be read; \`bittern show\` tells why`);
  return linkPage(title ?? basename(folder), torrents, invocation.output.messages.page);
}

async function linked(folder: string, file: string): Promise<LinkedTorrent> {
  const source = await loadSource(join(folder, file));
  if (source.type !== "metainfo") throw new UsageError("TORRENT_NEEDED", `${file} is a link`);
  const { name, totalLength, files, comment } = source.metainfo;
  const fileCount = files.length;
  return { file, name, totalLength, fileCount, magnet: source.metainfo.toMagnet(), comment: comment ?? "" };
}
