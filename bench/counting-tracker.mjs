/**
 * A tracker that knows no peers and counts: says "announced COUNT" once so many torrents have been announced.
 * usage: counting-tracker.mjs ADDRESS PORT COUNT
 * @module
 */
import { createServer } from "node:http";

const [address, port, count] = process.argv.slice(2);
const ANSWER = "d8:intervali1800e5:peers0:e";
const known = new Set();
const server = createServer((request, response) => {
  const hash = /info_hash=([^&]+)/.exec(request.url ?? "")?.[1];
  const before = known.size;
  known.add(hash);
  if (known.size !== before && known.size === Number(count)) console.log(`announced ${known.size}`);
  response.end(ANSWER);
});
server.listen({ host: address, port: Number(port), backlog: 4096 }, () => console.log("listening"));
