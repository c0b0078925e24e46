/**
 * `bittern fetch-feed`: the page and the options.
 * @module
 */
import type { Command } from "commander";
import { parseFeedUrl, parseInteger } from "../arguments.ts";
import { checked, describedCommand, STATE_ENVIRONMENT, withCommonOptions, withStateOption } from "../help.ts";
import { lazily } from "../invocation.ts";

export function fetchFeedCommand(): Command {
  const command = describedCommand("fetch-feed", {
    summary: "take the new torrents of a feed or a page into a folder",
    description: `Reads the RSS or Atom feed, or the page with links, at URL and saves every torrent in DIR that it has not saved before: as
NAME.torrent, and as NAME.magnet where there is only a magnet link. With \`bittern watch DIR\` beside it, a mirror keeps itself.

A link is a torrent by its ending or by the type that the feed gives it. --by-type also asks the server for the type of every
other link, and takes those of type application/x-bittorrent.

Made for cron: it asks only whether something changed since, says nothing where nothing is new, and never takes a torrent twice,
not even one that was deleted from DIR since. What failed is tried again by the next run. Two runs at once are refused.

Without --json it prints the path of each file it saved; with it {feed, format, changed, links, saved, failed, left}.`,
    examples: [
      ["once an hour, by a line of crontab", "0 * * * * bittern fetch-feed https://example.org/torrents.rss ~/torrents --quiet"],
      ["a directory listing", "bittern fetch-feed https://example.org/images/ ~/torrents"],
      ["a page whose links do not end in .torrent", "bittern fetch-feed https://example.org/releases.html ~/torrents --by-type"],
    ],
    exit: [["1", "the feed, or at least one of its torrents, could not be had"]],
    environment: STATE_ENVIRONMENT,
  })
    .argument("<url>", "address of the feed or page", checked(parseFeedUrl))
    .argument("<dir>", "folder for the torrents; made when it is missing")
    .option("--by-type", "ask the server what the other links are")
    .option("--no-magnet", "leave magnet links alone")
    .option("--max <n>", "at most so many new ones in one run (default: 200)", checked(parseInteger(1, 5000)));
  return withCommonOptions(withStateOption(command)).action(lazily(async () => (await import("../actions/fetch-feed.ts")).fetchFeed));
}
