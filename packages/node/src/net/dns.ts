/**
 * Names to addresses, asked as every other program of the machine asks them (hosts file, order of families and all).
 *
 * The system's resolver blocks a thread while it asks; libuv lets it have at most half of its threads, so that a slow
 * name server never keeps files from being read.
 * @module
 */
import { type LookupAddress, lookup, Resolver } from "node:dns";
import { isIP } from "node:net";
import type { Cancel, Dns, Done } from "@bittern/host";
import { canonicalAddress } from "@bittern/protocol/address";
import { HostError } from "@bittern/protocol/base";
import { networkFault } from "../faults.ts";

/** Bytes of a name, dots included (RFC 1035). */
const NAME_LENGTH_MAX = 253;
/** Addresses kept of one name: more are no help, and a hostile zone may hold thousands. */
const ADDRESSES_MAX = 64;
/** Text records kept of one name, and bytes of each. */
const TEXTS_MAX = 64;
const TEXT_LENGTH_MAX = 4096;
/** Milliseconds until a name server is asked again, how often it is, and until all of that is over. */
const TEXT_TRY_MILLIS = 1500;
const TEXT_TRIES = 2;
const TEXT_PATIENCE_MILLIS = 4500;

export class NodeDns implements Dns {
  /** Names being looked up, and who waits for each: a thousand torrents of one tracker ask once. */
  readonly #asked = new Map<string, Question[]>();
  readonly #servers: readonly string[] | undefined;

  /** `servers`: name servers for text records, "address:port", where not the system's own are to be asked. */
  constructor(servers?: readonly string[]) {
    this.#servers = servers;
  }

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

  resolveTexts(name: string, done: Done<readonly string[]>): Cancel {
    const question = new Question(done);
    const giveUp = (fault: HostError): void => process.nextTick(() => question.answer(fault));
    if (name === "" || name.length > NAME_LENGTH_MAX || isIP(name) !== 0) {
      giveUp(new HostError("NAME_NOT_FOUND", "only names have text records"));
      return () => undefined;
    }
    const patience = setTimeout(
      () => question.answer(new HostError("TIMED_OUT", `no name server told of ${name} in ${TEXT_PATIENCE_MILLIS} ms`)),
      TEXT_PATIENCE_MILLIS,
    );
    patience.unref();
    this.#askServers().resolveTxt(name, (error, found) => {
      clearTimeout(patience);
      question.answer(error ? networkFault(error, `asking for the text records of ${name}`) : textsOf(name, found));
    });
    return () => {
      clearTimeout(patience);
      giveUp(new HostError("ABORTED", `asking for ${name} was given up`));
    };
  }

  /**
   * Asks name servers directly: the system's resolver knows addresses only. Made for each question, for it reads once which
   * servers there are, and a machine that moves to another network has others.
   */
  #askServers(): Resolver {
    const resolver = new Resolver({ timeout: TEXT_TRY_MILLIS, tries: TEXT_TRIES });
    if (this.#servers !== undefined) resolver.setServers(this.#servers);
    return resolver;
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

/** What is kept of the addresses of a name: each once, without the zone of a link-local one. */
export function addressesOf(name: string, found: readonly LookupAddress[]): readonly string[] | HostError {
  const addresses = found.map(({ address }) => canonicalAddress(address.replace(/%.*$/, ""))).filter((address) => address !== undefined);
  if (addresses.length === 0) return new HostError("NAME_NOT_FOUND", `${name} has no address`);
  return [...new Set(addresses)].slice(0, ADDRESSES_MAX);
}

/** What is kept of the text records of a name: each as one string, none longer than any that means something to us. */
export function textsOf(name: string, found: readonly (readonly string[])[]): readonly string[] | HostError {
  const texts = found.map((parts) => parts.join("")).filter((text) => text.length <= TEXT_LENGTH_MAX);
  if (texts.length === 0) return new HostError("NAME_NOT_FOUND", `${name} has no text records`);
  return texts.slice(0, TEXTS_MAX);
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
