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
  readonly #voices: Readonly<Record<AddressFamily, Map<string, string>>> = { 4: new Map(), 6: new Map() };
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
    // Whoever speaks again is the youngest again.
    voices.delete(from);
    voices.set(from, ours);
    const [oldest] = voices.keys();
    if (voices.size > VOICES_MAX && oldest !== undefined) voices.delete(oldest);
    const winner = mostNamed(voices);
    if (winner === undefined || winner === this.#ours[family]) return;
    this.#ours[family] = winner;
    this.version++;
  }
}

/** `undefined` for what is no address on the internet. */
function familyOf(address: string): AddressFamily | undefined {
  if (addressScope(address) !== "global") return undefined;
  return parseAddress(address)?.length === 4 ? 4 : 6;
}

function mostNamed(voices: ReadonlyMap<string, string>): string | undefined {
  const counts = new Map<string, number>();
  for (const address of voices.values()) counts.set(address, (counts.get(address) ?? 0) + 1);
  let best: string | undefined;
  for (const [address, count] of counts) if (count >= VOICES_MIN && count > (counts.get(best ?? "") ?? 0)) best = address;
  return best;
}
