/**
 * The name of this machine in links that others shall follow.
 * @module
 */
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { Interface } from "@bittern/node";
import { UsageError } from "@bittern/protocol/base";

type Interfaces = ReturnType<typeof networkInterfaces>;

/** The first IPv4 address that is not this machine's own loop, else one that at least this machine reaches. */
export function localAddress(interfaces: Interfaces = networkInterfaces()): string {
  const outside = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => !address.internal);
  // A link-local address means nothing to anybody without the name of an interface.
  const usable = outside.filter(({ address }) => !address.startsWith("169.254.") && !/^fe[89ab]/i.test(address));
  return (usable.find(({ family }) => family === "IPv4") ?? usable[0])?.address ?? "127.0.0.1";
}

/**
 * The address at which the network interface of this name is served, by UDP as well where it has several; one of its addresses stands
 * for itself, and without a name any will do.
 */
export function interfaceAddress(chosen: string | undefined, interfaces: Interfaces = networkInterfaces()): string {
  return new Interface(chosen, () => interfaces).firstAddress ?? localAddress(interfaces);
}

/** A host as it stands in a URL: a name, an IPv4 address, or an IPv6 address in brackets. */
export function urlHost(host: string): string {
  const bare = host.replace(/^\[|\]$/g, "");
  if (isIP(bare) === 6) return `[${bare}]`;
  if (!URL.canParse(`http://${host}:1/`) || new URL(`http://${host}:1/`).port !== "1" || /[/?#@\s:]/.test(host)) {
    throw new UsageError(
      "HOST_INVALID",
      `"${host}" is no name or address of a machine; write one such as files.example.org, without a port`,
    );
  }
  return host;
}
