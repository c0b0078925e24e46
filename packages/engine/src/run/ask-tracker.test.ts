import type { Host, HttpRequest } from "@bittern/host";
import { MIB } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { askTracker } from "./ask-tracker.ts";

/** What a question about a scrape asks of the host. */
function requestsFor(url: string): readonly HttpRequest[] {
  const requests: HttpRequest[] = [];
  const http: Host["http"] = {
    request: (request) => {
      requests.push(request);
      return () => undefined;
    },
  };
  const question = { type: "scrape", infoHashes: [new Uint8Array(20)] } as const;
  askTracker({ http } as Host, { url, family: 4, question, userAgent: "Bittern", timeoutMillis: 1000 }, () => undefined);
  return requests;
}

describe("A question to a tracker", () => {
  it("has no use for an answer of more than a mebibyte", () => {
    expect(requestsFor("http://t.example/announce")).toMatchObject([{ bodyLengthMax: MIB, source: "user", family: 4 }]);
  });

  it("is not sent where no scrape address follows from the URL", () => {
    expect(requestsFor("http://t.example/")).toEqual([]);
  });
});
