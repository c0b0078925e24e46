/**
 * What the operating system says, in the words of the contract: the one table of its error codes.
 * @module
 */
import { HostError, type HostErrorCode } from "@bittern/protocol/base";

/** Codes of sockets and of the resolver. */
const NETWORK: Readonly<Record<string, HostErrorCode>> = {
  ABORT_ERR: "ABORTED",
  EACCES: "ACCESS_DENIED",
  EADDRINUSE: "ADDRESS_IN_USE",
  EADDRNOTAVAIL: "ADDRESS_UNAVAILABLE",
  EAFNOSUPPORT: "ADDRESS_UNAVAILABLE",
  EAI_AGAIN: "NAME_NOT_FOUND",
  ECONNABORTED: "CONNECTION_RESET",
  ECONNREFUSED: "CONNECTION_REFUSED",
  ECONNRESET: "CONNECTION_RESET",
  EHOSTDOWN: "UNREACHABLE",
  EHOSTUNREACH: "UNREACHABLE",
  // A source address of the wrong family, or a scope nobody named.
  EINVAL: "ADDRESS_UNAVAILABLE",
  EMFILE: "TOO_MANY_FILES",
  ENETDOWN: "UNREACHABLE",
  ENETUNREACH: "UNREACHABLE",
  ENFILE: "TOO_MANY_FILES",
  ENODATA: "NAME_NOT_FOUND",
  ENONAME: "NAME_NOT_FOUND",
  ENOTFOUND: "NAME_NOT_FOUND",
  EPERM: "ACCESS_DENIED",
  EPIPE: "CONNECTION_RESET",
  EPROTO: "TLS",
  ERR_SOCKET_BAD_PORT: "ADDRESS_UNAVAILABLE",
  ETIMEDOUT: "TIMED_OUT",
};

/** Codes of files and folders. */
const DISK: Readonly<Record<string, HostErrorCode>> = {
  EACCES: "ACCESS_DENIED",
  EDQUOT: "DISK_FULL",
  EEXIST: "FILE_UNSAFE",
  EISDIR: "FILE_UNSAFE",
  ELOOP: "FILE_UNSAFE",
  EMFILE: "TOO_MANY_FILES",
  ENAMETOOLONG: "FILE_UNSAFE",
  ENFILE: "TOO_MANY_FILES",
  ENODEV: "STORAGE_MISSING",
  ENOENT: "FILE_MISSING",
  ENOSPC: "DISK_FULL",
  ENOTDIR: "FILE_UNSAFE",
  ENXIO: "FILE_UNSAFE",
  EPERM: "ACCESS_DENIED",
  EROFS: "DISK_READ_ONLY",
  ESTALE: "STORAGE_MISSING",
  ETXTBSY: "ACCESS_DENIED",
};

/** What a certificate or a handshake of TLS is refused with. */
const TLS_CODE = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|INVALID_CA)/;

/** The fault of a socket or of a name; `doing` begins the message. */
export function networkFault(error: unknown, doing: string): HostError {
  if (error instanceof HostError) return error;
  const code = codeOf(error);
  const known = NETWORK[code] ?? (TLS_CODE.test(code) ? "TLS" : "IO");
  return new HostError(known, `${doing}: ${textOf(error)}`, { cause: error });
}

/** The fault of a file or of a disk; `doing` begins the message. */
export function diskFault(error: unknown, doing: string): HostError {
  if (error instanceof HostError) return error;
  return new HostError(DISK[codeOf(error)] ?? "IO", `${doing}: ${textOf(error)}`, { cause: error });
}

/** The code a Node error carries, "" where it carries none. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === "string" ? code : "";
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
