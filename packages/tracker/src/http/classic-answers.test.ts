import { latin1, toHex, utf8 } from "@bittern/protocol/base";
import { type BencodeDictionary, decode } from "@bittern/protocol/bencode";
import { seededRandom } from "@bittern/protocol/fuzz";
import { describe, expect, it } from "vitest";
import type { TrackerSettings } from "../settings.ts";
import { type SpokenAnswer, splitAnswers, TrackerSpeaker } from "../testing.ts";

const HASH = `info_hash=${"%07".repeat(20)}`;
const WHOLE = `${HASH}&peer_id=M3-4-2--0123456789ab&port=6881&uploaded=0&downloaded=0&left=10`;
const SEED = `${HASH}&peer_id=M3-4-2--bbbbbbbbbbbb&port=7000&uploaded=0&downloaded=0&left=0`;

function classic(settings: Partial<TrackerSettings> = {}): TrackerSpeaker {
  return new TrackerSpeaker({ answers: "classic", ...settings }, seededRandom(1));
}

function announce(speaker: TrackerSpeaker, query: string, address = "192.0.2.1"): SpokenAnswer {
  return speaker.get(address, `/announce?${query}`);
}

const kindOf = ({ status, headers }: SpokenAnswer) => [status, headers.get("content-type"), headers.get("pragma")];
const keysOf = ({ body }: SpokenAnswer): string[] =>
  [...(decode(body) as BencodeDictionary).keys()].map((key) => (typeof key === "string" ? key : latin1(key)));
const reasonOf = ({ body }: SpokenAnswer): string | undefined => (decode(body) as BencodeDictionary).text("failure reason");

describe("The classic's answers", () => {
  it.each([
    ["", "info_hash is missing"],
    ["info_hash=abc", "info_hash must be 20 bytes"],
    [WHOLE.replace(/&peer_id=[^&]*/, ""), "peer_id is missing"],
    [WHOLE.replace("M3-4-2--", ""), "peer_id must be 20 bytes"],
    [WHOLE.replace("port=6881", "port=70000"), "port must be from 1 to 65535"],
    [WHOLE.replace("&uploaded=0", ""), "uploaded is missing"],
    [WHOLE.replace("downloaded=0", "downloaded="), "downloaded is missing"],
    [WHOLE.replace("&left=10", ""), "left is missing"],
    [WHOLE.replace("left=10", "left=ten"), "uploaded, downloaded and left must be whole numbers"],
  ])("call an announce they cannot read garbage: %s", (query, reason) => {
    const answer = announce(classic(), query);
    expect(kindOf(answer)).toEqual([400, "text/plain", "no-cache"]);
    expect(latin1(answer.body)).toBe(`you sent me garbage - ${reason}`);
  });

  it("refuse a torrent that is not allowed in a bencoded answer, which succeeds", () => {
    const answer = announce(classic({ torrentPolicy: "allow-list" }), WHOLE);
    expect(kindOf(answer)).toEqual([200, "text/plain", "no-cache"]);
    expect([keysOf(answer), reasonOf(answer)]).toEqual([["failure reason"], "this torrent is not allowed here"]);
  });

  it("refuse whoever speaks for a peer with another key, and let a new start of that peer in", () => {
    const speaker = classic();
    const keyed = (key: string, id = "0123456789ab") => WHOLE.replace("0123456789ab", id) + key;
    expect(keysOf(announce(speaker, keyed("&key=0abc")))).toEqual(["interval", "peers"]);
    for (const query of [keyed("&key=0abd"), keyed(""), keyed("&key=0abd&event=stopped")]) {
      const answer = announce(speaker, query);
      expect(kindOf(answer)).toEqual([200, "text/plain", "no-cache"]);
      expect([keysOf(answer), reasonOf(answer)]).toEqual([["failure reason"], "the key is not the one that was given earlier"]);
    }
    expect(keysOf(announce(speaker, keyed("&key=0abc")))).toEqual(["interval", "peers"]);
    expect(keysOf(announce(speaker, keyed("&key=0abd", "ba9876543210")))).toEqual(["interval", "peers"]);
  });

  it("tell the interval and the peers, and nothing else", () => {
    const speaker = classic({ trackerId: "one" });
    announce(speaker, SEED, "192.0.2.2");
    const answer = announce(speaker, WHOLE);
    expect(kindOf(answer)).toEqual([200, "text/plain", "no-cache"]);
    expect(latin1(answer.body)).toBe("d8:intervali1800e5:peersld2:ip9:192.0.2.27:peer id20:M3-4-2--bbbbbbbbbbbb4:porti7000eeee");
  });

  it.each([
    ["compact=1", true],
    ["compact=0", true],
    ["compact=no", true],
    ["compact=", false],
    ["no_peer_id=1", false],
  ])("give compact peers for any word that follows compact: %s", (more, isCompact) => {
    const speaker = classic();
    announce(speaker, SEED, "192.0.2.2");
    const { body } = announce(speaker, `${WHOLE}&${more}`);
    expect(toHex(body).includes(toHex(utf8("5:peers6:")) + "c00002021b58")).toBe(isCompact);
    expect(latin1(body).includes("7:peer id20:")).toBe(!isCompact);
  });

  it("scrape three counts a torrent", () => {
    const speaker = classic();
    announce(speaker, WHOLE);
    const files = `d5:filesd20:${"\x07".repeat(20)}d8:completei0e10:downloadedi0e10:incompletei1eeee`;
    for (const target of ["/scrape", `/scrape?${HASH}`]) {
      const answer = speaker.get("192.0.2.1", target);
      expect(kindOf(answer)).toEqual([200, "text/plain", undefined]);
      expect(latin1(answer.body)).toBe(files);
    }
  });

  it("scrape names too, where somebody knows them", () => {
    const speaker = classic({ nameOf: (infoHash) => (infoHash[0] === 7 ? `caf\u00e9${"x".repeat(300)}` : undefined) });
    announce(speaker, WHOLE);
    const name = `4:name255:caf\u00c3\u00a9${"x".repeat(250)}`;
    for (const target of ["/scrape", `/scrape?${HASH}`]) {
      expect(latin1(speaker.get("192.0.2.1", target).body)).toContain(`10:incompletei1e${name}ee`);
    }
  });

  it.each([
    ["none", `/scrape?${HASH}`, "this tracker answers no scrape"],
    ["named", "/scrape", "this tracker answers no full scrape"],
  ] as const)("refuse a scrape with status 400 and a bencoded reason where %s are allowed", (scrapes, target, reason) => {
    const answer = classic({ scrapes }).get("192.0.2.1", target);
    expect([...kindOf(answer), keysOf(answer), reasonOf(answer)]).toEqual([400, "text/plain", undefined, ["failure reason"], reason]);
  });

  it("keep the body back from HEAD, and its length too as it is", () => {
    const speaker = classic();
    for (const [query, status] of [
      [WHOLE, 200],
      ["", 400],
    ] as const) {
      const link = speaker.connect("192.0.2.1");
      speaker.send(link, `HEAD /announce?${query} HTTP/1.0\r\n\r\n`);
      const [answer, ...more] = splitAnswers(speaker.received(link), true);
      expect([answer?.status, more, speaker.closed.has(link)]).toEqual([status, [], true]);
      expect(answer?.headers.get("content-length")).toBe(String(announce(speaker, query).body.length));
    }
  });
});
