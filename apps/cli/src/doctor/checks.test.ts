import { MIB } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { ENGLISH_DOCTOR } from "../messages/english-tools.ts";
import {
  judgeAddresses,
  judgeDatagrams,
  judgeFolder,
  judgeMemory,
  judgeOpenFiles,
  judgePorts,
  judgeTracker,
  judgeWindow,
} from "./checks.ts";

const levels = (findings: readonly { readonly level: string }[]): readonly string[] => findings.map(({ level }) => level);

describe("what the doctor says of", () => {
  it("ports", () => {
    const both = { ipv4: true, ipv6: true };
    expect(judgePorts({ port: 6881, ...both }, "6881-6999", ENGLISH_DOCTOR).level).toBe("good");
    expect(judgePorts({ port: 6881, ipv4: true, ipv6: false }, "6881-6999", ENGLISH_DOCTOR)).toMatchObject({
      level: "warning",
      finding: /IPv4 only/,
    });
    expect(judgePorts({ port: undefined, ipv4: false, ipv6: false }, "6881-6999", ENGLISH_DOCTOR).level).toBe("problem");
  });

  it.each([
    [[], "problem"],
    [["169.254.1.1", "fe80::1"], "problem"],
    [["192.168.1.2", "fe80::1"], "warning"],
    [["192.168.1.2", "2a01:4f8::1"], "warning"],
    [["93.184.216.34"], "good"],
    [["192.0.2.1", "2001:db8::1"], "warning"],
  ])("the addresses %j: %s", (addresses, level) => {
    const finding = judgeAddresses(addresses, ENGLISH_DOCTOR);
    expect(finding.level).toBe(level);
    expect(finding.advice === "").toBe(level === "good");
  });

  it("limits", () => {
    expect(
      levels([judgeOpenFiles(undefined, ENGLISH_DOCTOR), judgeOpenFiles(65_536, ENGLISH_DOCTOR), judgeOpenFiles(256, ENGLISH_DOCTOR)]),
    ).toEqual(["good", "good", "warning"]);
    expect(
      levels([judgeWindow(undefined, ENGLISH_DOCTOR), judgeWindow(6 * MIB, ENGLISH_DOCTOR), judgeWindow(200_000, ENGLISH_DOCTOR)]),
    ).toEqual(["good", "good", "warning"]);
    expect(levels([judgeDatagrams(true, ENGLISH_DOCTOR), judgeDatagrams(false, ENGLISH_DOCTOR)])).toEqual(["good", "good"]);
    expect(levels([judgeMemory(8000 * MIB, ENGLISH_DOCTOR), judgeMemory(100 * MIB, ENGLISH_DOCTOR)])).toEqual(["good", "warning"]);
  });

  it("folders: one line when all is well, else one for each thing that is not", () => {
    const well = { freeLength: 10_000 * MIB, syncMillis: 5, foldsCase: false, isSparse: true };
    expect(judgeFolder("folder", "/d", well, ENGLISH_DOCTOR.folder)).toMatchObject([
      { level: "good", finding: "/d can be written, 9.8 GiB are free" },
    ]);
    expect(
      levels(judgeFolder("folder", "/d", { freeLength: 1, syncMillis: 900, foldsCase: true, isSparse: false }, ENGLISH_DOCTOR.folder)),
    ).toEqual(new Array(4).fill("warning"));
    expect(judgeFolder("folder", "/d", { fault: "access is denied" }, ENGLISH_DOCTOR.folder)).toMatchObject([
      { level: "problem", finding: "/d: access is denied" },
    ]);
  });

  it("trackers", () => {
    expect(levels([judgeTracker("udp://t:1", undefined, ENGLISH_DOCTOR), judgeTracker("udp://t:1", "silent", ENGLISH_DOCTOR)])).toEqual([
      "good",
      "problem",
    ]);
  });
});
