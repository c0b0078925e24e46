/**
 * Names and values in the query of an announce (BEPs 3, 7, 21 and 23), as the bytes they are compared with.
 * @module
 */
import { utf8 } from "@bittern/protocol/base";

type Word =
  | "infoHash"
  | "peerId"
  | "port"
  | "left"
  | "ipv4"
  | "ipv6"
  | "uploaded"
  | "noPeerId"
  | "downloaded"
  | "event"
  | "compact"
  | "wanted"
  | "key"
  | "trackerId"
  | "ip"
  | "started"
  | "stopped"
  | "completed"
  | "paused"
  | "no";

export const WORDS: Readonly<Record<Word, Uint8Array>> = {
  infoHash: utf8("info_hash"),
  peerId: utf8("peer_id"),
  port: utf8("port"),
  left: utf8("left"),
  ipv4: utf8("ipv4"),
  ipv6: utf8("ipv6"),
  uploaded: utf8("uploaded"),
  noPeerId: utf8("no_peer_id"),
  downloaded: utf8("downloaded"),
  event: utf8("event"),
  compact: utf8("compact"),
  wanted: utf8("numwant"),
  key: utf8("key"),
  trackerId: utf8("trackerid"),
  ip: utf8("ip"),
  started: utf8("started"),
  stopped: utf8("stopped"),
  completed: utf8("completed"),
  paused: utf8("paused"),
  no: utf8("0"),
};
