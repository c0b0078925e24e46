/**
 * Names to addresses, asked as every other program of the machine asks them (hosts file, order of families and all).
 *
 * The system's resolver blocks a thread while it asks; libuv lets it have at most half of its threads, so that a slow
 * name server never keeps files from being read.
 * @module
 */
import { lookup } from "node:dns";
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
    const asked = new Question(done);
    lookup(name, { all: true, verbatim: true }, (error, found) => {
      if (error) return asked.answer(networkFault(error, `looking up ${name}`));
      const addresses = found
        .map(({ address }) => canonicalAddress(address.replace(/%.*$/, "")))
        .filter((address) => address !== undefined);
      if (addresses.length === 0) return asked.answer(new HostError("NAME_NOT_FOUND", `${name} has no address`));
      asked.answer([...new Set(addresses)].slice(0, ADDRESSES_MAX));
    });
    return () => process.nextTick(() => asked.answer(new HostError("ABORTED", `looking up ${name} was given up`)));
  }
}

/** Lets one answer through. */
class Question {
  #done: Done<readonly string[]> | undefined;

  constructor(done: Done<readonly string[]>) {
    this.#done = done;
  }

  answer(outcome: readonly string[] | HostError): void {
    const done = this.#done;
    this.#done = undefined;
    done?.(outcome);
  }
}
