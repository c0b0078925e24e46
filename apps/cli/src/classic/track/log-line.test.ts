/** @module */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LoggedRequest, logLine } from "./log-line.ts";

const LOGGED: LoggedRequest = {
  address: "192.0.2.7",
  at: Date.UTC(2005, 2, 29, 13, 50, 0),
  request: "GET /announce?info_hash=%01 HTTP/1.0",
  status: 200,
  byteLength: 123,
  isPacked: false,
  referer: "-",
  userAgent: "Python-urllib/1.15",
};

describe("A line of the tracker's log", () => {
  it("E4 E18 is in the combined form", () => {
    expect(logLine(LOGGED)).toBe(
      '192.0.2.7 - - [29/Mar/2005:13:50:00 +0000] "GET /announce?info_hash=%01 HTTP/1.0" 200 123 "-" "Python-urllib/1.15"',
    );
    expect(logLine({ ...LOGGED, isPacked: true })).toMatch(/^192\.0\.2\.7 gzip - \[/);
  });

  it("stays one line of nine fields, whatever strangers send", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (request, userAgent) => {
        const line = logLine({ ...LOGGED, request, userAgent });
        expect(line).toMatch(/^[\u0020-\u007e]*$/);
        expect(line.split('"')).toHaveLength(7);
      }),
    );
  });
});
