/**
 * webtorrent as a peer. usage: webtorrent.mjs MODULES TORRENT FOLDER PORT [PEER]
 * MODULES is the folder webtorrent is installed in. Data that is in FOLDER already is seeded.
 * @module
 */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, torrent, folder, port, peer] = process.argv.slice(2);
const resolved = createRequire(`${modules}/package.json`).resolve("webtorrent");
const { default: WebTorrent } = await import(pathToFileURL(resolved).href);

const client = new WebTorrent({ dht: false, lsd: false, natUpnp: false, natPmp: false, utp: false, torrentPort: Number(port) });
client.on("error", (fault) => console.error("error", fault.message));
client.add(torrent, { path: folder }, (added) => {
  console.log("listening", client.torrentPort);
  if (peer !== undefined) added.addPeer(peer);
  if (added.done) console.log("complete");
  added.on("done", () => console.log("complete"));
});
