import { utf8 } from "@bittern/protocol/base";
import { encode } from "@bittern/protocol/bencode";
import { parseMagnet } from "@bittern/protocol/magnet";
import { describe, expect, it } from "vitest";
import type { SessionInput } from "../../session/input.ts";
import type { SessionOutput } from "../../session/output.ts";
import { SessionMachine } from "../../session/session.ts";

const TRACKER = "http://45.0.0.9/announce";

/** A torrent whose tracker, at `address`, names its peers by these names. */
function named(address: string, names: readonly string[]) {
  const machine = new SessionMachine({ random: { u32: () => 7 }, wallSeconds: () => 0 });
  const source = {
    type: "magnet",
    magnet: parseMagnet(`magnet:?xt=urn:btih:${"a".repeat(40)}&tr=${encodeURIComponent(TRACKER)}`),
  } as const;
  const give = (input: SessionInput): readonly SessionOutput[] => machine.handle(input, 0);
  give({ type: "command", command: { type: "add-torrent", torrent: 1, source, placement: { root: "/r" }, recordKey: "k" } });
  give({ type: "record-loaded", torrent: 1, bytes: undefined });
  const [question] = give({ type: "tick" }).filter(({ type }) => type === "http");
  if (question?.type !== "http") throw new Error("the tracker was not asked");
  const body = encode({ interval: 1800, peers: names.map((name) => ({ ip: utf8(name), port: 6881 })) });
  const outcome = { status: 200, headers: new Map(), body, url: TRACKER, address };
  const looked = give({ type: "http-answered", request: question.request, outcome }).flatMap((output) =>
    output.type === "resolve" ? [output] : [],
  );
  return { give, looked };
}

/** The addresses that are dialled when the tracker, at `address`, names a peer by name and the name leads to `resolved`. */
function dialsFor(address: string, resolved: readonly string[]): readonly string[] {
  const { give, looked } = named(address, ["peer.example"]);
  const [lookup] = looked;
  if (lookup === undefined) throw new Error("the name was not looked up");
  return give({ type: "resolved", query: lookup.query, outcome: resolved }).flatMap((output) =>
    output.type === "connect" ? [output.to.address] : [],
  );
}

describe("Discovery", () => {
  it("judges a peer that a tracker names by where its name leads", () => {
    const addresses = ["127.0.0.1", "192.168.1.1", "169.254.169.254", "45.0.0.10"];
    expect(dialsFor("45.0.0.9", addresses)).toEqual(["45.0.0.10"]);
    expect(dialsFor("192.168.1.9", addresses).toSorted()).toEqual(["127.0.0.1", "192.168.1.1", "45.0.0.10"]);
  });

  it("looks up fifty names of one answer", () => {
    const names = Array.from({ length: 51 }, (_, at) => `peer${at}.example`);
    expect(named("45.0.0.9", names).looked.map(({ name }) => name)).toEqual(names.slice(0, 50));
  });
});
