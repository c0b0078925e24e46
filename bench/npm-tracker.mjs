/**
 * The server of the npm package bittorrent-tracker, without its statistics, which cost it most of its time.
 * usage: npm-tracker.mjs MODULES
 * @module
 */
import { pathToFileURL } from "node:url";

const { Server } = await import(pathToFileURL(`${process.argv[2]}/node_modules/bittorrent-tracker/index.js`).href);
const server = new Server({ http: true, udp: false, ws: true, stats: false });
server.on("error", () => {});
server.listen(0, { http: "127.0.0.1" }, () => console.log(`port ${server.http.address().port}`));
process.on("SIGTERM", () => process.exit(0));
