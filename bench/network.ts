/**
 * Networks to race in: one with an address each on one loopback, where nothing but the programs is slow, and one with a
 * namespace each behind a link of its own rate, where every byte of a peer can be counted. Linux and root.
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Namespace } from "./namespace.ts";

/** Where a program runs. */
export interface Place {
  readonly address: string;
  /** What to put in front of a command so that it runs there. */
  prefix(): readonly string[];
  /** Bytes that left it so far, headers included; 0 where they are not counted. */
  sentLength(): number;
  /** About the same, for so little that it may be asked a hundred times a second: large sends count with one header. */
  sentLengthAbout(): number;
}

export interface Network {
  /** Where trackers run: unlimited. */
  readonly hub: Place;
  readonly places: readonly Place[];
  close(): void;
}

/** Bits per second; unlimited when left out. */
export interface Link {
  readonly up?: number;
  readonly down?: number;
}

/** Of every bridge. */
export const HUB_ADDRESS = "10.99.0.254";
/** Bytes on one frame: what Ethernet carries on limited links, and as much as loopback where nothing is limited. */
const LIMITED_MTU = 1500;
const UNLIMITED_MTU = 65_535;
/** The bucket of a limited link holds little, so that its rate is its rate; its queue holds what a home router's does. */
const SHAPE = "burst 32kb latency 50ms";

/** One loopback, an address each. */
export async function openLoopback(count: number): Promise<Network> {
  const namespace = await Namespace.open(count + 1);
  const [hub, ...places] = namespace.addresses.map((address) => ({
    address,
    prefix: () => namespace.prefix(),
    sentLength: () => 0,
    sentLengthAbout: () => 0,
  }));
  return { hub: hub as Place, places, close: () => namespace.close() };
}

/** A namespace each, joined by a bridge; the uplink is limited where a peer's frames leave, the downlink where the bridge sends them. */
export async function openBridge(links: readonly Link[]): Promise<Network> {
  const holders = [await hold(), ...(await Promise.all(links.map(hold)))];
  const [hub, ...peers] = holders as [ChildProcess, ...ChildProcess[]];
  const isLimited = links.some(({ up, down }) => up !== undefined || down !== undefined);
  try {
    inside(hub, ["ip link add br0 type bridge", `ip addr add ${HUB_ADDRESS}/24 dev br0`, "ip link set br0 up"]);
    for (const [index, link] of links.entries()) {
      const peer = peers[index] as ChildProcess;
      const mtu = isLimited ? LIMITED_MTU : UNLIMITED_MTU;
      const near = `v${index}`;
      inside(hub, [
        `ip link add ${near} mtu ${mtu} type veth peer name eth0 mtu ${mtu} netns ${peer.pid}`,
        `ip link set ${near} master br0`,
        `ip link set ${near} up`,
        shape(near, link.down),
      ]);
      inside(peer, [`ip addr add ${addressOf(index)}/24 dev eth0`, "ip link set eth0 up", shape("eth0", link.up)]);
    }
  } catch (fault) {
    for (const holder of holders) release(holder);
    throw fault;
  }
  const place = (holder: ChildProcess, address: string, device: string): Place => ({
    address,
    prefix: () => prefixOf(holder),
    sentLength: () => countSent(holder, device),
    sentLengthAbout: () => countSentAbout(holder, device),
  });
  return {
    hub: place(hub, HUB_ADDRESS, "br0"),
    places: peers.map((peer, index) => place(peer, addressOf(index), "eth0")),
    close: () => holders.forEach(release),
  };
}

function addressOf(index: number): string {
  return `10.99.0.${index + 1}`;
}

function shape(device: string, rate: number | undefined): string {
  return `tc qdisc add dev ${device} root ${rate === undefined ? "pfifo limit 10000" : `tbf rate ${rate}bit ${SHAPE}`}`;
}

/** A process that keeps a namespace alive until its input ends, which the system sees to when we are gone. */
async function hold(): Promise<ChildProcess> {
  const holder = spawn("unshare", ["-n", "sh", "-c", "ip link set lo up && echo ready && cat"], { stdio: ["pipe", "pipe", "inherit"] });
  await new Promise<void>((resolve, reject) => {
    holder.stdout.once("data", () => resolve());
    holder.once("error", reject);
    holder.once("exit", (code) => reject(new Error(`a namespace was not made (exit ${code})`)));
  });
  return holder;
}

function release(holder: ChildProcess): void {
  holder.stdin?.end();
  holder.stdout?.destroy();
}

function prefixOf(holder: ChildProcess): readonly string[] {
  return ["nsenter", `--net=/proc/${holder.pid}/ns/net`, "--"];
}

function inside(holder: ChildProcess, commands: readonly string[]): string {
  const [file, ...args] = prefixOf(holder);
  const { status, stdout, stderr } = spawnSync(file as string, [...args, "sh", "-ec", commands.join("\n")], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${commands.join("; ")} failed:\n${stderr}`);
  return stdout;
}

/** The queue counts what goes on the wire, the headers of large sends that are cut later included; the interface does not. */
function countSent(holder: ChildProcess, device: string): number {
  const [queue] = JSON.parse(inside(holder, [`tc -s -j qdisc show dev ${device}`])) as { bytes: number }[];
  return queue?.bytes ?? 0;
}

/** The system shows every process the interfaces of its own namespace: the ninth number of the line is bytes sent. */
function countSentAbout(holder: ChildProcess, device: string): number {
  const [, numbers = ""] = new RegExp(`^ *${device}:(.*)$`, "m").exec(readFileSync(`/proc/${holder.pid}/net/dev`, "utf8")) ?? [];
  return Number(numbers.trim().split(/ +/)[8] ?? 0);
}
