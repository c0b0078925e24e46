/**
 * Finds the requests in the bytes of a connection: the head of HTTP/1.0 and 1.1 (RFC 9112), in place and without copies.
 *
 *     GET /announce?info_hash=... HTTP/1.1 CR LF
 *     Name: value CR LF  (any number)
 *     CR LF
 *
 * Only what a tracker must know is looked at: where the target lies, whether the connection stays, whether a body
 * follows, who asked through a proxy. Lines end in CR LF and nothing else, and what RFC 9112 calls a smuggler's trick is
 * refused: folded lines, space before a colon, two lengths, a length beside an encoding. Hot.
 * @module
 */
import { latin1, utf8 } from "@bittern/protocol/base";
import { COLON, isWord, isWordAnyCase, NEWLINE, QUESTION, RETURN, readNumber, SLASH, SPACE } from "./ascii.ts";

/** Bytes of a head: an honest one has some 400, a scrape of 70 torrents 5,000. */
export const HEAD_LENGTH_MAX: number = 8 * 1024;

/** What `scan` found: a whole head, the start of one, or the status to refuse with. */
export type ScanResult = "head" | "more" | 400 | 431 | 501 | 505;

export class RequestScanner {
  /** Where the parts of the head lie in the bytes given to `scan`; valid after "head". */
  methodAt = 0;
  methodEnd = 0;
  /** The target without scheme and authority: from its slash on. */
  pathAt = 0;
  pathEnd = 0;
  /** Behind the question mark; both equal `pathEnd` when there is none. */
  queryAt = 0;
  queryEnd = 0;
  /** First header line. */
  headersAt = 0;
  /** Where the body, or the next request, begins. */
  end = 0;
  isHead = false;
  isGet = false;
  /** HTTP/1.1 as opposed to 1.0. */
  isNew = false;
  /** The connection stays open after the answer. */
  staysOpen = false;
  /** Bytes of the body. */
  bodyLength = 0;
  /** Asks for a WebSocket. */
  wantsWebSocket = false;
  /** Value of the last Accept-Encoding; an empty range when there is none. */
  #encodingAt = 0;
  #encodingEnd = 0;
  /** Value of the last X-Forwarded-For; an empty range when there is none. */
  forwardedAt = 0;
  forwardedEnd = 0;

  #hasLength = false;

  /** Whether the query holds nothing that a URL may not; announces do not mind, others may. */
  isQueryClean(bytes: Uint8Array): boolean {
    for (let at = this.queryAt; at < this.queryEnd; at++) if (isForbidden(bytes[at] as number)) return false;
    return true;
  }

  /** Whether the request at hand takes an answer in gzip; asked for long answers only. */
  takesGzip(bytes: Uint8Array): boolean {
    const accepted = latin1(bytes.subarray(this.#encodingAt, this.#encodingEnd)).split(",");
    return accepted.some((one) => /^\s*(x-)?gzip\s*(;(?!\s*q=0(\.0*)?\s*$)|$)/i.test(one));
  }

  /** Looks at `bytes` from `at` on. */
  scan(bytes: Uint8Array, at: number): ScanResult {
    // An empty line before a request is allowed (RFC 9112, 2.2); old clients send one after a body.
    const start = bytes[at] === RETURN && bytes[at + 1] === NEWLINE ? at + 2 : at;
    const lineEnd = endOfLine(bytes, start);
    if (lineEnd < 0) return this.#refuseEarly(bytes, start, lineEnd);
    const fault = this.#readRequestLine(bytes, start, lineEnd);
    if (fault !== undefined) return fault;
    this.#hasLength = false;
    this.bodyLength = 0;
    this.wantsWebSocket = false;
    this.#encodingAt = 0;
    this.#encodingEnd = 0;
    this.forwardedAt = 0;
    this.forwardedEnd = 0;
    this.headersAt = lineEnd + 2;
    for (let line = lineEnd + 2; ; ) {
      const end = endOfHeader(bytes, line);
      if ((end < 0 ? bytes.length : end) - start > HEAD_LENGTH_MAX) return 431;
      if (end < 0) return end === BROKEN_LINE ? 400 : "more";
      if (end === line) {
        this.end = end + 2;
        return "head";
      }
      const refusal = this.#readHeader(bytes, line, end);
      if (refusal !== undefined) return refusal;
      line = end + 2;
    }
  }

  /** What can be said of a request line that has no end yet: a TLS hello, say, is none. */
  #refuseEarly(bytes: Uint8Array, start: number, lineEnd: number): "more" | 400 | 431 {
    if (lineEnd === BROKEN_LINE) return 400;
    const first = bytes[start];
    if (first !== undefined && first !== RETURN && !isTokenByte(first)) return 400;
    return bytes.length - start > HEAD_LENGTH_MAX ? 431 : "more";
  }

  #readRequestLine(bytes: Uint8Array, from: number, to: number): 400 | 505 | undefined {
    let at = from;
    while (at < to && isTokenByte(bytes[at] as number)) at++;
    if (at === from || bytes[at] !== SPACE) return 400;
    this.methodAt = from;
    this.methodEnd = at;
    this.isGet = isWord(bytes, from, at, GET);
    this.isHead = !this.isGet && isWord(bytes, from, at, HEAD);
    const target = at + 1;
    // The version is the last word; HTTP/0.9 had none.
    const space = to - VERSION_LENGTH - 1;
    if (space < target || bytes[space] !== SPACE) return 400;
    if (!isWord(bytes, space + 1, to - 1, NEW_HTTP)) return isWord(bytes, space + 1, space + 6, HTTP) ? 505 : 400;
    const minor = (bytes[to - 1] as number) - 0x30;
    if (minor !== 0 && minor !== 1) return 505;
    this.isNew = minor === 1;
    this.staysOpen = this.isNew;
    return this.#readTarget(bytes, target, space);
  }

