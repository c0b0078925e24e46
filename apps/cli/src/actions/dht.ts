/**
 * `bittern dht`: questions to the DHT, and a node that others begin with.
 * @module
 */
import { lookup as lookupName } from "node:dns/promises";
import { isIP } from "node:net";
import { Dht } from "@bittern/client";
import { factLines, printable } from "@bittern/faces";
import { formatEndpoint } from "@bittern/protocol/address";
import { HostError, UsageError } from "@bittern/protocol/base";
import { parsePeer } from "../arguments.ts";
import type { Action, Invocation } from "../invocation.ts";
import { dhtOf } from "../open-session.ts";
import type { Output } from "../output.ts";
import { readSourceArgument } from "../source.ts";

interface DhtCommandOptions {
  readonly dhtBootstrap?: readonly string[];
  readonly port?: number;
  readonly interface?: string;
}

/** What one question needs. */
interface Asking {
  readonly invocation: Invocation;
  readonly node: Dht;
  readonly target: string | undefined;
  readonly chosen: string | undefined;
}

/** Milliseconds of silence before somebody who looks on is told what is waited for. */
const PATIENCE_MILLIS = 1000;

const QUESTIONS: Readonly<Record<string, (asking: Asking) => Promise<number>>> = { lookup, ping, run };

export const dht: Action<DhtCommandOptions> = async (invocation, [question = "", target], options) => {
  const ask = QUESTIONS[question];
  if (ask === undefined) throw new UsageError("DHT_QUESTION", `"${question}" is no question to the DHT; write lookup, ping or run`);
  if (ask === lookup && target === undefined) {
    throw new UsageError("DHT_TARGET", "lookup needs a torrent: a path, a URL, a magnet link or an info hash");
  }
  if (ask === ping && target === undefined) throw new UsageError("DHT_TARGET", "ping needs the HOST:PORT of a node");
  if (ask === run && target !== undefined) throw new UsageError("DHT_TARGET", `run asks nobody of ${target}; leave it out`);
  if (ask === ping) parsePeer(target ?? "");
  const { dhtBootstrap } = options;
  if (dhtBootstrap !== undefined && ask !== ping) await refuseNobody(dhtBootstrap, invocation.output);
  const ways = dhtOf(dhtBootstrap === undefined ? {} : { dhtBootstrap }, process.env);
  // Kept to a laboratory, and told of nobody there.
  const bootstrap = typeof ways === "object" ? ways.bootstrap : ways ? undefined : [];
  const node = await Dht.open({
    signal: invocation.stop.signal,
    ...(options.interface === undefined ? {} : { interface: options.interface }),
    ...(options.port === undefined ? {} : { listen: String(options.port) }),
    ...(bootstrap === undefined ? {} : { bootstrap }),
  });
  try {
    return await ask({ invocation, node, target, chosen: options.interface });
  } finally {
    await node.close();
  }
};

/** A name that leads nowhere is told at once: the node would go on without it, and in vain where it knows no other. */
async function refuseNobody(places: readonly string[], output: Output): Promise<void> {
  const missing: string[] = [];
  await Promise.all(
    places.map(async (place) => {
      const host = place.slice(0, place.lastIndexOf(":")).replace(/^\[(.*)\]$/, "$1");
      if (isIP(host) !== 0) return;
      await lookupName(host).catch(() => missing.push(place));
    }),
  );
  const faults = missing.map((place) => new HostError("NAME_NOT_FOUND", `--dht-bootstrap ${place}: there is no host of that name`));
  const [first] = faults;
  if (first !== undefined && faults.length === places.length) throw first;
  for (const { code, message } of faults) output.warn(output.messages.failure(code, message));
}

/** Who has a torrent. */
async function lookup({ invocation, node, target = "", chosen }: Asking): Promise<number> {
  const { output, stop } = invocation;
  const source = await readSourceArgument(target, invocation, chosen);
  const infoHashes = source.type === "metainfo" ? source.metainfo.infoHashes.wire : source.magnet.infoHashes.wire;
  const beganAt = performance.now();
  const found = new Set<string>();
  const nodeCount = (): number => node.stats().networks.reduce((sum, network) => sum + network.nodes, 0);
  const patience = setTimeout(() => output.note(output.messages.dht.looking(nodeCount())), PATIENCE_MILLIS);
  try {
    for (const infoHash of infoHashes) {
      for await (const peer of node.lookup(infoHash, { signal: stop.signal })) found.add(formatEndpoint(peer));
    }
  } finally {
    clearTimeout(patience);
  }
  const peers = [...found];
  const seconds = Math.round((performance.now() - beganAt) / 100) / 10;
  const nodes = nodeCount();
  if (nodes === 0) throw new HostError("TIMED_OUT", "no node of the DHT answered");
  output.note(output.messages.dht.found(peers.length, nodes, seconds));
  output.result({ infoHashes, peers, nodes, seconds }, peers.join("\n"));
  return 0;
}

/** Whether a node is there. */
async function ping({ invocation, node, target = "" }: Asking): Promise<number> {
  const { output, stop } = invocation;
  const pong = await node.ping(target, { signal: stop.signal });
  if (pong === null) throw new HostError("TIMED_OUT", `${target} did not answer`);
  const words = output.messages.dht;
  const facts: [string, string][] = [
    [words.address, pong.address],
    [words.id, pong.id],
    [words.client, printable(pong.client === "" ? "-" : pong.client)],
    [words.ourAddress, pong.ourAddress ?? "-"],
    [words.time, `${pong.millis} ms`],
  ];
  output.result(pong, factLines(facts).join("\n"));
  return 0;
}

/** A node, until it is told to stop. */
async function run({ invocation: { output, stop }, node }: Asking): Promise<number> {
  const places = node.listening.map(formatEndpoint);
  output.event({ type: "listening", port: node.listening[0]?.port ?? 0, addresses: places }, output.messages.dht.running(places));
  await new Promise<void>((resolve) => {
    if (stop.signal.aborted) resolve();
    stop.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  const { networks, storedTorrents, storedPeers, received, sent, blocked } = node.stats();
  output.event({ type: "stopped", networks, storedTorrents, storedPeers, received, sent, blocked });
  return 0;
}
