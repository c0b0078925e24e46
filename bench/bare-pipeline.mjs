/**
 * The least a Node process needs to move a torrent's one file: requests and blocks framed as peers frame them, every piece hashed
 * before it is written, by a worker; nothing is decided, nobody is choked, nothing survives an unclean end.
 * usage: bare-pipeline.mjs seed|fetch TORRENT FOLDER HOST PORT [PEER_HOST PEER_PORT]
 * @module
 */
import { createHash } from "node:crypto";
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, readvSync, writeSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const BLOCK_LENGTH = 16 * 1024;
const REQUEST_LENGTH = 17;
const HEADER_LENGTH = 13;
/** Blocks asked for and not here, blocks of one write, and pieces with a buffer. */
const OUTSTANDING_MAX = 256;
const WRITE_BLOCKS_MAX = 64;
const BUFFERS_MAX = 16;

/** The fields of a v1 torrent of one file that matter here. */
function readTorrent(path) {
  const text = readFileSync(path, "latin1");
  const number = (key) => Number(new RegExp(`${key.length}:${key}i(\\d+)e`).exec(text)[1]);
  const string = (key) => {
    const found = new RegExp(`${key.length}:${key}(\\d+):`).exec(text);
    return text.slice(found.index + found[0].length, found.index + found[0].length + Number(found[1]));
  };
  const info = text.slice(text.indexOf("4:infod") + 6, -1);
  return {
    announce: string("announce"),
    infoHash: createHash("sha1").update(info, "latin1").digest(),
    name: string("name"),
    length: number("length"),
    pieceLength: number("piece length"),
    hashes: Buffer.from(string("pieces"), "latin1"),
  };
}

/** A socket's bytes as frames of a fixed or told length: `take(buffer, at, end)` returns where it stopped. */
function feed(take) {
  let held = Buffer.alloc(0);
  return (length, buffer) => {
    let bytes = buffer.subarray(0, length);
    if (held.length > 0) bytes = Buffer.concat([held, bytes]);
    held = Buffer.from(bytes.subarray(take(bytes)));
    return true;
  };
}

function seed({ announce, infoHash, name }, folder, host, port) {
  const fd = openSync(join(folder, name), "r");
  const server = createServer({ noDelay: true }, (socket) => {
    const scratch = Buffer.allocUnsafeSlow(WRITE_BLOCKS_MAX * (HEADER_LENGTH + BLOCK_LENGTH));
    const queue = [];
    let isWaiting = false;
    const serve = () => {
      while (queue.length > 0 && !isWaiting) {
        const views = [];
        let at = 0;
        const from = queue[0].offset;
        for (let end = from; views.length < WRITE_BLOCKS_MAX && queue[0]?.offset === end; end += BLOCK_LENGTH) {
          queue.shift().head.copy(scratch, at);
          views.push(scratch.subarray(at + HEADER_LENGTH, at + HEADER_LENGTH + BLOCK_LENGTH));
          at += HEADER_LENGTH + BLOCK_LENGTH;
        }
        readvSync(fd, views, from);
        socket.write(scratch.subarray(0, at));
        isWaiting = socket.writableLength > 0;
      }
    };
    const hear = feed((bytes) => {
      let at = 0;
      for (; bytes.length - at >= REQUEST_LENGTH; at += REQUEST_LENGTH) {
        const piece = bytes.readUInt32BE(at + 5);
        const begin = bytes.readUInt32BE(at + 9);
        const head = Buffer.alloc(HEADER_LENGTH);
        head.writeUInt32BE(9 + BLOCK_LENGTH, 0);
        head[4] = 7;
        bytes.copy(head, 5, at + 5, at + 13);
        queue.push({ offset: piece * pieceLength + begin, head });
      }
      return at;
    });
    socket.on("data", (bytes) => {
      hear(bytes.length, bytes);
      serve();
    });
    socket.on("drain", () => {
      isWaiting = false;
      serve();
    });
    socket.on("error", () => {});
  });
  const { pieceLength } = torrent;
  server.listen(port, host, async () => {
    const query = `info_hash=${[...infoHash].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")}`;
    await fetch(`${announce}?${query}&peer_id=-BARE00-000000000000&port=${port}&uploaded=0&downloaded=0&left=0&event=started&compact=1`);
    console.log("listening");
  });
}

