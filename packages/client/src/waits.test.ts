/** @module */
import { HostError } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { asked, Waits, withSignal } from "./waits.ts";

describe("asked", () => {
  it("carries an answer and a refusal", async () => {
    expect(await asked<number>((done) => done(7))).toBe(7);
    await expect(asked<number>((done) => done(new HostError("IO", "no")))).rejects.toThrow("no");
  });

  it("hears an answer at first sight beside a signal", async () => {
    const { signal } = new AbortController();
    await expect(asked<number>((done) => done(new HostError("URL_DENIED", "at once")), signal)).rejects.toThrow("at once");
  });

  it("gives up when the signal says so, and tells the host", async () => {
    const controller = new AbortController();
    let cancelled = 0;
    const answer = asked<number>(() => () => cancelled++, controller.signal);
    controller.abort();
    await expect(answer).rejects.toThrow();
    expect(cancelled).toBe(1);
    await expect(asked<number>((done) => done(1), controller.signal)).rejects.toThrow();
  });
});

describe("Waits", () => {
  it("answer at once when there is nothing to wait for, else when a look finds it", async () => {
    const waits = new Waits();
    expect(await waits.until(() => "now")).toBe("now");
    let state = 0;
    const later = waits.until(() => (state === 2 ? "then" : undefined));
    state = 1;
    waits.look();
    state = 2;
    waits.look();
    expect(await later).toBe("then");
  });

  it("reject with what the question throws, with the signal, and at the end", async () => {
    const waits = new Waits();
    await expect(
      waits.until(() => {
        throw new HostError("DISK_FULL", "full");
      }),
    ).rejects.toMatchObject({ code: "DISK_FULL" });
    const controller = new AbortController();
    const aborted = waits.until(() => undefined, controller.signal);
    const ended = waits.until(() => undefined);
    controller.abort("enough");
    waits.end(new HostError("ABORTED", "the session was closed"));
    await expect(aborted).rejects.toThrow("enough");
    await expect(ended).rejects.toThrow("closed");
    await expect(waits.until(() => undefined)).rejects.toThrow("closed");
    expect(await waits.until(() => 1)).toBe(1);
  });
});

describe("withSignal", () => {
  it("is the promise, unless the signal comes first", async () => {
    expect(await withSignal(Promise.resolve(1))).toBe(1);
    const controller = new AbortController();
    expect(await withSignal(Promise.resolve(2), controller.signal)).toBe(2);
    const never = withSignal(new Promise(() => undefined), controller.signal);
    controller.abort(new Error("enough"));
    await expect(never).rejects.toThrow("enough");
    await expect(withSignal(Promise.resolve(3), controller.signal)).rejects.toThrow("enough");
  });
});
