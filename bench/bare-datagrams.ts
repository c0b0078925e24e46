/**
 * The least a datagram and its answer cost on a socket of ours where each comes and goes in a call of its own: a fixed answer as long as
 * one to an announce, and nothing decided. Says on which port it listens.
 * @module
 */
import { createSocket } from "node:dgram";
import { Interface } from "../packages/node/src/net/interface.ts";
import { NodeUdp } from "../packages/node/src/net/udp.ts";

const ANSWER = new Uint8Array(80);
ANSWER[3] = 1;
const HELLO = new Uint8Array(16);
const HELLO_LENGTH = 16;
const RECEIVE_BUFFER_LENGTH = 4 * 1024 * 1024;

const socket = createSocket({ type: "udp4", recvBufferSize: RECEIVE_BUFFER_LENGTH });
socket.bind({ address: "127.0.0.1", port: 0, exclusive: true }, () => {
  new NodeUdp(new Interface(undefined)).adopt(socket, (bytes, from, own) => own.send(bytes.length === HELLO_LENGTH ? HELLO : ANSWER, from));
  console.log(`port ${socket.address().port}`);
});
process.on("SIGTERM", () => process.exit(0));
