/**
 * Keeping to one network interface, as people behind a VPN want it: sockets are bound to its addresses, and where it
 * has none (the tunnel is down) nothing is dialled at all.
 *
 * Binding to an address does not choose a route: with two interfaces in one network the system may still send
 * through the other. That is the guarantee unprivileged sockets can have.
 *
 * An interface may have several addresses of a family, of IPv6 it mostly has: one of the local network, one of the internet, one
 * that changes daily. Connections are taken on all of them, and dialled from the one the system would choose (RFC 6724): of the same
 * network, else one that reaches as far. From an address of the local network nobody answers on the internet.
 * @module
 */
import { BlockList, isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { addressScope } from "@bittern/protocol/address";
import { HostError } from "@bittern/protocol/base";

/** Addresses of one interface that are used: a server may have hundreds. */
const ADDRESSES_MAX = 16;

interface LocalAddress {
  readonly address: string;
  /** Leading bits of its network; all of them where it was named itself. */
  readonly prefixLength: number;
}

/** What sockets are bound to: nothing in particular, or the addresses of one interface. */
export class Interface {
  readonly #name: string | undefined;
  readonly #interfaces: typeof networkInterfaces;

  /** `name`: of an interface ("tun0") or one of its addresses; `undefined` binds to nothing in particular. */
  constructor(name: string | undefined, interfaces: typeof networkInterfaces = networkInterfaces) {
    this.#name = name;
    this.#interfaces = interfaces;
  }

  /** Its address that others reach best, an IPv4 one before others; `undefined` where it has none. */
  get firstAddress(): string | undefined {
    return this.#name === undefined ? undefined : this.#addresses()[0]?.address;
  }

  /** True when sockets are bound to one. */
  get isChosen(): boolean {
    return this.#name !== undefined;
  }

  /** Whether addresses of this family can be dialled. */
  hasFamily(family: 4 | 6): boolean {
    return this.#name === undefined || this.#addresses().some(({ address }) => isIP(address) === family);
  }

  /**
   * The addresses to listen on when all are meant, of each family first the one that reaches furthest. Asked each time: an interface
   * may come, go and change its addresses.
   */
  listenAddresses(): readonly string[] {
    if (this.#name === undefined) return ["0.0.0.0", "::"];
    const addresses = this.#addresses();
    if (addresses.length === 0) throw this.#missing();
    return addresses.map(({ address }) => address);
  }

  /**
   * The address to dial one of that family from, or the one at `to`; `undefined` leaves it to the system. Throws where the interface has
   * none.
   */
  dialAddress(family: 4 | 6, to?: string): string | undefined {
    if (this.#name === undefined) return undefined;
    const own = this.#addresses().filter(({ address }) => isIP(address) === family);
    const chosen = (to === undefined ? undefined : (own.find((local) => isNeighbour(local, to)) ?? equalReach(own, to))) ?? own[0];
    if (chosen === undefined) throw this.#missing();
    return chosen.address;
  }

  /** IPv4 first, of each family those of the internet first; link-local ones lead nowhere. */
  #addresses(): readonly LocalAddress[] {
    const name = this.#name as string;
    if (isIP(name) !== 0) return [{ address: name, prefixLength: isIP(name) === 4 ? 32 : 128 }];
    const usable = (this.#interfaces()[name] ?? [])
      .filter(({ address }) => !/^fe[89ab]/i.test(address))
      .map(({ address, cidr }) => ({ address, prefixLength: Number(cidr?.split("/")[1] ?? Number.NaN) }));
    const rank = ({ address }: LocalAddress): number => 2 * isIP(address) + (addressScope(address) === "global" ? 0 : 1);
    return usable.toSorted((one, other) => rank(one) - rank(other)).slice(0, ADDRESSES_MAX);
  }

  #missing(): HostError {
    const name = this.#name as string;
    const all = Object.keys(this.#interfaces());
    const what =
      isIP(name) !== 0 || all.includes(name)
        ? `the interface ${name} has no such address now`
        : `there is no network interface ${name} now; there are ${all.join(", ")}`;
    return new HostError("ADDRESS_UNAVAILABLE", what);
  }
}

/** Whether the other one is in the network of this address. */
function isNeighbour({ address, prefixLength }: LocalAddress, to: string): boolean {
  if (Number.isNaN(prefixLength)) return false;
  const type = isIP(address) === 6 ? "ipv6" : "ipv4";
  const network = new BlockList();
  network.addSubnet(address, prefixLength, type);
  return network.check(to, type);
}

function equalReach(own: readonly LocalAddress[], to: string): LocalAddress | undefined {
  const reach = addressScope(to);
  return own.find(({ address }) => addressScope(address) === reach);
}
