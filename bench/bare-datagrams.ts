/**
 * The least a datagram and its answer cost on a socket of ours in Node: a fixed answer as long as one to an announce, and nothing
 * decided. Says on which port it listens. With `processes=2` another process answers at the same socket, which is the most that any
 * two threads of ours can do.
 * @module
 */
import { fork } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { fileURLToPath } from "node:url";
import type { UdpSocket } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import { Interface } from "../packages/node/src/net/interface.ts";
import { NodeUdp } from "../packages/node/src/net/udp.ts";

const ANSWER = new Uint8Array(80);
ANSWER[3] = 1;
const HELLO = new Uint8Array(16);
const HELLO_LENGTH = 16;
const RECEIVE_BUFFER_LENGTH = 4 * 1024 * 1024;

function answerAt(socket: Socket): void {
  const receive = (bytes: Uint8Array, from: Endpoint, own: UdpSocket): void =>
    own.send(bytes.length === HELLO_LENGTH ? HELLO : ANSWER, from);
  new NodeUdp(new Interface(undefined)).adopt(socket, receive);
}

if (process.send === undefined) {
  const socket = createSocket({ type: "udp4", recvBufferSize: RECEIVE_BUFFER_LENGTH });
  const hasSecond = process.argv.includes("processes=2");
  socket.bind({ address: "127.0.0.1", port: 0, exclusive: true }, () => {
    const say = (): void => console.log(`port ${socket.address().port}`);
    answerAt(socket);
    if (!hasSecond) return say();
    const second = fork(fileURLToPath(import.meta.url));
    process.once("SIGTERM", () => second.kill());
    second.on("message", (word) => (word === "ready" ? second.send("socket", socket) : say()));
  });
} else {
  process.once("disconnect", () => process.exit(0));
  process.on("message", (_word, socket) => {
    answerAt(socket as Socket);
    process.send?.("answering");
  });
  process.send("ready");
}
process.on("SIGTERM", () => process.exit(0));
