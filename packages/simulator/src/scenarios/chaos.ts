/**
 * Everything from the seed: how many, how fast, how far apart, and which kinds of trouble there are at all.
 *
 * Whole kinds of faults are left out of a run as often as not, because those that are there then go deeper. For a while all
 * is broken by turns and only safety is asked for; then everything is healed, and everybody must get home in bounded time.
 * @module
 */
import type { Member } from "../actors/member.ts";
import { TCP_WINDOW_LENGTH } from "../network/settings.ts";
import { NO_DATAGRAM_FAULTS } from "../network/udp.ts";
import { SeededRandom } from "../random.ts";
import { conclude, lastCompletion, runUntilComplete, wastedShare } from "./conclusion.ts";
import { type Outcome, type Scenario, scenario } from "./scenario.ts";
import { fluidBound, SwarmStage } from "./swarm-stage.ts";

const OPTIONS = {
  peersMax: { summary: "downloaders at most; the seed decides how many", value: 16, min: 1, max: 10_000 },
  lengthMax: { summary: "bytes of the torrent at most", value: 4 * 2 ** 20, min: 16_384, max: 2 ** 40 },
  troubleMax: { summary: "seconds of trouble at most, before all is healed", value: 60, min: 0, max: 86_400 },
};

/** The kinds of trouble; each is there or not. */
interface Trouble {
  readonly deaths: boolean;
  readonly powerCuts: boolean;
  readonly cuts: boolean;
  readonly resets: boolean;
  readonly brokenDisks: boolean;
  readonly failingCalls: boolean;
  readonly fullDisks: boolean;
  readonly silentTracker: boolean;
  readonly poisoners: boolean;
  readonly rot: boolean;
}

export const chaos: Scenario = scenario("Everything from the seed: shapes, rates and every kind of trouble", OPTIONS, (seed, values) => {
  const plan = new Plan(seed, values);
  const stage = plan.stage;
  plan.castAll();
  stage.startAll();
  plan.beginTrouble();
  stage.world.run({ untilMillis: plan.troubleMillis });
  plan.heal();
  const finishers = stage.role("downloader");
  runUntilComplete(stage, finishers, plan.troubleMillis + 4 * plan.slowestMillis + 300_000);
  return plan.report(finishers);
});

class Plan {
  readonly stage: SwarmStage;
  readonly troubleMillis: number;
  readonly #seed: number | string;
  readonly #dice: SeededRandom;
  readonly #trouble: Trouble;
  readonly #peers: number;
  readonly #rates: { readonly up: number; readonly down: number; readonly latency: number };
  readonly #rotten: Set<Member> = new Set();
  #isHealed = false;
  #heal: (() => void) | undefined;
  #faultCount = 0;

