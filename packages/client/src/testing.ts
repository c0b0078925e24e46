/**
 * For tests: folders that go away, bytes that look random, sessions that are closed.
 * @module
 */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach } from "vitest";
import { Session } from "./session.ts";
import type { SessionOptions } from "./session-options.ts";

/** A folder that goes away with the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "bittern-client-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files below a folder: path -> content. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** Bytes that look random and are the same in every run. */
export function noise(length: number, seed: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let block = Buffer.from(seed);
  for (let at = 0; at < length; at += block.length) {
    block = createHash("sha512").update(block).digest();
    bytes.set(block.subarray(0, Math.min(block.length, length - at)), at);
  }
  return bytes;
}

/** Opens sessions on the loopback address and closes them after each test. */
export function sessions(): (options?: SessionOptions) => Promise<Session> {
  const open: Session[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((session) => session.close()));
  });
  return async (options) => {
    const session = await Session.open({ listen: ["127.0.0.1:0"], ...options });
    open.push(session);
    return session;
  };
}
