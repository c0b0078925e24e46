/**
 * What the operating system says, in the words of the contract: the one table of its error codes.
 * @module
 */
import { HostError, type HostErrorCode } from "@bittern/protocol/base";

/** A code of the system: what we call it, and what people read where its own words are no help. */
type Known = readonly [code: HostErrorCode, words?: string];

const TOO_MANY_FILES: Known = ["TOO_MANY_FILES", "too many files are open; raise `ulimit -n`"];

/** Codes of sockets and of the resolver. */
const NETWORK: Readonly<Record<string, Known>> = {
  ABORT_ERR: ["ABORTED"],
  EACCES: ["ACCESS_DENIED", "the system does not permit it; ports below 1024 are often kept for root"],
  EADDRINUSE: ["ADDRESS_IN_USE", "the port is taken; choose another, or 0 for any free one"],
  EADDRNOTAVAIL: ["ADDRESS_UNAVAILABLE", "this machine has no such address"],
  EAFNOSUPPORT: ["ADDRESS_UNAVAILABLE", "this machine does not speak that family of addresses"],
  EAI_AGAIN: ["NAME_NOT_FOUND", "no name server answers; check the network"],
  ECONNABORTED: ["CONNECTION_RESET"],
  ECONNREFUSED: ["CONNECTION_REFUSED", "the connection was refused: nothing listens there"],
  ECONNRESET: ["CONNECTION_RESET", "the other side closed the connection"],
  EHOSTDOWN: ["UNREACHABLE", "the host is down"],
  EHOSTUNREACH: ["UNREACHABLE", "no way leads there"],
  // A source address of the wrong family, or a scope nobody named.
  EINVAL: ["ADDRESS_UNAVAILABLE"],
  EMFILE: TOO_MANY_FILES,
  ENETDOWN: ["UNREACHABLE", "the network is down"],
  ENETUNREACH: ["UNREACHABLE", "no way leads there from this machine"],
  ENFILE: TOO_MANY_FILES,
  ENODATA: ["NAME_NOT_FOUND"],
  ENONAME: ["NAME_NOT_FOUND"],
  ENOTFOUND: ["NAME_NOT_FOUND", "there is no such name; check its spelling"],
  EPERM: ["ACCESS_DENIED", "the system does not permit it"],
  EPIPE: ["CONNECTION_RESET", "the other side closed the connection"],
  EPROTO: ["TLS"],
  ERR_SOCKET_BAD_PORT: ["ADDRESS_UNAVAILABLE"],
  ETIMEDOUT: ["TIMED_OUT", "nobody answers"],
};

/** Codes of files and folders. */
const DISK: Readonly<Record<string, Known>> = {
  EACCES: ["ACCESS_DENIED", "access is denied; check its owner and mode"],
  EDQUOT: ["DISK_FULL", "your disk quota is used up; make room"],
  EEXIST: ["FILE_UNSAFE", "something else has that name"],
  EIO: ["IO", "the disk reports an error; check it"],
  EISDIR: ["FILE_UNSAFE", "it is a folder"],
  ELOOP: ["FILE_UNSAFE", "it is a link, and links are not followed here"],
  EMFILE: TOO_MANY_FILES,
  ENAMETOOLONG: ["FILE_UNSAFE", "the name is too long for this disk"],
  ENFILE: TOO_MANY_FILES,
  ENODEV: ["STORAGE_MISSING", "the disk is gone"],
  ENOENT: ["FILE_MISSING", "there is no such file or folder"],
  ENOSPC: ["DISK_FULL", "the disk is full; make room"],
  ENOTDIR: ["FILE_UNSAFE", "part of the path is a file, not a folder"],
  ENXIO: ["FILE_UNSAFE", "it is no plain file"],
  EPERM: ["ACCESS_DENIED", "the system does not permit it"],
  EROFS: ["DISK_READ_ONLY", "the disk is read-only"],
  ESTALE: ["STORAGE_MISSING", "the disk is gone"],
  ETXTBSY: ["ACCESS_DENIED", "it is a program that runs"],
};

/** What a certificate or a handshake of TLS is refused with. */
const TLS_CODE = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|INVALID_CA)/;

/** How the sandbox calls what lies in a folder that it holds open; it means nothing to people. */
const HELD_FOLDER = /^\/proc\/self\/fd\/\d+(\/|$)/;

/** The fault of a socket or of a name; `doing` begins the message. */
export function networkFault(error: unknown, doing: string): HostError {
  if (error instanceof HostError) return error;
  const code = codeOf(error);
  const [known, words] = NETWORK[code] ?? [TLS_CODE.test(code) ? "TLS" : "IO"];
  return new HostError(known, `${doing}: ${words ?? textOf(error)}`, { cause: error });
}

/** The fault of a file or of a disk; the message begins with the path where one is known, else with `doing`. */
export function diskFault(error: unknown, doing: string): HostError {
  if (error instanceof HostError) return error;
  const [known, words] = DISK[codeOf(error)] ?? ["IO"];
  const path = pathOf(error);
  const what = path === undefined || doing.includes(path) ? doing : path;
  return new HostError(known, `${what}: ${words ?? textOf(error)}`, { cause: error });
}

/** The error of a call on a file, under the name people know the file by. */
export function errorOf(error: unknown, path: string): unknown {
  if (error instanceof HostError) {
    return error.message.startsWith(path) ? error : new HostError(error.code, `${path}: ${error.message}`, { cause: error.cause });
  }
  if (error instanceof Error && codeOf(error) !== "") (error as NodeJS.ErrnoException).path = path;
  return error;
}

function pathOf(error: unknown): string | undefined {
  const path = error instanceof Error ? (error as NodeJS.ErrnoException).path : undefined;
  return path === undefined || HELD_FOLDER.test(path) ? undefined : path;
}

/** The code a Node error carries, "" where it carries none. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === "string" ? code : "";
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
