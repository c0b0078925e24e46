/**
 * What frames of users are filled with: the totals of a user as they are now.
 *
 *     <length of pass key: u8> <pass key> <exists: u8> <uploaded: f64> <downloaded: f64>
 * @module
 */
import { concatBytes, latin1, utf8 } from "@bittern/protocol/base";
import type { AccountSummary } from "../access/accounts.ts";
import { isCredential } from "../access/credential.ts";

const TOTALS_LENGTH = 17;

/** Users that fit into one frame, whatever their pass keys. */
export const USERS_PER_FRAME: number = 1000;

/** A user, or that there is none any more. */
export interface RecordedUser {
  readonly passKey: string;
  readonly account: Pick<AccountSummary, "uploaded" | "downloaded"> | undefined;
}

/** The payload of one frame. */
export function encodeUsers(users: readonly RecordedUser[]): Uint8Array<ArrayBuffer> {
  return concatBytes(users.flatMap(({ passKey, account }) => [Uint8Array.of(passKey.length), utf8(passKey), totals(account)]));
}

function totals(account: RecordedUser["account"]): Uint8Array {
  const bytes = new Uint8Array(TOTALS_LENGTH);
  const view = new DataView(bytes.buffer);
  bytes[0] = account === undefined ? 0 : 1;
  view.setFloat64(1, account?.uploaded ?? 0);
  view.setFloat64(9, account?.downloaded ?? 0);
  return bytes;
}

/** Reads a payload up to the first record that makes no sense. */
export function* decodeUsers(payload: Uint8Array): Generator<RecordedUser> {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  for (let at = 0; at < payload.length; ) {
    const end = at + 1 + (payload[at] as number);
    const passKey = latin1(payload.subarray(at + 1, end));
    if (end + TOTALS_LENGTH > payload.length || !isCredential(passKey)) return;
    const uploaded = view.getFloat64(end + 1);
    const downloaded = view.getFloat64(end + 9);
    if (!(uploaded >= 0 && downloaded >= 0)) return;
    yield { passKey, account: payload[end] === 1 ? { uploaded, downloaded } : undefined };
    at = end + TOTALS_LENGTH;
  }
}
