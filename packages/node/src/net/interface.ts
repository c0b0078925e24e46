/**
 * Keeping to one network interface, as people behind a VPN want it: sockets are bound to its addresses, and where it
 * has none (the tunnel is down) nothing is dialled at all.
 *
 * Binding to an address does not choose a route: with two interfaces in one network the system may still send
 * through the other. That is the guarantee unprivileged sockets can have.
 * @module
 */
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { HostError } from "@bittern/protocol/base";

/** What sockets are bound to: nothing in particular, or the addresses of one interface. */
export class Interface {
  readonly #name: string | undefined;

  /** `name`: of an interface ("tun0") or one of its addresses; `undefined` binds to nothing in particular. */
  constructor(name: string | undefined) {
    this.#name = name;
  }

  /** True when sockets are bound to one. */
  get isChosen(): boolean {
    return this.#name !== undefined;
  }

  /** Whether addresses of this family can be dialled. */
  hasFamily(family: 4 | 6): boolean {
    return this.#name === undefined || this.#addresses().some((address) => isIP(address) === family);
  }

  /** The addresses to listen on when all are meant. Asked each time: an interface may come, go and change its address. */
  listenAddresses(): readonly string[] {
    if (this.#name === undefined) return ["0.0.0.0", "::"];
    const addresses = this.#addresses();
    if (addresses.length === 0) throw this.#missing();
    return addresses;
  }

  /** The address to dial one of family `family` from; `undefined` leaves it to the system. Throws where the interface has none. */
  dialAddress(family: 4 | 6): string | undefined {
    if (this.#name === undefined) return undefined;
    const address = this.#addresses().find((candidate) => isIP(candidate) === family);
    if (address === undefined) throw this.#missing();
    return address;
  }

  /** One of each family at most, IPv4 first; link-local ones lead nowhere. */
  #addresses(): readonly string[] {
    const name = this.#name as string;
    if (isIP(name) !== 0) return [name];
    const usable = (networkInterfaces()[name] ?? []).map(({ address }) => address).filter((address) => !/^fe[89ab]/i.test(address));
    const first = [4, 6].map((family) => usable.find((address) => isIP(address) === family));
    return first.filter((address) => address !== undefined);
  }

  #missing(): HostError {
    const name = this.#name as string;
    const all = Object.keys(networkInterfaces());
    const what =
      isIP(name) !== 0 || all.includes(name)
        ? `the interface ${name} has no such address now`
        : `there is no network interface ${name} now; there are ${all.join(", ")}`;
    return new HostError("ADDRESS_UNAVAILABLE", what);
  }
}
