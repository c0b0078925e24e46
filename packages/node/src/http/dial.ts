/**
 * How a judged target is connected to, in the options of Node's HTTP client, and what its faults are called.
 * @module
 */
import type { RequestOptions } from "node:http";
import { isIP, type LookupFunction } from "node:net";
import { HostError } from "@bittern/protocol/base";
import { codeOf, networkFault } from "../faults.ts";
import type { Interface } from "../net/interface.ts";
import type { Judged } from "./kept.ts";
import { hostOf, portOf, type Target } from "./target.ts";

/** Only judged addresses are connected to, from the interface to keep to; `from`: local address to dial from. Throws `HostError`. */
export function dialOptions({ url, addresses }: Target, chosen: Interface, from: string | undefined): RequestOptions & Judged {
  const reachable = reachableOf(addresses, chosen, from !== undefined);
  const [first = ""] = reachable;
  const localAddress = from ?? chosen.dialAddress(isIP(first) as 4 | 6, first);
  return {
    protocol: url.protocol,
    hostname: hostOf(url),
    port: portOf(url),
    path: url.pathname + url.search,
    lookup: answerWith(reachable),
    judged: reachable.join(),
    ...(localAddress === undefined ? {} : { localAddress }),
  };
}

/** Name and password of a URL as they are sent. */
export function credentialsOf(url: URL): string {
  return `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
}

/** What Node's parser does not take is a bad answer; the rest is the network's. */
export function answerFault(error: Error, doing: string): HostError {
  if (codeOf(error).startsWith("HPE_")) return new HostError("HTTP_BAD_ANSWER", `${doing}: ${error.message}`, { cause: error });
  return networkFault(error, doing);
}

/** From one local address only one family can be reached. */
function reachableOf(addresses: readonly string[], chosen: Interface, isFromOne: boolean): readonly string[] {
  const reachable = addresses.filter((address) => chosen.hasFamily(isIP(address) as 4 | 6));
  if (reachable.length === 0) throw new HostError("ADDRESS_UNAVAILABLE", "the interface to keep to has no such address now");
  const isBound = isFromOne || chosen.isChosen;
  return isBound ? reachable.filter((address) => isIP(address) === isIP(reachable[0] as string)) : reachable;
}

/** The second resolution that Node would do: it gets the judged addresses and nothing else. */
function answerWith(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_name, options, callback) => {
    const first = found[0] as { address: string; family: number };
    if (options.all) callback(null, found);
    else callback(null, first.address, first.family);
  };
}
