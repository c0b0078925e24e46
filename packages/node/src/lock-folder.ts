/**
 * The one folder where all instances of a user lock the places they write to, whatever their state folders are.
 *
 * It follows the user and nothing that differs between two shells (state folder, session, TMPDIR), since two instances
 * only meet where both look. Where the home cannot be written (a service's, a full or read-only one) it is a folder below
 * /tmp that belongs to the user and to nobody else.
 * @module
 */
import { accessSync, constants, lstatSync } from "node:fs";
import { homedir, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { HostError } from "@bittern/protocol/base";
import { makeFolder } from "./make-folder.ts";

/** The folder, made when it was missing; throws a `HostError` where there is none that can be trusted. */
export function lockFolder(home: string = homedir(), temporary: string = process.platform === "win32" ? tmpdir() : "/tmp"): string {
  return inHome(home) ?? inTemporary(temporary);
}

function inHome(home: string): string | undefined {
  const folder = join(home, ".local", "state", "bittern", "locks");
  try {
    makeFolder(folder, 0o700);
    accessSync(folder, constants.W_OK + constants.X_OK);
    return folder;
  } catch {
    return undefined;
  }
}

function inTemporary(temporary: string): string {
  const { uid, username } = userInfo();
  const folder = join(temporary, `bittern-${uid < 0 ? username : uid}`);
  try {
    makeFolder(folder, 0o700);
    const found = lstatSync(folder);
    // Anybody may make a folder of that name first, and a link would lead anywhere.
    const isOurs = found.isDirectory() && (uid < 0 || (found.uid === uid && (found.mode & 0o022) === 0));
    if (!isOurs) throw new HostError("FILE_UNSAFE", `${folder} belongs to somebody else`);
    makeFolder(join(folder, "locks"), 0o700);
    return join(folder, "locks");
  } catch (error) {
    if (error instanceof HostError) throw error;
    throw new HostError("ACCESS_DENIED", `neither the home folder nor ${folder} can be written`, { cause: error });
  }
}
