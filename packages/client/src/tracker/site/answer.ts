/**
 * What a site says to one request, and the headers that all its answers carry.
 * @module
 */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { OtherRequest } from "@bittern/tracker";

export interface SiteAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Bytes from which on it pays to pack a text. */
const PACKED_LENGTH_LEAST = 1024;
const COMMON_HEADERS = { "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store" };
const pack = promisify(gzip);

/** A text of some type, in UTF-8 unless the type says otherwise. */
export function text(status: number, type: string, body: string, headers: Readonly<Record<string, string>> = {}): SiteAnswer {
  const full = type.includes("charset=") ? type : `${type}; charset=utf-8`;
  const encoding = full.endsWith("iso-8859-1") ? "latin1" : "utf8";
  return { status, headers: { ...COMMON_HEADERS, "Content-Type": full, ...headers }, body: new Uint8Array(Buffer.from(body, encoding)) };
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): SiteAnswer {
  return text(status, "application/json", `${JSON.stringify(value)}\n`, headers);
}

/** One line for people. */
export function plain(status: number, words: string, headers: Readonly<Record<string, string>> = {}): SiteAnswer {
  return text(status, "text/plain", `${words}\n`, headers);
}

/** The answer packed, where the asker can unpack and it is worth it. */
export async function packed(answer: SiteAnswer, request: OtherRequest): Promise<SiteAnswer> {
  const accepts = (request.headers.get("accept-encoding") ?? "").split(",").some((one) => takesGzip(one.trim()));
  const isText = /^(text|application\/json)/.test(answer.headers["Content-Type"] ?? "");
  if (!isText || answer.body.length < PACKED_LENGTH_LEAST) return answer;
  const headers = { ...answer.headers, Vary: "Accept-Encoding" };
  if (!accepts) return { ...answer, headers };
  return { ...answer, headers: { ...headers, "Content-Encoding": "gzip" }, body: new Uint8Array(await pack(answer.body)) };
}

/** Whether one word of an Accept-Encoding is gzip, or anything, and not given a weight of nothing. */
function takesGzip(accepted: string): boolean {
  const [coding = "", weight = ""] = accepted.split(";", 2).map((part) => part.trim());
  return /^(gzip|\*)$/i.test(coding) && !/^q=0(\.0*)?$/i.test(weight);
}
