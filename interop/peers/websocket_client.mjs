/**
 * A client of the npm package bittorrent-tracker over WebSocket, with WebRTC. Prints a line of JSON for what happens.
 * usage: websocket_client.mjs MODULES ANNOUNCE INFOHASH NAME LEFT
 * MODULES is the folder it is installed in, as a part of webtorrent. A line on standard input lets it go.
 * @module
 */
import { pathToFileURL } from "node:url";

const [modules, announce, infoHash, name, left] = process.argv.slice(2);
const { default: Client } = await import(pathToFileURL(`${modules}/node_modules/bittorrent-tracker/index.js`).href);
const say = (event) => console.log(JSON.stringify(event));

const counts = { left: Number(left), uploaded: 0, downloaded: 0, numwant: 3 };
const client = new Client({
  infoHash,
  peerId: Buffer.from(`-XX0001-${name.padEnd(12, "0")}`),
  announce: [announce],
  port: 6881,
  // No STUN server: nothing here leaves the machine.
  rtcConfig: { iceServers: [] },
  getAnnounceOpts: () => counts,
});
client.on("error", ({ message }) => say({ type: "error", message }));
client.on("warning", ({ message }) => say({ type: "warning", message }));
client.on("update", ({ complete, incomplete }) => say({ type: "update", complete, incomplete }));
client.on("scrape", ({ complete, incomplete, downloaded }) => say({ type: "scrape", complete, incomplete, downloaded }));
client.on("peer", (peer) => {
  peer.on("connect", () => peer.send(`hello from ${name}`));
  peer.on("data", (bytes) => say({ type: "data", text: Buffer.from(bytes).toString() }));
  peer.on("error", ({ message }) => say({ type: "peer-error", message }));
});
client.start(counts);
client.once("update", () => client.scrape());
process.stdin.once("data", () => {
  client.once("update", () => process.exit(0));
  client.stop(counts);
});
