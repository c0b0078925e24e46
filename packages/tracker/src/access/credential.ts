/**
 * The words in an announce URL that let somebody in: a user's pass key, a torrent's secret, or both.
 *
 *     /KEY/announce         /announce/KEY         /announce?passkey=KEY    and the same with scrape
 *     /KEY/announce/SECRET  /KEY/announce?passkey=SECRET                   where both are asked for
 *
 * The same URL may come over UDP (BEP 41).
 * @module
 */

/** What a URL asks for, and the words it brings, with a slash between two; empty when it brings none. */
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
  const given = [before, after, /(?:^|&)passkey=([^&]*)/.exec(query)?.[1]].filter((word) => word !== undefined && isCredential(word));
  return { action, credential: given.slice(0, 2).join("/") };
}

/** The word that may be a user's pass key: the first. */
export function passKeyOf(credential: string): string {
  const slash = credential.indexOf("/");
  return slash < 0 ? credential : credential.slice(0, slash);
}

/** The word that may be a torrent's secret: the last. */
export function secretOf(credential: string): string {
  return credential.slice(credential.indexOf("/") + 1);
}
