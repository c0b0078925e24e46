/**
 * The stage of every swarm scenario: a world, a torrent, a tracker, and members that come and go.
 * @module
 */
import type { SessionEvent, Settings } from "@bittern/engine";
import type { Endpoint } from "@bittern/protocol/address";
import { MIB, type Millis } from "@bittern/protocol/base";
import { encode } from "@bittern/protocol/bencode";
import { type Metainfo, parseTorrent } from "@bittern/protocol/metainfo";
import { Member, ROOT, type Source } from "../actors/member.ts";
import { VirtualTracker } from "../actors/tracker.ts";
import type { SimulatedHost } from "../host.ts";
import { Onlooker } from "../invariants/onlooker.ts";
import { Violations } from "../invariants/violations.ts";
import { TCP_WINDOW_LENGTH } from "../network/settings.ts";
import type { TorrentContent } from "../storage/content.ts";
import { type NodeOptions, World, type WorldOptions } from "../world.ts";
import type { SwarmShape } from "./options.ts";
import type { ScenarioValues } from "./scenario.ts";

const TRACKER_NAME = "tracker.example";
const TRACKER_PORT = 6969;
/** The address of the first member; the others follow. */
const FIRST_ADDRESS = 45 * 2 ** 24 + 1;
/** Buffers of a member: what a swarm of a thousand can afford on one machine. */
const POOL_LENGTH_MIN = 16 * MIB;

export interface Casting {
  readonly name: string;
  readonly role: string;
  readonly up: number;
  readonly down: number;
  readonly latency: Millis;
  /** It begins with everything. */
  readonly isSeed?: boolean;
  readonly settings?: Partial<Settings>;
  /** Another source than the .torrent. */
  readonly source?: Source;
  /** Peers it is told of. */
  readonly peers?: readonly Endpoint[];
  /** Not held to the laws. */
  readonly isLiar?: boolean;
  readonly node?: Partial<NodeOptions>;
  readonly onEvent?: (member: Member, event: SessionEvent) => void;
}

export interface StageOptions extends Partial<WorldOptions> {
  /** Announce URLs of the torrent; the stage's own tracker when absent. */
  readonly announce?: readonly string[];
}

export class SwarmStage {
  readonly world: World;
  readonly content: TorrentContent;
  readonly metainfo: Metainfo;
  /** The bytes of the info dictionary's own .torrent. */
  readonly torrent: Uint8Array;
  readonly tracker: VirtualTracker;
  readonly trackerHost: SimulatedHost;
  readonly violations: Violations = new Violations();
  readonly members: Member[] = [];
  /** Told each time a member has everything. */
  onCompletion: (() => void) | undefined;
  readonly #onlooker: Onlooker | undefined;
  readonly #links: Partial<Settings>;
  readonly #liars: Set<SimulatedHost> = new Set();

  constructor(seed: number | string, shape: ScenarioValues<SwarmShape>, options: StageOptions = {}) {
    const network = { ...(shape.slowStart === 1 ? { initialWindowLength: TCP_WINDOW_LENGTH } : {}), ...options.network };
    this.world = new World({ seed, ...options, network });
    this.#links = shape.links > 0 ? { peersPerTorrentMax: shape.links, dialPeersMax: shape.links } : {};
    const { pieceLength, totalLength } = shape;
    this.content = this.world.torrentContent({ name: "payload.bin", pieceLength, totalLength });
    this.torrent = torrentOf(this.content, options.announce ?? [`http://${TRACKER_NAME}:${TRACKER_PORT}/announce`]);
    this.metainfo = parseTorrent(this.torrent);
    this.trackerHost = this.world.addNode({ name: "tracker", address: "44.0.0.1" });
    this.tracker = new VirtualTracker({ random: this.world.timeline.random.fork("tracker"), intervalSeconds: 120 });
    this.world.serveHttp({ host: this.trackerHost, name: TRACKER_NAME, port: TRACKER_PORT }, (request) => this.tracker.answer(request));
    if (shape.onlooker === 1) {
      const isHonest = (host: SimulatedHost): boolean => !this.#liars.has(host);
      this.#onlooker = new Onlooker(this.world, { violations: this.violations, pieceCount: this.content.pieceCount, isHonest });
    }
  }

  /** Puts a member on the stage; it does nothing before `start`. */
  cast(casting: Casting): Member {
    const host = this.world.addNode({
      name: casting.name,
      address: addressOf(this.members.length),
      up: casting.up,
      down: casting.down,
      latencyMillis: casting.latency,
      ...casting.node,
    });
    if (casting.isLiar === true) this.#liars.add(host);
    if (casting.isSeed === true) host.plant(this.content, ROOT);
    this.#onlooker?.follow(host, casting.isSeed === true ? allPieces(this.content) : []);
    const member = new Member({
      host,
      role: casting.role,
      source: casting.source ?? { type: "metainfo", metainfo: this.metainfo },
      settings: { piecePoolLength: Math.max(POOL_LENGTH_MIN, 8 * this.content.pieceLength), ...this.#links, ...casting.settings },
      trustsData: casting.isSeed === true,
      keptBlockLength: this.content.keptBlockLength,
      peers: casting.peers ?? [],
      onEvent: (of, event) => {
        if (event.type === "done") this.onCompletion?.();
        casting.onEvent?.(of, event);
      },
    });
    this.members.push(member);
    return member;
  }

  /** Those with a role. */
  role(role: string): readonly Member[] {
    return this.members.filter((member) => member.role === role);
  }

  /** A link to the torrent that names its tracker only. */
  get magnet(): string {
    return this.metainfo.toMagnet();
  }

  /** After a power cut: what is not on the disk any more does not count as verified. */
  forgetLost(member: Member): void {
    const holding = member.host.shelf.holding(this.content, ROOT);
    this.#onlooker?.forget(member.host, (piece) => holding.isKept(piece));
  }

  /** Lets everybody begin now. */
  startAll(members: readonly Member[] = this.members): void {
    for (const member of members) member.start();
  }
}

/** Everything of a content. */
export function allPieces(content: TorrentContent): readonly number[] {
  return Array.from({ length: content.pieceCount }, (_, piece) => piece);
}

/** The least time in which a seed can serve everybody, after Kumar and Ross: max(F/u_s, F/d_min, N F/(u_s + sum u)), in milliseconds. */
export function fluidBound(shape: { peers: number; totalLength: number; up: number; down: number; seedUp: number }): Millis {
  const { peers, totalLength, up, down, seedUp } = shape;
  return 1000 * Math.max(totalLength / seedUp, totalLength / down, (peers * totalLength) / (seedUp + peers * up));
}

function torrentOf(content: TorrentContent, announce: readonly string[]): Uint8Array {
  return encode({
    // One tier: any of them will do (BEP 12).
    "announce-list": [announce],
    info: { length: content.totalLength, name: content.name, "piece length": content.pieceLength, pieces: content.digests() },
  });
}

function addressOf(index: number): string {
  const number = FIRST_ADDRESS + index + Math.floor(index / 254) * 2;
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}
