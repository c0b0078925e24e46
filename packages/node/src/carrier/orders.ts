/**
 * What a main process tells a carrier beside the stream of records: which doors to stand at.
 * @module
 */
import type { TlsFiles } from "../net/tls-identity.ts";

/** A socket travels with the first two. */
export type Order =
  | { readonly type: "udp"; readonly door: number; readonly family: 4 | 6 }
  | { readonly type: "tcp"; readonly door: number; readonly secure: TlsFiles | undefined }
  | { readonly type: "renew"; readonly door: number; readonly secure: TlsFiles }
  | { readonly type: "shut"; readonly door: number };