  #readTarget(bytes: Uint8Array, from: number, to: number): 400 | undefined {
    let path = from;
    if (bytes[from] !== SLASH) {
      path = pathOfAbsolute(bytes, from, to);
      if (path < 0) return 400;
    }
    let at = path;
    for (; at < to && bytes[at] !== QUESTION; at++) if (isForbidden(bytes[at] as number)) return 400;
    this.pathAt = path;
    this.pathEnd = at;
    this.queryAt = Math.min(at + 1, to);
    this.queryEnd = to;
    return undefined;
  }

  #readHeader(bytes: Uint8Array, from: number, to: number): 400 | 501 | undefined {
    let colon = from;
    while (colon < to && isTokenByte(bytes[colon] as number)) colon++;
    if (colon === from || bytes[colon] !== COLON) return 400;
    for (let at = colon + 1; at < to; at++) if (bytes[at] === RETURN || bytes[at] === 0) return 400;
    const length = colon - from;
    if (length === 10 && isWordAnyCase(bytes, from, colon, "connection")) this.#readConnection(bytes, colon + 1, to);
    else if (length === 7 && isWordAnyCase(bytes, from, colon, "upgrade")) this.wantsWebSocket = hasWord(bytes, colon + 1, to, "websocket");
    else if (length === 14 && isWordAnyCase(bytes, from, colon, "content-length")) return this.#readLength(bytes, colon + 1, to);
    else if (length === 17 && isWordAnyCase(bytes, from, colon, "transfer-encoding")) return 501;
    else if (length === 15 && isWordAnyCase(bytes, from, colon, "x-forwarded-for")) {
      this.forwardedAt = colon + 1;
      this.forwardedEnd = to;
    } else if (length === 15 && isWordAnyCase(bytes, from, colon, "accept-encoding")) {
      this.#encodingAt = colon + 1;
      this.#encodingEnd = to;
    }
    return undefined;
  }

  /** A list of words; "close" wins over "keep-alive". */
  #readConnection(bytes: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to; ) {
      while (at < to && !isTokenByte(bytes[at] as number)) at++;
      const word = at;
      while (at < to && isTokenByte(bytes[at] as number)) at++;
      if (isWordAnyCase(bytes, word, at, "close")) {
        this.staysOpen = false;
        return;
      }
      if (isWordAnyCase(bytes, word, at, "keep-alive")) this.staysOpen = true;
    }
  }

  #readLength(bytes: Uint8Array, from: number, to: number): 400 | undefined {
    let start = from;
    let end = to;
    while (start < end && isBlank(bytes[start] as number)) start++;
    while (end > start && isBlank(bytes[end - 1] as number)) end--;
    const length = readNumber(bytes, start, end);
    if (!(length >= 0) || this.#hasLength) return 400;
    this.#hasLength = true;
    this.bodyLength = length;
    return undefined;
  }
}

/** Whether a word stands in a list, in whatever case. */
function hasWord(bytes: Uint8Array, from: number, to: number, word: string): boolean {
  for (let at = from; at < to; ) {
    while (at < to && !isTokenByte(bytes[at] as number)) at++;
    const start = at;
    while (at < to && isTokenByte(bytes[at] as number)) at++;
    if (isWordAnyCase(bytes, start, at, word)) return true;
  }
  return false;
}

const GET = utf8("GET");
const HEAD = utf8("HEAD");
const HTTP = utf8("HTTP/");
const NEW_HTTP = utf8("HTTP/1.");
const AUTHORITY = utf8("://");
const VERSION_LENGTH = "HTTP/1.1".length;
const DELETE = 0x7f;
const TAB = 0x09;

/** `endOfLine`: no end in sight. */
const NO_END = -1;
/** `endOfLine`: a line feed without its carriage return. */
const BROKEN_LINE = -2;

/** Where the CR of a line's CR LF stands. */
function endOfLine(bytes: Uint8Array, from: number): number {
  const end = bytes.indexOf(NEWLINE, from);
  if (end < 0) return NO_END;
  return end > from && bytes[end - 1] === RETURN ? end - 1 : BROKEN_LINE;
}

/** The same of a header's line, which is short: a loop of ours has seen it before a call that leaves the compiled code has begun. */
function endOfHeader(bytes: Uint8Array, from: number): number {
  let end = from;
  while (end < bytes.length && bytes[end] !== NEWLINE) end++;
  if (end === bytes.length) return NO_END;
  return end > from && bytes[end - 1] === RETURN ? end - 1 : BROKEN_LINE;
}

/** Controls and space. Raw bytes above 127 pass: some clients forget to escape a hash. */
function isForbidden(byte: number): boolean {
  return byte <= SPACE || byte === DELETE;
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}

/** Bytes of a method or a header's name (RFC 9110, 5.6.2). */
const TOKEN_BYTES: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 128 && /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

function isTokenByte(byte: number): boolean {
  return TOKEN_BYTES[byte] === 1;
}

/** Where the path of `http://host/path` begins, as proxies send it; -1 when that is not what stands there. */
function pathOfAbsolute(bytes: Uint8Array, from: number, to: number): number {
  const scheme = isWordAnyCase(bytes, from, from + 4, "http") ? 4 : -1;
  if (scheme < 0 || !isWord(bytes, from + scheme, from + scheme + 3, AUTHORITY)) return -1;
  for (let at = from + scheme + 3; at < to; at++) if (bytes[at] === SLASH) return at;
  return -1;
}
