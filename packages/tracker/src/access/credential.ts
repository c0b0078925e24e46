/**
 * The word in an announce URL that lets somebody in: a user's pass key, or a torrent's secret.
 *
 *     /KEY/announce    /announce/KEY    /announce?passkey=KEY    and the same with scrape
 *
 * The same URL may come over UDP (BEP 41).
 * @module
 */

/** What a URL asks for, and the word it brings; empty when it brings none. */
export interface CredentialedTarget {
  readonly action: "announce" | "scrape";
  readonly credential: string;
}

/** Whether a text can be such a word: 1 to 64 letters, digits, "-" and "_". */
export function isCredential(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(text);
}

/** Reads path and query; `undefined` for a path that is neither announce nor scrape. */
export function readTarget(path: string, query: string): CredentialedTarget | undefined {
  const [, before, action, after] = /^\/(?:([^/]*)\/)?(announce|scrape)(?:\/([^/]*))?$/.exec(path) ?? [];
  if (action !== "announce" && action !== "scrape") return undefined;
  const given = before ?? after ?? /(?:^|&)passkey=([^&]*)/.exec(query)?.[1] ?? "";
  return { action, credential: isCredential(given) ? given : "" };
}
