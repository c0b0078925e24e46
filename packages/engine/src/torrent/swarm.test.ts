/** @module */
import { type Endpoint, peerPriority } from "@bittern/protocol/address";
import { parseMagnet } from "@bittern/protocol/magnet";
import { describe, expect, it } from "vitest";
import { Bans } from "../peers/ban.ts";
import { Peer } from "../peers/peer.ts";
import type { Dial, SessionContext } from "../session/context.ts";
import { OurAddresses } from "../session/our-addresses.ts";
import type { SessionOutput } from "../session/output.ts";
import { SessionMachine } from "../session/session.ts";
import { DEFAULT_SETTINGS, type Settings } from "../session/settings.ts";
import { Swarm } from "./swarm.ts";

const PEERS = [1, 2, 3, 4, 5].map((number) => ({ address: `10.0.0.${number}`, port: 6881 }));

function dialsWith(settings: Partial<Settings>): number {
  const machine = new SessionMachine({ random: { u32: () => 7 }, settings, wallSeconds: () => 0 });
  const source = { type: "magnet", magnet: parseMagnet(`magnet:?xt=urn:btih:${"a".repeat(40)}`) } as const;
  const torrent = 1;
  machine.handle(
    { type: "command", command: { type: "add-torrent", torrent, source, placement: { root: "/r" }, recordKey: "k", peers: PEERS } },
    0,
  );
  return machine.handle({ type: "record-loaded", torrent, bytes: undefined }, 0).filter(({ type }) => type === "connect").length;
}

describe("A torrent that looks for peers", () => {
  it("dials as many as it may have, and no more than it may dial", () => {
    expect(dialsWith({})).toBe(5);
    expect(dialsWith({ peersPerTorrentMax: 3 })).toBe(3);
    expect(dialsWith({ dialPeersMax: 2 })).toBe(2);
  });
});

