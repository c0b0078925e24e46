/**
 * The least a datagram and its answer cost on a socket of ours in Node: a fixed answer as long as one to an announce, and nothing
 * decided. Says on which port it listens.
 * @module
 */
import { createNodeHost } from "@bittern/node";

const ANSWER = new Uint8Array(80);
ANSWER[3] = 1;
const HELLO = new Uint8Array(16);
const HELLO_LENGTH = 16;

const host = createNodeHost();
host.udp.bind(
  { address: "127.0.0.1", port: 0 },
  (bytes, from, socket) => socket.send(bytes.length === HELLO_LENGTH ? HELLO : ANSWER, from),
  (socket) => {
    if (socket instanceof Error) throw socket;
    console.log(`port ${socket.local.port}`);
  },
);
process.on("SIGTERM", () => process.exit(0));
