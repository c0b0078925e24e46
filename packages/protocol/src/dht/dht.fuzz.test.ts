import { describe, expect, it } from "vitest";
import { utf8 } from "../base/index.ts";
import { fuzz, fuzzCount, seededRandom } from "../fuzz/index.ts";
import { DhtMachine } from "./dht.ts";
import { decodeMemory, encodeMemory } from "./memory.ts";
import { decodeKrpc, encodeError, encodeQuery, encodeResponse, type KrpcQuestion } from "./message.ts";

const id = utf8("abcdefghij0123456789");
const HERE = { address: "10.0.0.1", port: 6881 };
const sender = { id, transaction: utf8("abcd"), version: utf8("BY01") };
const contacts = [
  { id, endpoint: HERE },
  { id: utf8("mnopqrstuvwxyz123456"), endpoint: { address: "fd00::1", port: 6881 } },
];
const questions: readonly KrpcQuestion[] = [
  { method: "ping" },
  { method: "find_node", target: id, want: [4, 6] },
  { method: "get_peers", infoHash: id },
  { method: "announce_peer", infoHash: id, port: 6881, token: utf8("12345678") },
];
const datagrams = [
  ...questions.map((question) => encodeQuery(question, sender)),
  encodeResponse({ nodes: contacts, nodeFamilies: [4, 6], peers: [HERE], token: utf8("12345678") }, sender, HERE),
  encodeError({ transaction: sender.transaction, code: 203, message: "bad token" }, HERE),
];

describe("the DHT", () => {
  it("reads damaged datagrams without a throw", () => {
    const tally = { good: 0, malformed: 0 };
    fuzz({
      seeds: datagrams,
      target: (bytes) => {
        if (decodeKrpc(bytes).type === "malformed") tally.malformed++;
        else tally.good++;
      },
      count: fuzzCount(process.env),
      seed: 5,
    });
    expect(tally.good).toBeGreaterThan(100);
    expect(tally.malformed).toBeGreaterThan(100);
  });

  it("lives through whatever strangers send it, and keeps its law", () => {
    const machine = new DhtMachine({ random: seededRandom(1) });
    machine.handle({ type: "online", family: 4 }, 0);
    let now = 0;
    fuzz({
      seeds: datagrams,
      target: (bytes) => {
        now += 50;
        const from = { address: `11.${(now >> 10) & 255}.${(now >> 4) & 255}.1`, port: 1 + (now % 5) };
        for (const output of machine.handle({ type: "datagram", bytes, from }, now)) {
          // Whoever is asked answers with the damaged bytes again, under our own transaction id half of the time.
          if (output.type !== "send-datagram") continue;
          const said = decodeKrpc(output.bytes);
          if (said.type !== "query" || now % 100 !== 0) continue;
          machine.handle(
            { type: "datagram", bytes: encodeResponse({ nodes: contacts }, { id, transaction: said.transaction }, HERE), from: output.to },
            now,
          );
        }
        if ((machine.deadline ?? Number.POSITIVE_INFINITY) <= now) machine.handle({ type: "tick" }, now);
        if (now % 5000 === 0) machine.check();
      },
      count: Math.min(fuzzCount(process.env) / 4, 100_000),
      seed: 6,
    });
    machine.check();
    expect(machine.snapshot(now).storedTorrentCount).toBeLessThanOrEqual(2000);
  });

  it("reads a damaged record or refuses it with a ProtocolError", () => {
    const tally = fuzz({
      seeds: [encodeMemory({ ids: { 4: id, 6: id }, contacts })],
      target: (bytes) => void encodeMemory(decodeMemory(bytes)),
      count: fuzzCount(process.env),
      seed: 7,
    });
    expect(tally.refused).toBeGreaterThan(100);
    expect(tally.accepted).toBeGreaterThan(100);
  });
});
