import { describe, expect, it } from "vitest";
import { Speech } from "./speech.ts";

describe("Speech", () => {
  it("is found in the past and in what is to come, also when a line comes in parts", async () => {
    const speech = new Speech();
    const { signal } = new AbortController();
    speech.hear("listening on 7\ndone");
    expect((await speech.says(/on (\d)/, signal))[1]).toBe("7");
    const waiting = speech.says(/^downloaded (\d+) bytes$/m, signal);
    for (const part of ["\ndown", "loaded 4", "2 bytes\n"]) speech.hear(part);
    expect((await waiting)[1]).toBe("42");
  });

  it("is waited for until the listener gives up", async () => {
    const speech = new Speech();
    const giveUp = new AbortController();
    const waiting = speech.says(/never/, giveUp.signal);
    giveUp.abort("time is over");
    await expect(waiting).rejects.toBe("time is over");
    await expect(speech.says(/never/, giveUp.signal)).rejects.toBe("time is over");
  });
});
