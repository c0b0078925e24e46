/**
 * A million peers in a hundred thousand torrents, or in one, for bench M: what they cost in memory, and how long the longest pause
 * is while they come and while all of them are cleaned away. One process a case: `tracker-memory.ts <compact|ids> <4|6|both> [one]`.
 * @module
 */
import { encodeUdpAnnounce, encodeUdpConnect } from "@bittern/protocol/tracker";
import { TrackerMachine } from "@bittern/tracker";

const PEERS = 1_000_000;
const [, , kept, families, isOne] = process.argv;
const WARM_PEERS = 5000;
const WARM_ANNOUNCES = 300_000;
const TORRENTS = isOne === "one" ? 1 : 100_000;

const random = { u32: (): number => Math.floor(Math.random() * 2 ** 32) };
const machine = new TrackerMachine({ keepsPeerIds: kept === "ids", intervalSeconds: 100, intervalJitter: 0 }, random);

/** Connection ids are bound to addresses; a hundred addresses a family are as good as a million. */
function senders(family: "4" | "6"): { from: { address: string; port: number }; id: Uint8Array }[] {
  return Array.from({ length: 100 }, (_, at) => {
    const from = { address: family === "4" ? `10.0.0.${at + 1}` : `2001:db8::${at + 1}`, port: 4000 };
    const [output] = machine.handle({ type: "datagram", socket: 0, bytes: encodeUdpConnect(1), from }, 0);
    if (output?.type !== "send-datagram") throw new Error("no connection id");
    return { from, id: output.bytes.slice(8) };
  });
}

const from4 = families === "6" ? [] : senders("4");
const from6 = families === "4" ? [] : senders("6");
const all = [...from4, ...from6];
const datagram = encodeUdpAnnounce({
  connectionId: new Uint8Array(8),
  transactionId: 1,
  request: { infoHash: new Uint8Array(20), peerId: new Uint8Array(20), port: 1, uploaded: 0, downloaded: 0, left: 1, numwant: 0 },
});
const view = new DataView(datagram.buffer);

function announce(peer: number, torrent: number): void {
  const { from, id } = all[peer % all.length] as (typeof all)[number];
  datagram.set(id, 0);
  view.setUint32(16, Math.imul(torrent, 2_654_435_761));
  view.setUint32(20, torrent);
  view.setUint32(40, peer);
  view.setUint32(88, peer + 1);
  view.setUint16(96, 1024 + (Math.floor(peer / all.length) % 60_000));
  machine.handle({ type: "datagram", socket: 0, bytes: datagram, from }, 0);
}

function resident(): number {
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  return process.memoryUsage().rss;
}

/** Of all threads: what the garbage collector and the compiler do beside it is in it, what others do on the machine is not. */
function cpuMillisSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

let growthPause = 0;
let growthCpuMillis = 0;
function announceMeasured(peer: number, torrent: number): void {
  const start = performance.now();
  const cpu = process.cpuUsage();
  announce(peer, torrent);
  growthPause = Math.max(growthPause, performance.now() - start);
  growthCpuMillis = Math.max(growthCpuMillis, cpuMillisSince(cpu));
}

// What the program itself needs once it is warm is no peer's share, nor is what this script leaves of measuring: it fills V8's space
// for young objects, which is empty at first and nothing but full later, once.
for (let announces = 0; announces < WARM_ANNOUNCES; announces++)
  announceMeasured(announces % WARM_PEERS, (announces % WARM_PEERS) % TORRENTS);
const before = resident();
const peersBefore = machine.snapshot(0).peers.all;
growthPause = 0;
growthCpuMillis = 0;
for (let peer = WARM_PEERS; peer < PEERS; peer++) announceMeasured(peer, Math.floor(Math.random() * TORRENTS));
const after = resident();
const { peers, tableBytes } = machine.snapshot(0);

let pause = 0;
let cpuMillis = 0;
for (let now = 400_000; machine.snapshot(now).peers.all > 0; now += 200) {
  const start = performance.now();
  const cpu = process.cpuUsage();
  machine.handle({ type: "tick", wallSeconds: 0 }, now);
  pause = Math.max(pause, performance.now() - start);
  cpuMillis = Math.max(cpuMillis, cpuMillisSince(cpu));
}
console.log(
  JSON.stringify({
    peers: peers.all,
    bytesPerPeer: (after - before) / (peers.all - peersBefore),
    tableBytesPerPeer: tableBytes / peers.all,
    pause,
    cpuMillis,
    growthPause,
    growthCpuMillis,
  }),
);
