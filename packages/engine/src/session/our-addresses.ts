/**
 * Where others see us: peers say so when they greet (`yourip`, BEP 10), trackers when they answer (`external ip`, BEP 24).
 *
 * Each is a stranger's word, so it takes three that say the same and more than say anything else. Only who sits on the
 * internet can know our address there. It decides in which order peers are dialled (BEP 40), nothing that can hurt.
 * @module
 */
import { addressScope, parseAddress } from "@bittern/protocol/address";

/** Voices that make an address ours. */
const VOICES_MIN = 3;
/** Voices kept of each family; the oldest is forgotten. */
const VOICES_MAX = 50;

export type AddressFamily = 4 | 6;

export class OurAddresses {
  readonly #voices: Readonly<Record<AddressFamily, Voices>> = { 4: new Voices(), 6: new Voices() };
  readonly #ours: { 4: string | undefined; 6: string | undefined } = { 4: undefined, 6: undefined };
  /** Counts the changes, so that whoever follows can see that there was one. */
  version = 0;

  /** Our address as most see it; `undefined` while too few agree. */
  of(family: AddressFamily): string | undefined {
    return this.#ours[family];
  }

  /** Somebody at `from` says that it sees us at `ours`. */
  heard(from: string, ours: string): void {
    const family = familyOf(ours);
    if (family === undefined || familyOf(from) !== family) return;
    const voices = this.#voices[family];
    voices.add(from, ours);
    const winner = voices.mostNamed;
    if (winner === undefined || winner === this.#ours[family]) return;
    this.#ours[family] = winner;
    this.version++;
  }
}

/** Who says what, the last to speak last. */
class Voices {
  readonly #named = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  add(from: string, address: string): void {
    // Whoever speaks again is the youngest again.
    this.#remove(from);
    this.#named.set(from, address);
    this.#counts.set(address, (this.#counts.get(address) ?? 0) + 1);
    const [oldest] = this.#named.keys();
    if (this.#named.size > VOICES_MAX && oldest !== undefined) this.#remove(oldest);
  }

  #remove(from: string): void {
    const address = this.#named.get(from);
    if (address === undefined) return;
    this.#named.delete(from);
    const count = (this.#counts.get(address) ?? 0) - 1;
    if (count > 0) this.#counts.set(address, count);
    else this.#counts.delete(address);
  }

  /** What most say, if enough do; of equals what the oldest voice says. */
  get mostNamed(): string | undefined {
    // Asked after each greeting, and nearly always all agree.
    const candidates = this.#counts.size > 1 ? this.#named.values() : this.#counts.keys();
    let best: string | undefined;
    let bestCount = VOICES_MIN - 1;
    for (const address of candidates) {
      const count = this.#counts.get(address) ?? 0;
      if (count <= bestCount) continue;
      best = address;
      bestCount = count;
    }
    return best;
  }
}

/** `undefined` for what is no address on the internet. */
function familyOf(address: string): AddressFamily | undefined {
  if (addressScope(address) !== "global") return undefined;
  return parseAddress(address)?.length === 4 ? 4 : 6;
}
