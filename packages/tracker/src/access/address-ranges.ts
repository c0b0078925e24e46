/**
 * A set of networks, asked for every announce: sorted ranges and a binary search, whatever their number.
 *
 * Addresses are compared as text of one character a byte, whose order is that of the bytes; one code serves both families.
 * @module
 */
import { canonicalAddress, parseAddress } from "@bittern/protocol/address";
import { latin1, UsageError } from "@bittern/protocol/base";

interface Ranges {
  /** Ascending, apart from each other. */
  readonly starts: readonly string[];
  /** Last address of each range. */
  readonly ends: readonly string[];
}

export class AddressRanges {
  readonly #ipv4: Ranges;
  readonly #ipv6: Ranges;
  /** Whether nothing is in it. */
  readonly isEmpty: boolean;

  /** `networks`: addresses, or `address/prefix length`; throws `UsageError` for anything else. */
  constructor(networks: readonly string[]) {
    const bounds = networks.map(boundsOf);
    this.#ipv4 = merged(bounds.filter(([start]) => start.length === 4));
    this.#ipv6 = merged(bounds.filter(([start]) => start.length === 16));
    this.isEmpty = networks.length === 0;
  }

  /** Whether the address in the first `length` bytes (4 or 16) lies in one of the networks. */
  has(address: Uint8Array, length: number): boolean {
    if (this.isEmpty) return false;
    const { starts, ends } = length === 4 ? this.#ipv4 : this.#ipv6;
    const key = latin1(address.subarray(0, length));
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] as string) <= key) low = middle + 1;
      else high = middle;
    }
    return low > 0 && key <= (ends[low - 1] as string);
  }
}

type Bounds = readonly [start: string, end: string];

function boundsOf(network: string): Bounds {
  const [text = "", prefix, ...rest] = network.split("/");
  const bytes = parseAddress(canonicalAddress(text) ?? "");
  const length = prefix === undefined ? (bytes?.length ?? 0) * 8 : Number(prefix);
  if (bytes === undefined || rest.length > 0 || !/^\d{0,3}$/.test(prefix ?? "") || prefix === "" || length > bytes.length * 8) {
    throw new UsageError("NETWORK_WRONG", `${network} is no address and no network such as 192.0.2.0/24`);
  }
  const start = bytes.map((byte, at) => byte & maskOf(length, at));
  const end = bytes.map((byte, at) => byte | (~maskOf(length, at) & 255));
  return [latin1(start), latin1(end)];
}

/** The bits of the byte at a place that belong to a prefix. */
function maskOf(prefixLength: number, at: number): number {
  const bits = Math.min(8, Math.max(0, prefixLength - 8 * at));
  return (0xff00 >> bits) & 255;
}

function merged(bounds: readonly Bounds[]): Ranges {
  const starts: string[] = [];
  const ends: string[] = [];
  for (const [start, end] of bounds.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))) {
    const last = ends.at(-1);
    if (last !== undefined && start <= last) {
      if (end > last) ends[ends.length - 1] = end;
      continue;
    }
    starts.push(start);
    ends.push(end);
  }
  return { starts, ends };
}
