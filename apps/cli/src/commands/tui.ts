/**
 * `bittern tui`: the page and the options.
 * @module
 */
import type { Command } from "commander";
import { parsePorts, parseRate } from "../arguments.ts";
import { checked, describedCommand, STATE_ENVIRONMENT, withCommonOptions, withStateOption } from "../help.ts";
import { lazily } from "../invocation.ts";

export function tuiCommand(): Command {
  const command = describedCommand("tui", {
    summary: "all torrents on a full screen",
    description: `Shows a list of torrents on the whole terminal, downloads and seeds them, and keeps them from one start to the next.
A torrent opens into an overview with the reasons why it is slow, a map of its pieces and a graph of its rate, and into lists
of its files, peers and trackers. Press ? for the keys; paste a link to add it.

The list is kept in the state folder; one such screen at a time works on a state folder.

With --json it prints the torrents it keeps and ends, without a screen: infoHash, name (null while only a link is known),
path, paused, maxDown, maxUp.`,
    examples: [
      ["open the screen", "bittern tui"],
      ["add two torrents at once", "bittern tui album.torrent 'magnet:?xt=urn:btih:...' --dir ~/downloads"],
    ],
    keys: [
      ["?", "show all keys"],
      ["a", "add a torrent"],
      ["Enter", "open the torrent under the cursor"],
      ["Space", "pause or resume it"],
      ["d", "remove it"],
      ["q", "end"],
    ],
    environment: [
      ...STATE_ENVIRONMENT,
      ["NO_COLOR", "anything: no colours"],
      ["LC_ALL, LC_CTYPE, LANG", "letters instead of blocks and arrows where they name no UTF-8 locale"],
    ],
  })
    .argument("[source...]", "torrents to add: path, URL, magnet link or info hash")
    .option("-d, --dir <dir>", "folder to download what is added into (default: the current one)")
    .option("--port <port>", "port to listen on: N, N-M (the first free one), or 0 for any (default: 6881-6999)", checked(parsePorts))
    .option("--max-down <rate>", "bytes per second, such as 2MiB; 0 is unlimited (default: as last time)", checked(parseRate))
    .option("--max-up <rate>", "bytes per second, such as 500KiB; 0 is unlimited (default: as last time)", checked(parseRate))
    .option("--mouse", "use the mouse: click, wheel (m turns it on and off)");
  return withCommonOptions(withStateOption(command)).action(lazily(async () => (await import("../actions/tui.ts")).tui));
}
