import { MIB } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { judgeAddresses, judgeFolder, judgeMemory, judgeOpenFiles, judgePorts, judgeTracker, judgeWindow } from "./checks.ts";

const levels = (findings: readonly { readonly level: string }[]): readonly string[] => findings.map(({ level }) => level);

describe("what the doctor says of", () => {
  it("ports", () => {
    const both = { ipv4: true, ipv6: true };
    expect(judgePorts(6881, "6881-6999", both).level).toBe("good");
    expect(judgePorts(6881, "6881-6999", { ipv4: true, ipv6: false })).toMatchObject({ level: "warning", finding: /IPv4 only/ });
    expect(judgePorts(undefined, "6881-6999", { ipv4: false, ipv6: false }).level).toBe("problem");
  });

  it.each([
    [[], "problem"],
    [["169.254.1.1", "fe80::1"], "problem"],
    [["192.168.1.2", "fe80::1"], "warning"],
    [["192.168.1.2", "2a01:4f8::1"], "warning"],
    [["93.184.216.34"], "good"],
  ])("the addresses %j: %s", (addresses, level) => {
    const finding = judgeAddresses(addresses);
    expect(finding.level).toBe(level);
    expect(finding.advice === "").toBe(level === "good");
  });

  it("limits", () => {
    expect(levels([judgeOpenFiles(undefined), judgeOpenFiles(65_536), judgeOpenFiles(256)])).toEqual(["good", "good", "warning"]);
    expect(levels([judgeWindow(undefined), judgeWindow(6 * MIB), judgeWindow(200_000)])).toEqual(["good", "good", "warning"]);
    expect(levels([judgeMemory(8000 * MIB), judgeMemory(100 * MIB)])).toEqual(["good", "warning"]);
  });

  it("folders: one line when all is well, else one for each thing that is not", () => {
    const well = { freeLength: 10_000 * MIB, syncMillis: 5, foldsCase: false, isSparse: true };
    expect(judgeFolder("folder", "/d", well)).toMatchObject([{ level: "good", finding: "/d can be written, 9.8 GiB are free" }]);
    expect(levels(judgeFolder("folder", "/d", { freeLength: 1, syncMillis: 900, foldsCase: true, isSparse: false }))).toEqual(
      new Array(4).fill("warning"),
    );
    expect(judgeFolder("folder", "/d", { fault: "access is denied" })).toMatchObject([
      { level: "problem", finding: "/d: access is denied" },
    ]);
  });

  it("trackers", () => {
    expect(levels([judgeTracker("udp://t:1", undefined), judgeTracker("udp://t:1", "silent")])).toEqual(["good", "problem"]);
  });
});
