import type { PeerEvent, TorrentStatus } from "@bittern/client";
import { TypedEmitter } from "@bittern/client";
import { describe, expect, it, vi } from "vitest";
import { bePatientWith, type Compiler, patiently } from "./compiler-patience.ts";

const [PATIENT, USUAL] = [
  "--interrupt-budget=1000000 --semi-space-growth-factor=16",
  "--interrupt-budget=67584 --semi-space-growth-factor=2",
];
const PEER: PeerEvent = { type: "joined", address: "127.0.0.1", port: 1, reason: "" };

class Fake extends TypedEmitter<{ peer: readonly [peer: PeerEvent] }> {
  downloaded = 0;
  status(): Pick<TorrentStatus, "downloaded" | "uploaded"> {
    return { downloaded: this.downloaded, uploaded: 0 };
  }
  join(): void {
    this.emit("peer", PEER);
  }
}

function compilerOf(version: string): { readonly compiler: Compiler; readonly said: string[] } {
  const said: string[] = [];
  return { compiler: { version, setFlags: (flags) => void said.push(flags) }, said };
}

describe("patiently", () => {
  it("is over when the work is, well or not", async () => {
    const { compiler, said } = compilerOf("11.3.244.8-node.38");
    expect(await patiently(async () => said.length, compiler)).toBe(1);
    expect(said).toEqual([PATIENT, USUAL]);
    await expect(patiently(async () => Promise.reject(new Error("no")), compiler)).rejects.toThrow("no");
    expect(said.at(-1)).toBe(USUAL);
  });

  it("leaves compilers alone that it does not know", async () => {
    const { compiler, said } = compilerOf("13.6.233.10-node.26");
    await patiently(async () => undefined, compiler);
    expect(said).toEqual([]);
  });
});

describe("bePatientWith", () => {
  it("begins with the first peer and ends with the bytes that make a transfer a long one", () => {
    vi.useFakeTimers();
    try {
      const { compiler, said } = compilerOf("11.3.1");
      const torrent = new Fake();
      bePatientWith(torrent, compiler);
      expect(said).toEqual([]);
      torrent.join();
      torrent.join();
      vi.advanceTimersByTime(200);
      expect(said).toEqual([PATIENT]);
      torrent.downloaded = 50_000_000;
      vi.advanceTimersByTime(200);
      expect(said).toEqual([PATIENT, USUAL]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("ends after a second, however little moved, or when it is told to", () => {
    vi.useFakeTimers();
    try {
      const { compiler, said } = compilerOf("11.3.1");
      const torrent = new Fake();
      const end = bePatientWith(torrent, compiler);
      torrent.join();
      vi.advanceTimersByTime(2000);
      expect(said).toEqual([PATIENT, USUAL]);
      end();
      expect(said.at(-1)).toBe(USUAL);
    } finally {
      vi.useRealTimers();
    }
  });
});