function fetchAll({ name, length, pieceLength, hashes }, folder, peerHost, peerPort) {
  mkdirSync(folder, { recursive: true });
  const worker = new Worker(new URL(import.meta.url), { workerData: { path: join(folder, name), length, pieceLength, hashes } });
  const pieceCount = length / pieceLength;
  const blocksPerPiece = pieceLength / BLOCK_LENGTH;
  const idle = Array.from({ length: BUFFERS_MAX }, () => new ArrayBuffer(pieceLength));
  const pieces = new Map();
  let next = 0;
  let outstanding = 0;
  let storedCount = 0;
  const ask = () => {
    while (next < pieceCount && idle.length > 0 && outstanding + blocksPerPiece <= OUTSTANDING_MAX) {
      const requests = Buffer.alloc(blocksPerPiece * REQUEST_LENGTH);
      for (let block = 0; block < blocksPerPiece; block++) {
        const at = block * REQUEST_LENGTH;
        requests.writeUInt32BE(13, at);
        requests[at + 4] = 6;
        requests.writeUInt32BE(next, at + 5);
        requests.writeUInt32BE(block * BLOCK_LENGTH, at + 9);
        requests.writeUInt32BE(BLOCK_LENGTH, at + 13);
      }
      pieces.set(next++, { bytes: new Uint8Array(idle.pop()), left: blocksPerPiece });
      outstanding += blocksPerPiece;
      socket.write(requests);
    }
  };
  const callback = feed((bytes) => {
    let at = 0;
    for (; bytes.length - at >= HEADER_LENGTH + BLOCK_LENGTH; at += HEADER_LENGTH + BLOCK_LENGTH) {
      const index = bytes.readUInt32BE(at + 5);
      const piece = pieces.get(index);
      piece.bytes.set(bytes.subarray(at + HEADER_LENGTH, at + HEADER_LENGTH + BLOCK_LENGTH), bytes.readUInt32BE(at + 9));
      outstanding--;
      if (--piece.left > 0) continue;
      pieces.delete(index);
      worker.postMessage({ index, buffer: piece.bytes.buffer }, [piece.bytes.buffer]);
    }
    ask();
    return at;
  });
  worker.on("message", ({ buffer }) => {
    idle.push(buffer);
    if (++storedCount === pieceCount) console.log("complete");
    ask();
  });
  const onread = { buffer: Buffer.allocUnsafeSlow(256 * 1024), callback };
  const socket = connect({ host: peerHost, port: peerPort, noDelay: true, onread }, ask);
}

function store({ path, length, pieceLength, hashes }) {
  const fd = openSync(path, "w");
  ftruncateSync(fd, length);
  const near = new Uint8Array(64 * 1024);
  parentPort.on("message", ({ index, buffer }) => {
    const bytes = new Uint8Array(buffer);
    const hash = createHash("sha1");
    for (let at = 0; at < bytes.length; at += near.length) {
      near.set(bytes.subarray(at, at + near.length));
      hash.update(near);
    }
    if (Buffer.compare(hash.digest(), hashes.subarray(20 * index, 20 * index + 20)) !== 0)
      throw new Error(`piece ${index} is not what it should be`);
    writeSync(fd, bytes, 0, bytes.length, index * pieceLength);
    parentPort.postMessage({ buffer }, [buffer]);
  });
  parentPort.on("close", () => closeSync(fd));
}

const [role, path, folder, host, port, peerHost, peerPort] = process.argv.slice(2);
const torrent = isMainThread ? readTorrent(path) : undefined;
if (!isMainThread) store(workerData);
else if (role === "seed") seed(torrent, folder, host, Number(port));
else fetchAll(torrent, folder, peerHost, Number(peerPort));
