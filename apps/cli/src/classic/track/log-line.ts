/**
 * A line of the tracker's log, in the combined form that web servers write.
 * @module
 */

export interface LoggedRequest {
  readonly address: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `GET /announce?… HTTP/1.1`. */
  readonly request: string;
  readonly status: number;
  readonly byteLength: number;
  readonly isPacked: boolean;
  readonly referer: string;
  readonly userAgent: string;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
/** Characters of a field; the head of a request is bounded, a log line need not hold all of it. */
const FIELD_LENGTH_MAX = 2048;

/** Where others name the user, it says whether the answer was packed. */
export function logLine(logged: LoggedRequest): string {
  const { address, at, request, status, byteLength, isPacked, referer, userAgent } = logged;
  const ident = isPacked ? "gzip" : "-";
  return `${address} ${ident} - [${timeText(at)}] "${field(request)}" ${status} ${byteLength} "${field(referer)}" "${field(userAgent)}"`;
}

/** `29/Mar/2005:13:50:00 +0000`. */
function timeText(at: number): string {
  const date = new Date(at);
  const two = (amount: number): string => String(amount).padStart(2, "0");
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}

/** A stranger wrote it: it must neither end its field nor its line. */
function field(text: string): string {
  return text
    .slice(0, FIELD_LENGTH_MAX)
    .replace(/[^\u0020-\u007e]|["\\]/g, (sign) => `\\x${(sign.codePointAt(0) ?? 0).toString(16).padStart(2, "0")}`);
}
