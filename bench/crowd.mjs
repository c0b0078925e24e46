/**
 * Peers that connect and then keep quiet. usage: crowd.mjs HOST PORT INFO_HASH COUNT
 *
 * Each says its handshake, with the extension and fast bits that clients set today, that it has nothing, and that it is
 * interested. Says "connected COUNT" once each has got a handshake back, "lost REASON" when a connection ends.
 * @module
 */
import { randomBytes } from "node:crypto";
import { connect } from "node:net";

const [host, port, infoHash = "", count] = process.argv.slice(2);
const HANDSHAKE_LENGTH = 68;
/** Dialled at once: a listening queue is short. */
const DIALS_MAX = 100;
const RESERVED = Buffer.from("0000000000100004", "hex");
const HAVE_NONE_AND_INTERESTED = Buffer.from("000000010f0000000102", "hex");

let dialled = 0;
let connected = 0;

function dial() {
  if (dialled === Number(count)) return;
  dialled++;
  let received = 0;
  const socket = connect({ host, port: Number(port) });
  const peerId = Buffer.concat([Buffer.from("-XX0001-"), randomBytes(12)]);
  socket.write(
    Buffer.concat([Buffer.from("\x13BitTorrent protocol"), RESERVED, Buffer.from(infoHash, "hex"), peerId, HAVE_NONE_AND_INTERESTED]),
  );
  socket.on("data", (bytes) => {
    const before = received;
    received += bytes.length;
    if (before >= HANDSHAKE_LENGTH || received < HANDSHAKE_LENGTH) return;
    if (++connected === Number(count)) console.log(`connected ${connected}`);
    dial();
  });
  socket.on("error", (fault) => console.log(`lost ${fault.message}`));
  socket.on("close", () => console.log("lost: closed"));
}

for (let index = 0; index < DIALS_MAX; index++) dial();
