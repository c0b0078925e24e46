/**
 * The heads of the HTTP tracker's answers: those of announces and scrapes, made once, and any other. Hot.
 * @module
 */
import { fromLatin1, utf8 } from "@bittern/protocol/base";

/** Digits of the length most bodies have. */
export const SLOT_LENGTH: number = 3;
export const END_OF_HEAD: string = "\r\n\r\n";

/** How the connection goes on after an answer: 1.1 stays by itself, 1.0 has to be told. */
export type Ending = "stays" | "kept" | "closes";

export type Heads = Readonly<Record<Ending, Uint8Array>>;

/** The one of an ending. By names and not by a key, which leaves the compiled code. Hot. */
export function headOf(heads: Heads, ending: Ending): Uint8Array {
  return ending === "stays" ? heads.stays : ending === "kept" ? heads.kept : heads.closes;
}

/** Heads of bodies of text, with a slot for the length at their end. */
function headsOf(status: 200 | 400, headers = ""): Heads {
  const start = `HTTP/1.1 ${status} ${status === 200 ? "OK" : "Bad Request"}\r\nContent-Type: text/plain\r\n${headers}`;
  const head = (connection: string) => utf8(`${start}${connection}Content-Length: ${"0".repeat(SLOT_LENGTH)}${END_OF_HEAD}`);
  return { stays: head(""), kept: head("Connection: keep-alive\r\n"), closes: head("Connection: close\r\n") };
}

const UNCACHED = "Pragma: no-cache\r\n";

export const PLAIN: Heads = headsOf(200);
export const PLAIN_UNCACHED: Heads = headsOf(200, UNCACHED);
export const BAD: Heads = headsOf(400);
export const BAD_UNCACHED: Heads = headsOf(400, UNCACHED);

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  200: "OK",
  204: "No Content",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  421: "Misdirected Request",
  429: "Too Many Requests",
  426: "Upgrade Required",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  505: "HTTP Version Not Supported",
};

/** The head of any other answer; names and values must hold no line ends, which would let a value write headers of its own. */
export function plainHead(
  status: number,
  headers: Readonly<Record<string, string>>,
  bodyLength: number,
  ending: Ending,
): Uint8Array<ArrayBuffer> {
  let head = `HTTP/1.1 ${status} ${STATUS_TEXTS[status] ?? "Unknown"}\r\n`;
  for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`;
  if (ending !== "stays") head += `Connection: ${ending === "kept" ? "keep-alive" : "close"}\r\n`;
  // Neither may carry a body, nor a length of one (RFC 9110, 8.6).
  if (status !== 204 && status !== 304) head += `Content-Length: ${bodyLength}\r\n`;
  return fromLatin1(`${head}\r\n`);
}
