/**
 * The least a Node process holds for a connection: accepts, answers 68 bytes with 68 bytes, keeps it.
 * usage: bare-sockets.mjs HOST PORT
 * @module
 */
import { createServer } from "node:net";

const [host, port] = process.argv.slice(2);
const ANSWER = Buffer.alloc(68);
const sockets = new Set();
const server = createServer((socket) => {
  sockets.add(socket);
  socket.once("data", () => socket.write(ANSWER));
  socket.on("error", () => {});
});
server.listen({ host, port: Number(port), backlog: 1024 }, () => console.log("listening"));
