/**
 * Trackers, seen from both sides (BEP 3, 7, 12, 15, 21, 23, 24, 31, 34, 41, 48): client and server speak through the same messages.
 * @module
 */
export {
  ANNOUNCE_INTERVAL_DEFAULT,
  type AnnounceAnswer,
  type AnnounceEvent,
  type AnnounceRequest,
  type AnnounceSuccess,
  TRACKER_PEERS_MAX,
  TRACKER_TEXT_LENGTH_MAX,
  type TrackerFailure,
  type TrackerPeer,
} from "./announce.ts";
export {
  type AnnounceAnswerOptions,
  decodeAnnounceAnswer,
  decodeScrapeAnswer,
  encodeAnnounceAnswer,
  encodeFailure,
  encodeScrapeAnswer,
} from "./http-answer.ts";
export { announceUrl, parseAnnounceQuery, parseScrapeQuery, presetsAnnounce, scrapeUrl } from "./http-request.ts";
export { parseTrackerPreferences, preferencesName, preferredUrls, type TrackerPort } from "./preferences.ts";
export { escapeBytes, parseQuery, QUERY_LENGTH_MAX } from "./query.ts";
export { SCRAPE_HASHES_MAX, type ScrapeAnswer, type ScrapeSuccess, type SwarmCounts } from "./scrape.ts";
export { SignalAnnounce } from "./signal-announce.ts";
export {
  announcedLengthMax,
  signalAnnouncedEnd,
  signalAnnouncedHead,
  signalOfferEnd,
  signalOfferLength,
  writeSignalAnnounced,
  writeSignalOffer,
} from "./signal-answer.ts";
export { decodeSignalReply, encodeSignalQuestion, type SignalQuestion } from "./signal-question.ts";
export { Tiers, TRACKERS_MAX } from "./tiers.ts";
export {
  CONNECTION_CLIENT_MILLIS,
  CONNECTION_ID_LENGTH,
  CONNECTION_TRACKER_MILLIS,
  type MalformedDatagram,
  udpTimeoutMillis,
} from "./udp.ts";
export {
  type AddressFamily,
  decodeUdpAnswer,
  encodeUdpAnnounced,
  encodeUdpConnected,
  encodeUdpError,
  encodeUdpScraped,
  type UdpAnnouncedAnswer,
  type UdpAnswer,
  type UdpConnectedAnswer,
  type UdpErrorAnswer,
  type UdpScrapedAnswer,
} from "./udp-answer.ts";
export {
  decodeUdpRequest,
  encodeUdpAnnounce,
  encodeUdpConnect,
  encodeUdpScrape,
  type UdpAnnounceRequest,
  type UdpConnectRequest,
  type UdpRequest,
  type UdpScrapeRequest,
  urlDataOf,
} from "./udp-request.ts";
export {
  decodeSignalRequest,
  encodeSignalAnswer,
  encodeSignalFailure,
  encodeSignalScraped,
  OFFERS_MAX,
  type SessionDescription,
  SIGNAL_LENGTH_MAX,
  type SignalOffer,
  type SignalRequest,
} from "./websocket.ts";
