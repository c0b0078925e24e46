/**
 * `bittern scrape` and `bittern announce`: questions to trackers, answered as a table.
 * @module
 */
import { type AnnounceReport, announceToTrackers, type KnownSource, type ScrapeReport, scrapeTrackers } from "@bittern/client";
import { formatDuration, printable, tableLines } from "@bittern/faces";
import { UsageError } from "@bittern/protocol/base";
import { failureOf } from "../failure.ts";
import type { Action } from "../invocation.ts";
import type { AskMessages, Catalogue } from "../messages/catalogue.ts";
import { readSourceArgument } from "../source.ts";

interface AskOptions {
  readonly tracker?: readonly string[];
  /** Seconds. */
  readonly timeout?: number;
}

interface AnnounceOptions extends AskOptions {
  readonly port?: number;
  readonly left?: number;
  readonly numwant?: number;
  readonly event?: "started" | "completed" | "stopped";
}

export const scrape: Action<AskOptions> = async (invocation, [argument = ""], options) => {
  const { output, stop } = invocation;
  const { urls, infoHashes } = targetsOf(await readSourceArgument(argument, invocation), argument, options);
  const reports = await scrapeTrackers(urls, infoHashes, { signal: stop.signal, ...patience(options) });
  const trackers = reports.map((report) => ({
    url: report.url,
    infoHash: report.infoHash,
    complete: report.counts?.complete ?? null,
    incomplete: report.counts?.incomplete ?? null,
    downloaded: report.counts?.downloaded ?? null,
    error: errorOf(report),
  }));
  output.result({ trackers }, scrapeTable(reports, infoHashes.length > 1, output.messages).join("\n"));
  return reports.some(({ error }) => error === null) ? 0 : 1;
};

export const announce: Action<AnnounceOptions> = async (invocation, [argument = ""], options) => {
  const { output, stop } = invocation;
  const { urls, infoHashes } = targetsOf(await readSourceArgument(argument, invocation), argument, options);
  const { port, left, numwant, event } = options;
  const reports = await announceToTrackers(urls, infoHashes, {
    signal: stop.signal,
    ...patience(options),
    ...(port === undefined ? {} : { port }),
    ...(left === undefined ? {} : { left }),
    ...(numwant === undefined ? {} : { numwant }),
    ...(event === undefined ? {} : { event }),
  });
  const peers = [...new Set(reports.flatMap((report) => report.peers.map(endpointText)))];
  const lines = announceTable(reports, infoHashes.length > 1, output.messages);
  output.result(
    { trackers: reports.flatMap(announceRows), peers },
    [...lines, ...(peers.length > 0 ? ["", ...peers.map(printable)] : [])].join("\n"),
  );
  return reports.some(({ error }) => error === null) ? 0 : 1;
};

function targetsOf(
  known: KnownSource,
  argument: string,
  { tracker = [] }: AskOptions,
): { readonly urls: readonly string[]; readonly infoHashes: readonly string[] } {
  const own = known.type === "metainfo" ? known.metainfo.announce.flat() : known.magnet.trackers;
  const urls = [...new Set([...own, ...tracker])];
  if (urls.length === 0) throw new UsageError("TRACKER_NEEDED", `${argument} names no tracker; give one with -t`);
  return { urls, infoHashes: known.type === "metainfo" ? known.metainfo.infoHashes.wire : known.magnet.infoHashes.wire };
}

function patience({ timeout }: AskOptions): { readonly timeoutMillis?: number } {
  return timeout === undefined ? {} : { timeoutMillis: timeout * 1000 };
}

function errorOf({ error }: { readonly error: Error | null }): { readonly code: string; readonly message: string } | null {
  if (error === null) return null;
  const { code, message } = failureOf(error);
  return { code, message };
}

function saidError(report: Pick<ScrapeReport, "error">, { failure }: Catalogue): string {
  const error = errorOf(report);
  return error === null ? "" : failure(error.code, error.message);
}

/** One line a tracker, one more for the second hash of a hybrid. */
function scrapeTable(reports: readonly ScrapeReport[], hasTwo: boolean, messages: Catalogue): readonly string[] {
  const words = messages.ask;
  const rows = reports.map((report) => {
    const { complete, incomplete, downloaded } = report.counts ?? {};
    const note = report.error === null ? (report.counts === null ? words.unknown : "") : saidError(report, messages);
    return [...nameCells(report, hasTwo), shown(complete), shown(incomplete), shown(downloaded), note];
  });
  return tableLines(
    [...nameColumns(hasTwo, words), ...numberColumns(words.seeds, words.downloaders, words.completed), { title: "" }],
    rows,
  );
}

function announceTable(reports: readonly AnnounceReport[], hasTwo: boolean, messages: Catalogue): readonly string[] {
  const words = messages.ask;
  const rows = reports.map((report) => {
    const [first] = report.answers;
    const most = (pick: (answer: (typeof report.answers)[number]["answer"]) => number | undefined): number | undefined =>
      report.answers.map(({ answer }) => pick(answer) ?? -1).reduce((one, other) => Math.max(one, other), -1);
    const warning = report.answers.map(({ answer }) => answer.warning ?? "").find((text) => text !== "");
    const note = report.error === null ? (warning ?? "") : saidError(report, messages);
    return [
      ...nameCells(report, hasTwo),
      shown(most(({ complete }) => complete)),
      shown(most(({ incomplete }) => incomplete)),
      // Over a WebSocket peers meet without addresses.
      report.error === null && !/^wss?:/i.test(report.url) ? String(report.peers.length) : "-",
      first === undefined ? "-" : formatDuration(first.answer.interval),
      printable(note),
    ];
  });
  return tableLines(
    [...nameColumns(hasTwo, words), ...numberColumns(words.seeds, words.downloaders, words.peers, words.againIn), { title: "" }],
    rows,
  );
}

/** One row a family that answered; one with the error where none did. */
function announceRows(report: AnnounceReport): readonly object[] {
  const { url, infoHash } = report;
  const nothing = {
    interval: null,
    minInterval: null,
    complete: null,
    incomplete: null,
    downloaded: null,
    externalAddress: null,
    warning: null,
  };
  if (report.answers.length === 0) return [{ url, infoHash, address: null, ...nothing, peers: [], error: errorOf(report) }];
  return report.answers.map(({ address, answer }) => ({
    url,
    infoHash,
    address,
    interval: answer.interval,
    minInterval: answer.minInterval ?? null,
    complete: answer.complete ?? null,
    incomplete: answer.incomplete ?? null,
    downloaded: answer.downloaded ?? null,
    externalAddress: answer.externalAddress ?? null,
    warning: answer.warning ?? null,
    peers: answer.peers.map(endpointText),
    error: null,
  }));
}

function nameColumns(hasTwo: boolean, { tracker, infoHash }: AskMessages): readonly { readonly title: string }[] {
  return hasTwo ? [{ title: tracker }, { title: infoHash }] : [{ title: tracker }];
}

function numberColumns(...titles: readonly string[]): readonly { readonly title: string; readonly align: "right" }[] {
  return titles.map((title) => ({ title, align: "right" }));
}

function nameCells({ url, infoHash }: { readonly url: string; readonly infoHash: string }, hasTwo: boolean): readonly string[] {
  return hasTwo ? [printable(url), `${infoHash.slice(0, 8)}…`] : [printable(url)];
}

function shown(number: number | undefined): string {
  return number === undefined || number < 0 ? "-" : String(number);
}

/** As it is typed: brackets around an IPv6 address; a name stays one. */
function endpointText({ address, port }: { readonly address: string; readonly port: number }): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
