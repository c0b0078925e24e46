/**
 * Where to listen, as people write it.
 * @module
 */

import type { TcpListenOptions } from "@bittern/host";
import { canonicalAddress } from "@bittern/protocol/address";
import { UsageError } from "@bittern/protocol/base";

/** `6881`, `6881-6999`, `0.0.0.0:6881`, `[::1]:0`. */
export function parseListen(text: string): TcpListenOptions {
  const match = /^(?:(\[[^\]]+\]|[^:[\]]+)?:)?(\d{1,5})(?:-(\d{1,5}))?$/.exec(text.trim());
  const host = match?.[1]?.replace(/^\[|\]$/g, "");
  const address = host === undefined ? undefined : canonicalAddress(host);
  const first = Number(match?.[2]);
  const last = Number(match?.[3] ?? match?.[2]);
  const isRange = first <= last && last <= 65_535 && (first > 0 || last === 0);
  if (match === null || !isRange || (host !== undefined && address === undefined)) {
    throw new UsageError(
      "LISTEN_INVALID",
      `"${text}" is no place to listen; write PORT, N-M or ADDRESS:PORT, such as 6881-6999 or [::1]:0`,
    );
  }
  return { ...(address === undefined ? {} : { address }), ports: [first, last] };
}
