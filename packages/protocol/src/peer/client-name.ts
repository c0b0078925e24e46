/**
 * Which program made a peer id (BEP 20). For people only: a peer id proves nothing.
 *
 * What comes out is made of names from the tables below and of digits and letters, never of the peer's own bytes
 * beyond those: it may be shown anywhere.
 * @module
 */
import { latin1 } from "../base/index.ts";

/** `-XX1234-`: two characters and four of a version. */
const AZUREUS: ReadonlyMap<string, string> = new Map([
  ["7T", "aTorrent"],
  ["A~", "Ares"],
  ["A2", "aria2"],
  ["AD", "Advanced Download Manager"],
  ["AG", "Ares"],
  ["AR", "Arctic"],
  ["AV", "Avicora"],
  ["AX", "BitPump"],
  ["AZ", "Azureus"],
  ["BB", "BitBuddy"],
  ["BC", "BitComet"],
  ["BF", "Bitflu"],
  ["BG", "BTG"],
  ["BI", "BiglyBT"],
  ["BL", "BitLord"],
  ["BN", "Baidu Netdisk"],
  ["BR", "BitRocket"],
  ["BS", "BTSlave"],
  ["BT", "BitTorrent"],
  ["BW", "BitTorrent Web"],
  ["BX", "Bittorrent X"],
  ["BY", "Bittern"],
  ["CD", "Enhanced CTorrent"],
  ["CT", "CTorrent"],
  ["DE", "Deluge"],
  ["DP", "Propagate Data Client"],
  ["EB", "EBit"],
  ["ES", "electric sheep"],
  ["FC", "FileCroc"],
  ["FD", "Free Download Manager"],
  ["FG", "FlashGet"],
  ["FL", "Flud"],
  ["FT", "FoxTorrent"],
  ["FW", "FrostWire"],
  ["FX", "Freebox"],
  ["GR", "GetRight"],
  ["GS", "GSTorrent"],
  ["GT", "go.torrent"],
  ["HL", "Halite"],
  ["HN", "Hydranode"],
  ["KG", "KGet"],
  ["KT", "KTorrent"],
  ["LH", "LH-ABC"],
  ["LP", "Lphant"],
  ["Lr", "LibreTorrent"],
  ["LT", "libtorrent"],
  ["lt", "rTorrent"],
  ["LW", "LimeWire"],
  ["MG", "Media Get"],
  ["MO", "MonoTorrent"],
  ["MP", "MooPolice"],
  ["MR", "Miro"],
  ["MT", "MoonlightTorrent"],
  ["NX", "Net Transport"],
  ["PC", "CacheLogic"],
  ["PD", "Pando"],
  ["PI", "PicoTorrent"],
  ["qB", "qBittorrent"],
  ["QD", "QQDownload"],
  ["QT", "Qt 4 Torrent example"],
  ["RN", "Rain"],
  ["RQ", "rqbit"],
  ["rQ", "rqbit"],
  ["RT", "Retriever"],
  ["S~", "Shareaza alpha"],
  ["SB", "Swiftbit"],
  ["SD", "Thunder"],
  ["SM", "SoMud"],
  ["SP", "BitSpirit"],
  ["SS", "SwarmScope"],
  ["ST", "SymTorrent"],
  ["st", "sharktorrent"],
  ["SZ", "Shareaza"],
  ["TB", "Torch"],
  ["TE", "terasaur"],
  ["TL", "Tribler"],
  ["TN", "TorrentDotNET"],
  ["TR", "Transmission"],
  ["TS", "Torrentstorm"],
  ["TT", "TuoTu"],
  ["tT", "tTorrent"],
  ["TX", "Tixati"],
  ["UL", "uLeecher!"],
  ["UM", "µTorrent for Mac"],
  ["UT", "µTorrent"],
  ["UW", "µTorrent Web"],
  ["VG", "Vagaa"],
  ["WD", "WebTorrent Desktop"],
  ["WS", "HTTP Seed"],
  ["WT", "BitLet"],
  ["WW", "WebTorrent"],
  ["WY", "FireTorrent"],
  ["XF", "Xfplay"],
  ["XL", "Xunlei"],
  ["XT", "XanTorrent"],
  ["XX", "Xtorrent"],
  ["ZO", "Zona"],
  ["ZT", "ZipTorrent"],
]);

/** Those who write the version as two numbers of two digits: 0208 is 2.8. */
const PAIRS: ReadonlySet<string> = new Set(["WW", "WD"]);
/** Those whose second number has two digits however small it is: 0105 is 1.05. */
const HUNDREDTHS: ReadonlySet<string> = new Set(["BC"]);
/** Those in whose version a letter at the end is no number: a beta, a build of the day, a system. */
const MARKED: ReadonlySet<string> = new Set(["BT", "BW", "DE", "TR", "UM", "UT", "UW"]);

