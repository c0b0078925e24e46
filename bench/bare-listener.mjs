/**
 * The least a Node process holds for a connection that asked and was answered; says on which port it listens.
 * @module
 */
import { createServer } from "node:net";

const ANSWER = Buffer.from("HTTP/1.1 204 No Content\r\n\r\n");
const sockets = new Set();
const server = createServer((socket) => {
  sockets.add(socket);
  socket.on("data", () => socket.write(ANSWER));
  socket.on("error", () => {});
  socket.on("close", () => sockets.delete(socket));
});
server.listen({ host: "127.0.0.1", port: 0, backlog: 1024 }, () => console.log(`port ${server.address().port}`));