  constructor(seed: number | string, values: { readonly peersMax: number; readonly lengthMax: number; readonly troubleMax: number }) {
    this.#seed = seed;
    this.#dice = new SeededRandom(`plan/${seed}`);
    const dice = this.#dice;
    this.#peers = dice.whole(1, values.peersMax);
    this.#rates = { up: spread(dice, 50_000, 10_000_000), down: spread(dice, 200_000, 50_000_000), latency: spread(dice, 0.5, 150) };
    const pieceLength = 16_384 * 2 ** dice.whole(0, 4);
    const totalLength = Math.ceil(spread(dice, 1, Math.min(values.lengthMax, this.#rates.up * 30)));
    this.#trouble = troubleOf(dice);
    this.troubleMillis = dice.between(0, values.troubleMax * 1000);
    this.stage = new SwarmStage(
      seed,
      { ...NO_SHAPE, pieceLength, totalLength, links: 0, slowStart: 0, onlooker: 1 },
      {
        shuffleTies: dice.chance(0.5),
        network: {
          segmentation: dice.chance(0.3) ? "random" : "whole",
          jitterMillis: dice.chance(0.5) ? spread(dice, 0.1, 50) : 0,
          sendBufferLength: Math.floor(spread(dice, 8192, 1 << 20)),
          windowLength: Math.floor(spread(dice, 65_536, 4 << 20)),
          ...(dice.chance(0.5) ? { initialWindowLength: TCP_WINDOW_LENGTH } : {}),
        },
      },
    );
  }

  /** How long the slowest link alone would need, or the swarm as a whole. */
  get slowestMillis(): number {
    const { up, down } = this.#rates;
    const { totalLength } = this.stage.content;
    // Members have between a quarter and all of the rates of the run.
    return fluidBound({ peers: this.#peers, totalLength, up: up / 4, down: down / 4, seedUp: up / 4 });
  }

  castAll(): void {
    this.#cast("seed", "seed", true, false);
    for (let at = 1; at <= this.#peers; at++) this.#cast(`downloader ${at}`, "downloader", false, false);
    if (!this.#trouble.poisoners) return;
    for (let at = 1; at <= this.#dice.whole(1, 3); at++) {
      const liar = this.#cast(`poisoner ${at}`, "poisoner", true, true);
      const dice = this.#dice.fork(liar.name);
      const share = spread(dice, 0.01, 1);
      liar.host.lie = () => dice.chance(share);
    }
  }

  beginTrouble(): void {
    const { tracker } = this.stage;
    if (this.#trouble.silentTracker)
      this.#again(20, (dice) =>
        this.#for(
          dice,
          15,
          () => (tracker.isSilent = true),
          () => (tracker.isSilent = false),
        ),
      );
    if (this.#trouble.cuts) this.#again(15, (dice) => this.#cutNetwork(dice));
    for (const member of this.stage.role("downloader")) this.#troubleMember(member);
  }

  heal(): void {
    const { stage } = this;
    this.#isHealed = true;
    this.#heal?.();
    stage.tracker.isSilent = false;
    for (const member of stage.members) {
      const { disk, udp } = member.host;
      disk.break(undefined);
      disk.faults = { failShares: {}, rotShare: 0 };
      disk.capacity = Infinity;
      udp.faults = NO_DATAGRAM_FAULTS;
      if (!member.isRunning) member.start();
    }
  }

  report(finishers: readonly Member[]): Outcome {
    const { stage } = this;
    const suspects = new Set([...stage.role("poisoner"), ...this.#rotten].map((member) => member.host.address));
    const bans = stage.members.flatMap((member) => member.banned);
    const wrong = bans.filter((ban) => !suspects.has(ban.slice(0, ban.indexOf(":"))));
    return conclude(stage, {
      scenario: "chaos",
      seed: this.#seed,
      finishers,
      complaints: wrong.map((ban) => `an honest peer was banned: ${ban}`),
      figures: {
        peers: this.#peers,
        pieces: stage.content.pieceCount,
        faults: this.#faultCount,
        troubleSeconds: this.troubleMillis / 1000,
        lastSeconds: lastCompletion(finishers) / 1000,
        bans: bans.length,
        wastedShare: wastedShare(finishers),
      },
    });
  }

  #cast(name: string, role: string, isSeed: boolean, isLiar: boolean): Member {
    const dice = this.#dice.fork(name);
    const { up, down, latency } = this.#rates;
    return this.stage.cast({
      name,
      role,
      isSeed,
      isLiar,
      up: up * dice.between(0.25, 1),
      down: down * dice.between(0.25, 1),
      latency: latency * dice.between(0.1, 1),
      node: { disk: { latencyMillis: spread(dice, 0.05, 20), rate: dice.chance(0.5) ? Infinity : spread(dice, 1e6, 1e9) } },
    });
  }

  #troubleMember(member: Member): void {
    const { disk } = member.host;
    const { totalLength } = this.stage.content;
    const trouble = this.#trouble;
    if (trouble.deaths || trouble.powerCuts) this.#again(20, (dice) => this.#kill(member, dice), member.name);
    if (trouble.resets) this.#again(10, () => this.#resetLinks(member), member.name);
    if (trouble.brokenDisks)
      this.#again(
        20,
        (dice) =>
          this.#for(
            dice,
            10,
            () => disk.break(dice.pick(["IO", "DISK_READ_ONLY"])),
            () => disk.break(undefined),
          ),
        member.name,
      );
    if (trouble.fullDisks) {
      const room = (): number => disk.usedLength + this.#dice.fork(`${member.name}/room`).unit() * totalLength;
      this.#again(
        20,
        (dice) =>
          this.#for(
            dice,
            15,
            () => (disk.capacity = room()),
            () => (disk.capacity = Infinity),
          ),
        member.name,
      );
    }
    const failShare = trouble.failingCalls ? spread(this.#dice, 0.001, 0.1) : 0;
    const rots = trouble.rot && this.#dice.chance(0.3);
    if (rots) this.#rotten.add(member);
    disk.faults = {
      failShares: { write: failShare, read: failShare, sync: failShare, "record-save": failShare },
      rotShare: rots ? 0.02 : 0,
    };
  }

  #kill(member: Member, dice: SeededRandom): void {
    if (!member.isRunning) return;
    const withPower = this.#trouble.powerCuts && (!this.#trouble.deaths || dice.chance(0.5));
    member.die(withPower);
    if (withPower) this.stage.forgetLost(member);
    this.stage.world.at(this.stage.world.now + dice.exponential(5) * 1000, () => {
      if (!member.isRunning) member.start();
    });
  }

  #resetLinks(member: Member): void {
    for (const link of [...member.host.tcp.links]) link.reset();
  }

  #cutNetwork(dice: SeededRandom): void {
    const half = this.stage.members.filter(() => dice.chance(0.5)).map((member) => member.host);
    this.#heal?.();
    const heal = this.stage.world.cut(half);
    this.#heal = heal;
    this.stage.world.at(this.stage.world.now + dice.exponential(8) * 1000, heal);
  }

  /** Does something again and again until all is healed, on average every so many seconds. */
  #again(everySeconds: number, act: (dice: SeededRandom) => void, name = "world"): void {
    const { world } = this.stage;
    const dice = this.#dice.fork(`${name}/${everySeconds}/${this.#faultCount++}`);
    const next = (): void => {
      world.at(world.now + dice.exponential(everySeconds) * 1000, () => {
        if (this.#isHealed) return;
        this.#faultCount++;
        act(dice);
        next();
      });
    };
    next();
  }

  /** Something is so for a while. */
  #for(dice: SeededRandom, seconds: number, begin: () => void, end: () => void): void {
    begin();
    this.stage.world.at(this.stage.world.now + dice.exponential(seconds) * 1000, end);
  }
}

/** What a stage wants to know and a plan decides otherwise. */
const NO_SHAPE = { peers: 0, up: 0, down: 0, seedUp: 0, latency: 0, onlooker: 0 };

/** Log-uniform: small values are as likely as large ones. */
function spread(dice: SeededRandom, low: number, high: number): number {
  return low * (high / low) ** dice.unit();
}

function troubleOf(dice: SeededRandom): Trouble {
  // A quarter of the runs have none: they show what is slow and what is a false alarm.
  const isQuiet = dice.chance(0.25);
  const has = (): boolean => dice.chance(0.5) && !isQuiet;
  return {
    deaths: has(),
    powerCuts: has(),
    cuts: has(),
    resets: has(),
    brokenDisks: has(),
    failingCalls: has(),
    fullDisks: has(),
    silentTracker: has(),
    poisoners: has(),
    rot: has(),
  };
}
