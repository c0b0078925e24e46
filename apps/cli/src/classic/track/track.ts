/**
 * `bttrack`: the tracker of `bittern track` with the options, the page and the log of the classic one.
 * @module
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type TrackerOptions, TrackerServer } from "@bittern/client";
import { HostError, UsageError } from "@bittern/protocol/base";
import type { ValuesOf } from "../options/option.ts";
import type { TrackerTable } from "../options/tracker.ts";
import type { ClassicAction } from "../program.ts";
import { CLASSIC_VERSION } from "../release.ts";
import { AccessLog } from "./access-log.ts";
import { logLine } from "./log-line.ts";

type TrackerValues = ValuesOf<TrackerTable>;

/** How the system says that nobody can listen there: a name without an address, or the address of another machine. */
const NO_ADDRESS: ReadonlySet<string> = new Set(["ENOTFOUND", "EAI_AGAIN", "EADDRNOTAVAIL"]);
/** Bytes of a request's head, as the tracker's own door allows. */
const HEAD_LENGTH_MAX = 8 * 1024;
const PORT_HTTP = 80;
/** Seconds. A client is not told to wait longer than it is told to wait. */
const MIN_INTERVAL = 60;

export const track: ClassicAction<TrackerTable> = async ({ stop, output, name }, { values }) => {
  const log = await AccessLog.open(values.logfile, values.min_time_between_log_flushes);
  const tracker = new TrackerServer({
    ...trackerOptions(values),
    onWarning: (message) => output.log(`${name}: ${output.messages.warning}: ${message}`),
  });
  const connectionsCheckingInterval = Math.max(1, values.timeout_check_interval) * 1000;
  const server = createServer({ maxHeaderSize: HEAD_LENGTH_MAX, connectionsCheckingInterval }, (request, response) => {
    observe(request, response, log);
    tracker.handler(request, response);
  });
  if (values.hupmonitor === 1) {
    stop.leaveHangup();
    process.on("SIGHUP", () => log.reopen());
  }
  let hasStarted = false;
  try {
    await tracker.listen();
    await listen(server, values);
    hasStarted = true;
    log.write(`# Log Started: ${new Date().toISOString()}`);
    stop.endsWellIf(() => true);
    await stop.requested();
    return stop.status;
  } finally {
    if (hasStarted) log.write(`# Shutting down: ${new Date().toISOString()}`);
    server.closeAllConnections();
    server.close();
    await tracker.close();
    await log.close();
  }
};

/** The classic's options in the words of the library. */
export function trackerOptions(values: TrackerValues): TrackerOptions {
  const scrapes = ({ none: "none", specific: "named", full: "all" } as const)[values.scrape_allowed];
  if (scrapes === undefined)
    throw new UsageError("SCRAPE_ALLOWED", `--scrape_allowed is ${values.scrape_allowed}, but must be none, specific or full`);
  const interval = values.reannounce_interval;
  return {
    intervalSeconds: interval,
    intervalMaxSeconds: Math.max(interval, 7200),
    minIntervalSeconds: Math.min(MIN_INTERVAL, interval),
    intervalJitter: 0,
    peerSeconds: values.timeout_downloaders_interval,
    peersGiven: values.response_size,
    peersGivenMaxHttp: values.max_give,
    natCheckTries: values.nat_check,
    givesUnreached: values.nat_check === 0,
    keepsEmptyTorrents: values.keep_dead !== 0,
    givenAddresses: values.only_local_override_ip === 0 ? "all" : "local",
    answers: "classic",
    scrapes,
    page: {
      style: values.show_infopage === 0 ? "none" : "classic",
      version: CLASSIC_VERSION,
      showsNames: values.show_names !== 0,
      ...(values.infopage_redirect === "" || values.show_infopage === 0 ? {} : { redirect: values.infopage_redirect }),
      ...(values.favicon === "" ? {} : { faviconPath: values.favicon }),
    },
    dfile: { path: values.dfile, intervalSeconds: Math.max(1, values.save_dfile_interval) },
    ...(values.allowed_dir === "" ? {} : { torrentFolder: folderOf(values) }),
    ...(values.allowed_list === "" ? {} : { torrentPolicy: "allow-list", torrentListPath: values.allowed_list }),
    ...(values.allowed_ips === "" ? {} : { addressAllowListPath: values.allowed_ips }),
    ...(values.banned_ips === "" ? {} : { addressListPath: values.banned_ips }),
  };
}

function folderOf({
  allowed_dir,
  allow_get,
  parse_dir_interval,
  parse_allowed_interval,
}: TrackerValues): NonNullable<TrackerOptions["torrentFolder"]> {
  const intervalSeconds = parse_dir_interval > 0 ? parse_dir_interval : Math.max(1, parse_allowed_interval * 60);
  return { path: allowed_dir, intervalSeconds, servesFiles: allow_get !== 0 };
}

async function listen(server: Server, values: TrackerValues): Promise<void> {
  const { port, bind, socket_timeout } = values;
  if (port < 0 || port > 65_535) throw new UsageError("PORT_INVALID", `--port ${port} is no port; write one from 1 to 65535`);
  const millis = Math.max(1, socket_timeout) * 1000;
  server.headersTimeout = millis;
  server.requestTimeout = millis;
  server.keepAliveTimeout = millis;
  // Who takes nothing of its answer is silent too.
  server.timeout = millis;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenFault(error, values)));
    server.listen({ port, ...(bind === "" ? {} : { host: bind }) }, resolve);
  });
}

function listenFault(error: NodeJS.ErrnoException, { port, bind }: TrackerValues): Error {
  if (NO_ADDRESS.has(error.code ?? ""))
    return new HostError("ADDRESS_UNAVAILABLE", `--bind ${bind}: this machine has no such address`, { cause: error });
  if (error.code === "EADDRINUSE")
    return new HostError("ADDRESS_IN_USE", `port ${port} is taken; choose another with --port`, { cause: error });
  if (error.code !== "EACCES") return error;
  const hint = port === PORT_HTTP ? "; 6969 is what trackers use where they are not root" : "";
  return new HostError("ACCESS_DENIED", `port ${port} is for root alone; choose one from 1024 on with --port${hint}`, { cause: error });
}

/** Writes a line once the answer is out. */
function observe(request: IncomingMessage, response: ServerResponse, log: AccessLog): void {
  let byteLength = 0;
  let isPacked = false;
  const [writeHead, end] = [response.writeHead.bind(response), response.end.bind(response)];
  response.writeHead = ((status: number, headers: Readonly<Record<string, string>>) => {
    isPacked = Object.entries(headers).some(([header, value]) => header.toLowerCase() === "content-encoding" && value === "gzip");
    return writeHead(status, headers);
  }) as typeof response.writeHead;
  response.end = ((body: Uint8Array) => {
    byteLength = body.length;
    return end(body);
  }) as typeof response.end;
  response.once("finish", () => {
    const { method, url, httpVersion, headers } = request;
    log.write(
      logLine({
        address: (request.socket.remoteAddress ?? "-").replace(/^::ffff:/i, ""),
        at: Date.now(),
        request: `${method} ${url} HTTP/${httpVersion}`,
        status: response.statusCode,
        byteLength,
        isPacked,
        referer: headers.referer ?? "-",
        userAgent: headers["user-agent"] ?? "-",
      }),
    );
  });
}
