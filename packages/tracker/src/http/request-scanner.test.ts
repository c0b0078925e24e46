import { latin1, utf8 } from "@bittern/protocol/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HEAD_LENGTH_MAX, RequestScanner, type ScanResult } from "./request-scanner.ts";

interface Head {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly staysOpen: boolean;
  readonly bodyLength: number;
  readonly forwarded: string;
}

function scan(text: string): ScanResult | Head {
  const bytes = utf8(text);
  const scanner = new RequestScanner();
  const found = scanner.scan(bytes, 0);
  if (found !== "head") return found;
  const part = (from: number, to: number) => latin1(bytes.subarray(from, to));
  return {
    method: part(scanner.methodAt, scanner.methodEnd),
    path: part(scanner.pathAt, scanner.pathEnd),
    query: part(scanner.queryAt, scanner.queryEnd),
    staysOpen: scanner.staysOpen,
    bodyLength: scanner.bodyLength,
    forwarded: part(scanner.forwardedAt, scanner.forwardedEnd),
  };
}

const plain = { method: "GET", path: "/announce", query: "a=1?b", staysOpen: true, bodyLength: 0, forwarded: "" };

describe("RequestScanner", () => {
  it("finds the parts of a head", () => {
    expect(scan("GET /announce?a=1?b HTTP/1.1\r\nHost: x\r\n\r\n")).toEqual(plain);
    expect(scan("\r\nGET /announce?a=1?b HTTP/1.1\r\n\r\n")).toEqual(plain);
    expect(scan("GET http://tracker:6969/announce?a=1?b HTTP/1.1\r\n\r\n")).toEqual(plain);
    expect(scan("POST / HTTP/1.1\r\ncontent-LENGTH:  12 \r\n\r\n")).toEqual({
      ...plain,
      method: "POST",
      path: "/",
      query: "",
      bodyLength: 12,
    });
    expect(scan("GET / HTTP/1.1\r\nX-Forwarded-For: 1.2.3.4, 5.6.7.8\r\n\r\n")).toMatchObject({ forwarded: " 1.2.3.4, 5.6.7.8" });
  });

  it("keeps a 1.1 connection and closes a 1.0 one, unless told otherwise", () => {
    const stays = (version: string, connection: string) =>
      (scan(`GET / HTTP/${version}\r\n${connection === "" ? "" : `Connection: ${connection}\r\n`}\r\n`) as Head).staysOpen;
    expect([stays("1.1", ""), stays("1.0", "")]).toEqual([true, false]);
    expect([stays("1.1", "close"), stays("1.0", "Keep-Alive")]).toEqual([false, true]);
    expect([stays("1.1", "foo, CLOSE"), stays("1.0", "keep-alive, close"), stays("1.1", "closer")]).toEqual([false, false, true]);
  });

  it("asks for more until the empty line, wherever the bytes are cut", () => {
    const text = "HEAD /scrape?info_hash=%00 HTTP/1.0\r\nA: b\r\n\r\n";
    for (let cut = 0; cut < text.length; cut++) expect(scan(text.slice(0, cut)), `cut at ${cut}`).toBe("more");
    expect(scan(text)).toMatchObject({ method: "HEAD", path: "/scrape" });
  });

  it.each([
    ["bare line feed", "GET / HTTP/1.1\nHost: x\r\n\r\n", 400],
    ["bare carriage return", "GET / HTTP/1.1\rHost: x\r\n\r\n", 400],
    ["NUL", "GET /\0 HTTP/1.1\r\n\r\n", 400],
    ["folded line", "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400],
    ["space before the colon", "GET / HTTP/1.1\r\nContent-Length : 5\r\n\r\n", 400],
    ["header without a colon", "GET / HTTP/1.1\r\nHost\r\n\r\n", 400],
    ["two lengths", "GET / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", 400],
    ["negative length", "GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n", 400],
    ["length that is no number", "GET / HTTP/1.1\r\nContent-Length: 5, 5\r\n\r\n", 400],
    ["encoding", "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 501],
    ["no version", "GET /announce\r\n\r\n", 400],
    ["later version", "GET / HTTP/2.0\r\n\r\n", 505],
    ["another minor version", "GET / HTTP/1.2\r\n\r\n", 505],
    ["space in the target", "GET /a b HTTP/1.1\r\n\r\n", 400],
    ["no slash", "GET announce HTTP/1.1\r\n\r\n", 400],
    ["other scheme", "GET ftp://x/ HTTP/1.1\r\n\r\n", 400],
    ["no method", " / HTTP/1.1\r\n\r\n", 400],
    ["TLS hello", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001", 400],
  ])("refuses %s", (_, text, status) => {
    expect(scan(text)).toBe(status);
  });

  it("refuses a head that does not end", () => {
    expect(scan(`GET /${"a".repeat(HEAD_LENGTH_MAX)}`)).toBe(431);
    expect(scan(`GET / HTTP/1.1\r\n${"A: b\r\n".repeat(HEAD_LENGTH_MAX / 6)}`)).toBe(431);
    expect(scan(`GET / HTTP/1.1\r\n${"A: b\r\n".repeat(100)}`)).toBe("more");
  });

  it("gives every byte sequence an answer, and the same one at any offset", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(20), (bytes, offset) => {
        const moved = new Uint8Array(offset + bytes.length);
        moved.set(bytes, offset);
        expect(new RequestScanner().scan(moved, offset)).toBe(new RequestScanner().scan(bytes, 0));
      }),
    );
  });
});
