/**
 * Reads a .torrent and says what is in it.
 *
 *     npx tsx examples/01-read-a-torrent.ts [FILE.torrent]
 *
 * Without an argument it makes a torrent of this very file first.
 * @module
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { createTorrent, formatMagnet, parseTorrent } from "@bittern/client";

const [path] = process.argv.slice(2);
const bytes = path === undefined ? (await createTorrent(fileURLToPath(import.meta.url))).toBytes() : await readFile(path);

const torrent = parseTorrent(bytes);
console.log(`${torrent.name}: ${torrent.version}, ${torrent.totalLength} bytes in ${torrent.pieceCount} pieces`);
for (const file of torrent.files) console.log(`  ${file.path.join("/")} (${file.length} bytes)`);
console.log(formatMagnet(torrent));