/** `S58B-----`: one character and up to five of a version, then dashes. */
const SHADOW: ReadonlyMap<string, string> = new Map([
  ["A", "ABC"],
  ["O", "Osprey Permaseed"],
  ["Q", "BTQueue"],
  ["R", "Tribler"],
  ["S", "Shadow's client"],
  ["T", "BitTornado"],
  ["U", "UPnP NAT Bit Torrent"],
]);

/** `M4-3-6--`: one character and numbers between dashes. */
const MAINLINE: ReadonlyMap<string, string> = new Map([
  ["M", "BitTorrent"],
  ["Q", "Queen Bee"],
]);

const SHADOW_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.-";

/** Those with a manner of their own. The first group, where there is one, holds the version. */
const ODD: readonly (readonly [RegExp, string])[] = [
  [/^A2-(\d+-\d+(?:-\d+)?)-/, "aria2"],
  [/^-ML(\d+(?:\.\d+)*)/, "MLDonkey"],
  [/^XBT(\d{3})/, "XBT Client"],
  [/^OP(\d{4})/, "Opera"],
  [/^FD6/, "Free Download Manager 6"],
  [/^TIX/, "Tixati"],
  [/^-BOWA0C/, "Bits on Wheels 1.0.6"],
  [/^-BOW/, "Bits on Wheels"],
  [/^AZ2500BT/, "BitTyrant"],
  [/^346------/, "TorrenTopia"],
  [/^-G3/, "G3 Torrent"],
  [/^-FG(\d{4})/, "FlashGet"],
  [/^..RS/, "Rufus"],
  [/^\0[\x02\x03]BS/, "BitSpirit"],
  [/^(?:exbc|FUTB)..LORD/s, "BitLord"],
  [/^(?:exbc|FUTB)/, "BitComet"],
];

/** Such as `qBittorrent 4.5.2`; `unknown` where no table knows the style, the two letters where only they are unknown. */
export function clientName(peerId: Uint8Array): string {
  const text = latin1(peerId.subarray(0, 20));
  return azureusName(text) ?? oddName(text) ?? brokenAzureusName(text) ?? mainlineName(text) ?? shadowName(text) ?? "unknown";
}

function azureusName(text: string): string | undefined {
  const match = /^-([A-Za-z0-9]{2}|A~|S~)([0-9A-Za-z]{4})-/.exec(text);
  if (match === null) return undefined;
  const code = match[1] as string;
  return `${AZUREUS.get(code) ?? code} ${versionOf(code, match[2] as string)}`;
}

/** Known programs that end their version with any byte, or go on without a dash: `-UT341\0-`, `-FD51R\xff-`, `-BL246326`. */
function brokenAzureusName(text: string): string | undefined {
  const match = /^-([A-Za-z]{2})([0-9]{2}[0-9A-Za-z]?)/.exec(text);
  const name = match === null ? undefined : AZUREUS.get(match[1] as string);
  return name === undefined ? undefined : `${name} ${digitVersion(match?.[2] ?? "")}`;
}

function versionOf(code: string, digits: string): string {
  if (PAIRS.has(code)) return pairVersion(digits);
  if (HUNDREDTHS.has(code)) return `${Number.parseInt(digits.slice(0, 2), 36)}.${digits.slice(2)}`;
  // Transmission counted in hundredths until it came to 4.0.0.
  if (code === "TR" && /^[0-3]/.test(digits)) return `${digits.charAt(0)}.${digits.slice(1, 3)}`;
  return digitVersion(MARKED.has(code) && /[A-Za-z]$/.test(digits) ? `${digits.slice(0, 3)}0` : digits);
}

/** Each character is a number, letters count on after 9; the last one is left out when it is 0 (a release). */
function digitVersion(digits: string): string {
  const numbers = Array.from(digits, (digit) => Number.parseInt(digit, 36));
  if (numbers.at(-1) === 0) numbers.pop();
  return numbers.join(".");
}

function pairVersion(digits: string): string {
  return `${Number.parseInt(digits.slice(0, 2), 36)}.${Number.parseInt(digits.slice(2), 36)}`;
}

function oddName(text: string): string | undefined {
  for (const [pattern, name] of ODD) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const version = match[1];
    if (version === undefined) return name;
    return `${name} ${/[.-]/.test(version) ? version.replaceAll("-", ".") : digitVersion(version)}`;
  }
  return undefined;
}

function mainlineName(text: string): string | undefined {
  const match = /^([MQ])(\d{1,2}-\d{1,2}-\d{1,2})-/.exec(text);
  if (match === null) return undefined;
  return `${MAINLINE.get(match[1] as string)} ${(match[2] as string).replaceAll("-", ".")}`;
}

function shadowName(text: string): string | undefined {
  const match = /^([AOQRSTU])([0-9A-Za-z.-]{5})---/.exec(text);
  if (match === null) return undefined;
  const digits = (match[2] as string).replace(/-+$/, "");
  const numbers = Array.from(digits, (digit) => SHADOW_DIGITS.indexOf(digit));
  return `${SHADOW.get(match[1] as string)} ${numbers.join(".")}`.trimEnd();
}
