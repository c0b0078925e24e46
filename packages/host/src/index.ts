/**
 * What an engine may ask of the world. Types only: `@bittern/node` and `@bittern/simulator` are the two worlds.
 * @module
 */
export type { Clock } from "./clock.ts";
export type { Dns } from "./dns.ts";
export type { Cancel, Done } from "./done.ts";
export type { Host } from "./host.ts";
export type { Http, HttpAnswer, HttpRequest, UrlSource } from "./http.ts";
export type { JournalFile, JournalStore } from "./journal.ts";
export type { Records } from "./records.ts";
export type {
  BlockSpan,
  FileStamp,
  Frames,
  Lent,
  MerkleExpectation,
  PieceExpectation,
  PieceOutcome,
  Storage,
  Store,
  StoreFile,
  StorePlace,
  StorePlan,
  StoreStamps,
} from "./storage.ts";
export type { Tcp, TcpConnectOptions, TcpHandler, TcpLink, TcpListener, TcpListenOptions } from "./tcp.ts";
export type { Sender, Udp, UdpBindOptions, UdpSocket } from "./udp.ts";
