/**
 * What an operator may tell a running tracker.
 * @module
 */
import { UsageError } from "@bittern/protocol/base";
import { AddressRanges } from "./access/address-ranges.ts";
import { isCredential } from "./access/credential.ts";

const INFO_HASH_LENGTH = 20;

/** With `lasts` it holds on top of lists in files, and after a restart where there is a journal. */
interface Lasting {
  readonly lasts?: boolean;
}

export type AccessCommand =
  /** Puts torrents on the list that the policy is about. Hashes have 20 bytes. */
  | (Lasting & { readonly type: "list-torrents"; readonly infoHashes: readonly Uint8Array[] })
  | (Lasting & { readonly type: "unlist-torrents"; readonly infoHashes: readonly Uint8Array[] })
  /** Makes the list hold these and no others. */
  | { readonly type: "replace-torrents"; readonly infoHashes: readonly Uint8Array[] }
  /** Lists a torrent and asks for a word in its announce URL from now on; `undefined` asks no more. */
  | (Lasting & { readonly type: "set-secret"; readonly infoHash: Uint8Array; readonly secret: string | undefined })
  /** Networks whose clients are served; all are where `allowed` is empty. */
  | (Lasting & { readonly type: "set-addresses"; readonly allowed: readonly string[]; readonly denied: readonly string[] })
  /** Lets a user in, or sets the totals of one; those that are not named stay as they are. */
  | (Lasting & { readonly type: "set-user"; readonly passKey: string; readonly uploaded?: number; readonly downloaded?: number })
  | (Lasting & { readonly type: "remove-user"; readonly passKey: string })
  /** Lets these in and no others; whoever stays keeps what he gave and took. */
  | { readonly type: "replace-users"; readonly passKeys: readonly string[] };

export type TrackerCommand =
  | AccessCommand
  /** Forgets a torrent and its peers. */
  | { readonly type: "forget-torrent"; readonly infoHash: Uint8Array };

/** Throws `UsageError` for a command that makes no sense. */
export function checkCommand(command: TrackerCommand): void {
  if ("infoHashes" in command) for (const infoHash of command.infoHashes) checkHash(infoHash);
  if ("infoHash" in command) checkHash(command.infoHash);
  if (command.type === "set-secret" && command.secret !== undefined) checkWord("a secret", command.secret);
  if (command.type === "set-user") checkWord("a pass key", command.passKey);
  if (command.type === "replace-users") for (const passKey of command.passKeys) checkWord("a pass key", passKey);
  // Reading a network is checking it.
  if (command.type === "set-addresses") new AddressRanges([...command.allowed, ...command.denied]);
}

function checkHash(infoHash: Uint8Array): void {
  if (infoHash.length !== INFO_HASH_LENGTH) throw new UsageError("INFO_HASH_LENGTH", `an info hash has 20 bytes, not ${infoHash.length}`);
}

function checkWord(what: string, word: string): void {
  if (!isCredential(word)) throw new UsageError("CREDENTIAL_WRONG", `${what} is made of 1 to 64 letters, digits, dashes and underscores`);
}
