import type { UrlSource } from "@bittern/host";
import { HostError } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { type HopBefore, hostOf, judgeAddresses, parseTarget, portOf, type Target } from "./target.ts";

const codeOf = (outcome: unknown): string => (outcome instanceof HostError ? outcome.code : "allowed");
const before = (url: string, scope: HopBefore["scope"]): HopBefore => ({ url: new URL(url), scope });

function judge(addresses: readonly string[], source: UrlSource, hop?: HopBefore, family?: 4 | 6): Target | HostError {
  let judged: Target | HostError | undefined;
  judgeAddresses(new URL("http://tracker.example/announce"), addresses, family, source, hop, (outcome) => {
    judged = outcome;
  });
  return judged as Target | HostError;
}

describe("A URL", () => {
  it("is HTTP or refused", () => {
    expect(codeOf(parseTarget("http://a.example/x", "stranger", undefined))).toBe("allowed");
    expect(codeOf(parseTarget("HTTPS://a.example", "stranger", undefined))).toBe("allowed");
    for (const url of [
      "file:///etc/passwd",
      "ftp://a.example/",
      "gopher://a.example:70/_",
      "javascript:alert(1)",
      "no url",
      "",
      "http://",
      "x".repeat(9000),
    ]) {
      expect([url.slice(0, 30), codeOf(parseTarget(url, "user", undefined))]).toEqual([url.slice(0, 30), "URL_DENIED"]);
    }
  });

  it("has 8192 characters at most", () => {
    const code = (length: number): string => codeOf(parseTarget("http://a.example/".padEnd(length, "x"), "user", undefined));
    expect([8192, 8193].map(code)).toEqual(["allowed", "URL_DENIED"]);
  });

  it("of a stranger speaks to no mail server, and to no database", () => {
    for (const port of [22, 25, 6379, 27_017]) {
      expect(codeOf(parseTarget(`http://a.example:${port}/`, "stranger", undefined))).toBe("URL_DENIED");
      expect(codeOf(parseTarget(`http://a.example:${port}/`, "user", undefined))).toBe("allowed");
      expect(codeOf(parseTarget(`http://a.example:${port}/`, "user", before("http://b.example", "global")))).toBe("URL_DENIED");
    }
    expect(codeOf(parseTarget("http://a.example:6969/announce", "stranger", undefined))).toBe("allowed");
  });

  it("of a torrent speaks to none of them either, and to this machine only to announce", () => {
    expect(codeOf(parseTarget("http://a.example:6379/announce", "torrent", undefined))).toBe("URL_DENIED");
    const judged = (url: string, address: string): string => {
      let code = "";
      judgeAddresses(new URL(url), [address], undefined, "torrent", undefined, (outcome) => {
        code = codeOf(outcome);
      });
      return code;
    };
    expect(judged("http://a.example:6969/announce", "127.0.0.1")).toBe("allowed");
    expect(judged("http://a.example:6969/secret/announce?x=1", "::1")).toBe("allowed");
    expect(judged("http://a.example:8080/shutdown?and=/announce", "127.0.0.1")).toBe("ADDRESS_DENIED");
    expect(judged("http://a.example:8080/tracker.php", "192.168.1.2")).toBe("allowed");
    expect(judged("http://a.example:8080/tracker.php", "93.184.216.34")).toBe("allowed");
  });

  it("in a redirect is relative to the one before, and never steps down from https", () => {
    const hop = before("https://a.example/x/y?z", "global");
    expect(String(parseTarget("../w?q#f", "user", hop))).toBe("https://a.example/w?q");
    expect(codeOf(parseTarget("http://a.example/", "user", hop))).toBe("URL_DENIED");
    expect(codeOf(parseTarget("//b.example/", "user", hop))).toBe("allowed");
    expect(codeOf(parseTarget("file:///etc/passwd", "user", hop))).toBe("URL_DENIED");
  });

  it("names its host and its port", () => {
    const parsed = parseTarget("https://[2001:db8::1]/", "user", undefined) as URL;
    expect([hostOf(parsed), portOf(parsed)]).toEqual(["2001:db8::1", 443]);
    expect(portOf(new URL("http://a.example:8080"))).toBe(8080);
  });

  it("is judged by what it means: every spelling of 127.0.0.1 is 127.0.0.1", () => {
    for (const spelling of ["2130706433", "0x7f.1", "017700000001", "127.1", "①②⑦.⓪.⓪.①", "0x7f000001"]) {
      expect(hostOf(parseTarget(`http://${spelling}/`, "stranger", undefined) as URL)).toBe("127.0.0.1");
    }
  });
});

describe("An address", () => {
  const GLOBAL = ["93.184.216.34", "2606:2800:220:1::1"];
  const OURS = [
    "127.0.0.1",
    "::1",
    "10.0.0.1",
    "192.168.1.1",
    "172.16.0.1",
    "100.64.0.1",
    "fd00::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
  ];
  const NOBODYS = [
    "0.0.0.0",
    "::",
    "169.254.169.254",
    "fe80::1",
    "224.0.0.1",
    "ff02::1",
    "255.255.255.255",
    "::ffff:169.254.169.254",
    "2002:a9fe:a9fe::1",
  ];

  it("on the internet may be named by everybody", () => {
    for (const address of GLOBAL) expect(codeOf(judge([address], "stranger"))).toBe("allowed");
  });

  it("of our own network may be named by the user only", () => {
    for (const address of OURS) {
      expect([address, codeOf(judge([address], "user"))]).toEqual([address, "allowed"]);
      expect([address, codeOf(judge([address], "stranger"))]).toEqual([address, "ADDRESS_DENIED"]);
    }
  });

  it("that leads to metadata, a group or nowhere may be named by nobody", () => {
    for (const address of NOBODYS) {
      for (const source of ["user", "stranger"] as const) {
        expect([address, codeOf(judge([address], source))]).toEqual([address, "ADDRESS_DENIED"]);
      }
    }
  });

  it("is refused with all others of its name: a name that leads to both is a trap", () => {
    expect(codeOf(judge(["93.184.216.34", "127.0.0.1"], "stranger"))).toBe("ADDRESS_DENIED");
    expect(codeOf(judge(["93.184.216.34", "169.254.169.254"], "user"))).toBe("ADDRESS_DENIED");
  });

  it("of our own network is out of reach for a redirect from the internet, even of the user's URL", () => {
    const fromInternet = before("http://a.example", "global");
    const fromHome = before("http://nas.home", "private");
    for (const address of OURS) {
      expect([address, codeOf(judge([address], "user", fromInternet))]).toEqual([address, "ADDRESS_DENIED"]);
      expect([address, codeOf(judge([address], "user", fromHome))]).toEqual([address, "allowed"]);
      expect([address, codeOf(judge([address], "stranger", fromHome))]).toEqual([address, "ADDRESS_DENIED"]);
    }
  });

  it("of the other family is left out", () => {
    expect(judge([...GLOBAL, "127.0.0.1"], "user", undefined, 6)).toMatchObject({ addresses: ["2606:2800:220:1::1"], scope: "global" });
    expect(codeOf(judge(["127.0.0.1"], "user", undefined, 6))).toBe("FAMILY_ABSENT");
  });
});
