/**
 * The URLs that people give us to write down or to ask: one that nobody could ask is refused while they can still mend it.
 * @module
 */
import { UsageError } from "./errors.ts";

/** What a URL is for: the schemes that do, and one to copy. */
interface Wanted {
  readonly schemes: readonly string[];
  readonly example: string;
}

const WEB: readonly string[] = ["http:", "https:"];
const WANTED: Readonly<Record<"announce" | "webSeed" | "feed", Wanted>> = {
  announce: { schemes: [...WEB, "udp:", "ws:", "wss:"], example: "http://tracker.example:6969/announce" },
  webSeed: { schemes: WEB, example: "https://mirror.example/files/" },
  feed: { schemes: WEB, example: "https://example.org/torrents.rss" },
};

/** The text as it is. Throws a `UsageError` (URL_INVALID) when it is no URL of that kind. */
export function wantedUrl(text: string, kind: keyof typeof WANTED): string {
  const { schemes, example } = WANTED[kind];
  const url = typeof text === "string" && URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && schemes.includes(url.protocol) && url.hostname !== "") return text;
  const named = schemes.map((scheme) => scheme.slice(0, -1)).join(", ");
  throw new UsageError(
    "URL_INVALID",
    `"${String(text)}" is no URL of the kind wanted here (${named}); write it in full, such as ${example}`,
  );
}
