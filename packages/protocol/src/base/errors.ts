/**
 * Errors say whose fault it is: theirs (`ProtocolError`), the world's (`HostError`), the user's (`UsageError`).
 * Ours is `assert`. Each carries a stable `code` in SCREAMING_SNAKE_CASE that programs may depend on.
 * @module
 */

/** Bytes from outside broke a protocol; whatever brought them is closed with it. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly code: string;
  /** `code` is stable; `message` is a sentence without a full stop. */
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** What the world can refuse. Stable; hosts map their own errors onto these. */
export type HostErrorCode =
  | "ABORTED"
  | "ACCESS_DENIED"
  | "ADDRESS_DENIED"
  | "ADDRESS_IN_USE"
  | "ADDRESS_UNAVAILABLE"
  | "CONNECTION_REFUSED"
  | "CONNECTION_RESET"
  /** Files that are only read are gone or changed. */
  | "DATA_DAMAGED"
  | "DISK_FULL"
  | "DISK_READ_ONLY"
  /** The name has no address of the family that was asked for. */
  | "FAMILY_ABSENT"
  | "FILE_MISSING"
  | "FILE_UNSAFE"
  | "HTTP_BAD_ANSWER"
  | "HTTP_BODY_TOO_LONG"
  | "HTTP_REDIRECTS"
  | "IO"
  | "NAME_NOT_FOUND"
  /** The other side does not read what is sent to it. */
  | "SEND_BUFFER_FULL"
  | "STORAGE_MISSING"
  | "TIMED_OUT"
  | "TLS"
  | "TOO_MANY_FILES"
  | "UNREACHABLE"
  | "URL_DENIED"
  | "UNSUPPORTED";

/** The world refused; `cause` is what the operating system said. */
export class HostError extends Error {
  override readonly name = "HostError";
  readonly code: HostErrorCode;
  /** `message` is a sentence without a full stop. */
  constructor(code: HostErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** The user asked for something that cannot be; the message says what to do instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code: string;
  /** `code` is stable; `message` is a sentence without a full stop. */
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
