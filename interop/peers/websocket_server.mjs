/**
 * A tracker of the npm package bittorrent-tracker: WebSocket, HTTP and UDP on one port.
 * usage: websocket_server.mjs MODULES HOST PORT
 * MODULES is the folder it is installed in, as a part of webtorrent.
 * @module
 */
import { pathToFileURL } from "node:url";

const [modules, host, port] = process.argv.slice(2);
const { Server } = await import(pathToFileURL(`${modules}/node_modules/bittorrent-tracker/index.js`).href);
const server = new Server({ udp: true, http: true, ws: true, stats: false, trustProxy: false });
server.on("warning", ({ message }) => console.log(JSON.stringify({ type: "warning", message })));
server.on("error", ({ message }) => console.log(JSON.stringify({ type: "error", message })));
server.on("stop", (address) => console.log(JSON.stringify({ type: "stop", address })));
// Its socket of IPv6 takes no address of the other family.
server.listen(Number(port), { http: host, udp: host, udp6: "::1" }, () => console.log(JSON.stringify({ type: "listening" })));
