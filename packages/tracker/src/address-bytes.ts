/**
 * The bytes of an address the host gives as text, without an object for each datagram.
 * @module
 */
import { canonicalAddress, parseAddress } from "@bittern/protocol/address";

const DOT = 0x2e;
const ZERO = 0x30;

/** Writes 4 or 16 bytes into `target` and returns how many; 0 when the text is no address. Hot for dotted IPv4. */
export function addressBytes(text: string, target: Uint8Array): 0 | 4 | 16 {
  let part = 0;
  let value = -1;
  for (let at = 0; at <= text.length; at++) {
    const code = at === text.length ? DOT : text.charCodeAt(at);
    if (code === DOT) {
      if (value < 0 || value > 255 || part === 4) return otherBytes(text, target);
      target[part++] = value;
      value = -1;
    } else {
      const digit = code - ZERO;
      if (digit < 0 || digit > 9) return otherBytes(text, target);
      value = value < 0 ? digit : value * 10 + digit;
    }
  }
  return part === 4 ? 4 : 0;
}

function otherBytes(text: string, target: Uint8Array): 0 | 4 | 16 {
  // A mapped address is the IPv4 address it carries.
  const bytes = parseAddress(canonicalAddress(text) ?? "");
  if (bytes === undefined) return 0;
  target.set(bytes);
  return bytes.length === 4 ? 4 : 16;
}
