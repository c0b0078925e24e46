/**
 * Names to addresses, asked as every other program of the machine asks them (hosts file, order of families and all).
 *
 * The system's resolver blocks a thread while it asks; libuv lets it have at most half of its threads, so that a slow
 * name server never keeps files from being read.
 * @module
 */
import { type LookupAddress, lookup } from "node:dns";
import { isIP } from "node:net";
import type { Cancel, Dns, Done } from "@bittern/host";
import { canonicalAddress } from "@bittern/protocol/address";
import { HostError } from "@bittern/protocol/base";
import { networkFault } from "../faults.ts";

/** Bytes of a name, dots included (RFC 1035). */
const NAME_LENGTH_MAX = 253;
/** Addresses kept of one name: more are no help, and a hostile zone may hold thousands. */
const ADDRESSES_MAX = 64;

export class NodeDns implements Dns {
  /** Names being looked up, and who waits for each: a thousand torrents of one tracker ask once. */
  readonly #asked = new Map<string, Question[]>();

  resolve(name: string, done: Done<readonly string[]>): Cancel {
    const own = canonicalAddress(name);
    if (own !== undefined || isIP(name) !== 0) {
      done([own ?? name]);
      return () => undefined;
    }
    if (name === "" || name.length > NAME_LENGTH_MAX) {
      done(new HostError("NAME_NOT_FOUND", `a name of ${name.length} letters is no host's`));
      return () => undefined;
    }
    const question = new Question(done);
    const waiting = this.#asked.get(name);
    if (waiting !== undefined) waiting.push(question);
    else this.#lookUp(name, question);
    return () => process.nextTick(() => question.answer(new HostError("ABORTED", `looking up ${name} was given up`)));
  }

  #lookUp(name: string, question: Question): void {
    const waiting = [question];
    this.#asked.set(name, waiting);
    lookup(name, { all: true, verbatim: true }, (error, found) => {
      this.#asked.delete(name);
      const outcome = error ? networkFault(error, `looking up ${name}`) : addressesOf(name, found);
      for (const { answer } of waiting) answer(outcome);
    });
  }
}

function addressesOf(name: string, found: readonly LookupAddress[]): readonly string[] | HostError {
  const addresses = found.map(({ address }) => canonicalAddress(address.replace(/%.*$/, ""))).filter((address) => address !== undefined);
  if (addresses.length === 0) return new HostError("NAME_NOT_FOUND", `${name} has no address`);
  return [...new Set(addresses)].slice(0, ADDRESSES_MAX);
}

/** Lets one answer through. */
class Question {
  #done: Done<readonly string[]> | undefined;

  constructor(done: Done<readonly string[]>) {
    this.#done = done;
  }

  readonly answer = (outcome: readonly string[] | HostError): void => {
    const done = this.#done;
    this.#done = undefined;
    done?.(outcome);
  };
}