describe("A swarm", () => {
  let linkCount = 0;
  /** The last dial that was made. */
  let lastMade: Peer | undefined;
  const peerAt = (remote: Endpoint): Peer => {
    const peer = new Peer({ link: ++linkCount, remote, dialledByUs: false, source: "incoming", now: 0 });
    peer.peerId = `peer ${linkCount}`;
    return peer;
  };
  const makeSwarm = (
    bans: Bans = new Bans(),
    ourAddresses: OurAddresses = new OurAddresses(),
    drop: (peer: Peer) => void = () => undefined,
    settings: Partial<Settings> = {},
  ): Swarm => {
    const context = {
      random: { u32: () => 7 },
      settings: { ...DEFAULT_SETTINGS, ...settings },
      peerId: new Uint8Array(20),
      bans,
      ourAddresses,
      listenPort: 6881,
      dial: ({ to, source, transport }: Dial) => {
        lastMade = new Peer({ link: ++linkCount, remote: to, dialledByUs: true, transport, source, now: 0 });
        return lastMade;
      },
      mayDial: () => true,
      waitToDial: () => undefined,
      drop,
    };
    const swarm = new Swarm(1, context as unknown as SessionContext);
    swarm.open();
    return swarm;
  };

  it("has enough when its places are taken and three candidates for each are known", () => {
    const swarm = makeSwarm(undefined, undefined, undefined, { peersPerTorrentMax: 2 });
    const known = (from: number, to: number): readonly Endpoint[] =>
      Array.from({ length: to - from }, (_, at) => ({ address: `45.0.0.${from + at}`, port: 6881 }));
    swarm.meet(known(1, 6), "tracker", 0);
    swarm.join(peerAt({ address: "45.0.1.1", port: 50_000 }), 0);
    swarm.join(peerAt({ address: "45.0.1.2", port: 50_000 }), 0);
    expect(swarm.hasEnough).toBe(false);
    swarm.meet(known(6, 7), "tracker", 0);
    expect(swarm.hasEnough).toBe(true);
    const [first] = swarm.peers.values();
    if (first !== undefined) swarm.leave(first, 0, false);
    expect(swarm.hasEnough).toBe(false);
  });

  it("is dialled in the order of BEP 40 once we know where others see us", () => {
    const ours = { address: "45.9.9.9", port: 6881 };
    const ourAddresses = new OurAddresses();
    for (const voice of ["46.0.0.1", "46.0.0.2", "46.0.0.3"]) ourAddresses.heard(voice, ours.address);
    const swarm = makeSwarm(new Bans(), ourAddresses);
    const others = Array.from({ length: 20 }, (_, index) => ({ address: `50.${index}.7.${index * 11}`, port: 6881 }));
    const out: SessionOutput[] = [];
    swarm.meet(others, "tracker", 0);
    swarm.dial(0, out);
    const priorities = out.flatMap((output) => (output.type === "connect" ? [peerPriority(ours, output.to)] : []));
    expect(priorities).toHaveLength(others.length);
    expect(priorities).toEqual(priorities.toSorted((left, right) => right - left));
  });

  it("does not dial whoever was banned since it was named", () => {
    const bans = new Bans();
    const swarm = makeSwarm(bans);
    const out: SessionOutput[] = [];
    const [liar, other] = [
      { address: "45.0.0.1", port: 1 },
      { address: "45.0.0.2", port: 2 },
    ];
    swarm.meet([liar, other], "tracker", 0);
    bans.ban(liar, 0, "it lied");
    swarm.dial(0, out);
    expect(out.map((output) => output.type === "connect" && output.to)).toEqual([other]);
  });

  it("knows nobody but its trackers' peers and the user's once the metadata says that it is private", () => {
    const swarm = makeSwarm();
    const at = (last: number): Endpoint => ({ address: `45.1.1.${last}`, port: 6881 });
    swarm.meet([at(1)], "tracker", 0);
    swarm.meet([at(2)], "dht", 0);
    swarm.meet([at(3)], "pex", 0, at(1));
    swarm.meet([at(4)], "user", 0);
    swarm.becomePrivate();
    const out: SessionOutput[] = [];
    swarm.dial(0, out);
    expect(out.flatMap((output) => (output.type === "connect" ? [output.to.address] : [])).toSorted()).toEqual(["45.1.1.1", "45.1.1.4"]);
  });

  it("keeps a quarter of the candidates while the torrent is paused", () => {
    const swarm = makeSwarm();
    const named = Array.from({ length: 3000 }, (_, at) => ({ address: `45.1.${Math.floor(at / 250)}.${at % 250}`, port: 6881 }));
    swarm.meet(named, "tracker", 0);
    expect(swarm.candidateCount).toBe(2000);
    swarm.close("paused");
    expect(swarm.candidateCount).toBe(500);
    swarm.open();
    swarm.meet(named, "tracker", 0);
    expect(swarm.candidateCount).toBe(2000);
  });

  it("lets four peers in from one address of the internet, and any number from one of a local network", () => {
    const joins = (address: string): readonly (string | undefined)[] => {
      const swarm = makeSwarm();
      return Array.from({ length: 6 }, (_, at) => swarm.join(peerAt({ address, port: 1000 + at }), 0));
    };
    expect(joins("45.0.0.1").filter((refusal) => refusal === undefined)).toHaveLength(4);
    expect(joins("192.168.1.1").filter((refusal) => refusal === undefined)).toHaveLength(6);
  });

  describe("whose peer dialled while it was dialled", () => {
    const OTHER: Endpoint = { address: "45.0.0.7", port: 6881 };

    /** One link each way, in this order, to a peer of this id; ours is "\0…". */
    function both(peerId: string, order: readonly ("ours" | "theirs")[]) {
      const dropped: Peer[] = [];
      const swarm = makeSwarm(new Bans(), new OurAddresses(), (peer) => {
        dropped.push(peer);
        swarm.leave(peer, 0, false);
      });
      swarm.meet([OTHER], "tracker", 0);
      swarm.dial(0, []);
      const links = {
        ours: new Peer({ link: ++linkCount, remote: OTHER, dialledByUs: true, source: "tracker", now: 0 }),
        theirs: new Peer({ link: ++linkCount, remote: { ...OTHER, port: 40_000 }, dialledByUs: false, source: "incoming", now: 0 }),
      };
      for (const peer of Object.values(links)) peer.peerId = peerId;
      const refusals = order.map((name) => swarm.join(links[name], 0));
      const isDialledAgain = (): boolean => {
        const out: SessionOutput[] = [];
        swarm.dial(1e9, out);
        return out.length > 0;
      };
      return { swarm, links, dropped, refusals, isDialledAgain };
    }
    const ORDERS = [
      ["ours", "theirs"],
      ["theirs", "ours"],
    ] as const;

    it.each(ORDERS)("keeps the link of the greater peer id at once with one of our kind (%s first)", (...order) => {
      const { dropped, refusals, links } = both("-BY0100-abcdefghijkl", order);
      const isRefused = refusals[order.indexOf("ours")] === "connected already";
      expect(isRefused || dropped.includes(links.ours)).toBe(true);
      expect(refusals[order.indexOf("theirs")]).toBeUndefined();
    });

    // libtorrent 2.0 compares ports, or throws dice, where we compare peer ids: whichever link it lets go of, the other stays.
    it.each(ORDERS.flatMap((order) => (["ours", "theirs"] as const).map((loser) => [loser, ...order] as const)))(
      "lets another client let go of one (%s, %s first), keeps the other, and does not dial it again",
      (loser, ...order) => {
        const { swarm, links, dropped, refusals, isDialledAgain } = both("-LT2080-abcdefghijkl", order);
        expect(refusals).toEqual([undefined, undefined]);
        swarm.partTwins(2_999);
        expect(dropped).toEqual([]);
        swarm.leave(links[loser], 2_999, false);
        swarm.partTwins(3_000);
        expect(dropped).toEqual([]);
        expect([...swarm.peers.values()]).toEqual([loser === "ours" ? links.theirs : links.ours]);
        expect(isDialledAgain()).toBe(false);
      },
    );

    it.each([
      ["not dialled by uTP when it came to us meanwhile", true, []],
      ["dialled by uTP when it did not: it may want no TCP", false, ["utp"]],
    ])("whoever takes the dial and ends it without a word is %s", (_, isHere, ways) => {
      const swarm = makeSwarm(new Bans(), new OurAddresses(), () => undefined, { speaksUtp: true });
      const out: SessionOutput[] = [];
      swarm.meet([OTHER], "tracker", 0);
      swarm.dial(0, out);
      if (isHere) swarm.join(peerAt({ ...OTHER, port: 40_000 }), 0);
      const dial = lastMade as Peer;
      dial.isConnected = true;
      swarm.leave(dial, 0, false);
      out.length = 0;
      swarm.dial(0, out);
      expect(out.flatMap((output) => (output.type === "connect" ? [output.transport] : []))).toEqual(ways);
    });

    it.each(ORDERS)("lets go of one after three seconds when nobody else did (%s first)", (...order) => {
      const { swarm, links, dropped } = both("-TR3000-abcdefghijkl", order);
      swarm.partTwins(2_999);
      expect(dropped).toEqual([]);
      swarm.partTwins(3_000);
      expect(dropped).toEqual([links.ours]);
      swarm.partTwins(6_000);
      expect(dropped).toEqual([links.ours]);
    });
  });

  describe("that hears of a peer which TCP does not reach", () => {
    const HIDDEN: Endpoint = { address: "45.0.0.9", port: 6881 };
    const RELAY: Endpoint = { address: "45.0.0.1", port: 6881 };

    /** Dials a peer that the relay named, which takes words of hole punching or does not. */
    function dialled(holepunch: number, speaksUtp = true) {
      const swarm = makeSwarm(new Bans(), new OurAddresses(), (peer) => swarm.leave(peer, now, false), { speaksUtp });
      let now = 0;
      const relay = peerAt(RELAY);
      relay.extensions.holepunch = holepunch;
      swarm.join(relay, 0);
      swarm.meet([HIDDEN], "pex", 0, RELAY);
      const out: SessionOutput[] = [];
      swarm.dial(0, out);
      const ways = (): string[] => out.flatMap((output) => (output.type === "connect" ? [output.transport] : []));
      expect(ways()).toEqual(["tcp"]);
      const pass = (until: number): void => {
        now = until;
        swarm.dropSilentDials(now);
      };
      return { swarm, out, ways, pass };
    }

    it("asks who named it to bring them together after a second and a half", () => {
      const { swarm, pass } = dialled(7);
      pass(1_499);
      expect(swarm.takeHidden()).toEqual([]);
      pass(1_500);
      expect(swarm.takeHidden()).toEqual([{ endpoint: HIDDEN, namedBy: "45.0.0.1:6881" }]);
      expect(swarm.diallingCount).toBe(0);
    });

    it.each([
      ["who named it brings nobody together", 0, true],
      ["we speak no uTP", 7, false],
    ])("waits for TCP when %s", (_, holepunch, speaksUtp) => {
      const { swarm, pass } = dialled(holepunch, speaksUtp);
      pass(5_000);
      expect(swarm.takeHidden()).toEqual([]);
      expect(swarm.diallingCount).toBe(1);
    });

    it("dials by uTP at once when that peer does, though TCP is still being tried", () => {
      const { swarm, out, ways } = dialled(7);
      swarm.meetNow(HIDDEN, RELAY, 300, out);
      swarm.keepMeetings(300, out);
      expect(ways()).toEqual(["tcp", "utp"]);
      swarm.meetNow(HIDDEN, RELAY, 400, out);
      swarm.keepMeetings(400, out);
      expect(ways()).toEqual(["tcp", "utp"]);
    });
  });
});
