import { HostError } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { diskFault, errorOf, networkFault } from "./faults.ts";

function systemError(code: string, path?: string): Error {
  return Object.assign(new Error(`${code}: as the system puts it`), { code, ...(path === undefined ? {} : { path }) });
}

describe("what the system says", () => {
  it("names the path and what to do", () => {
    const fault = diskFault(systemError("EACCES", "/srv/disc.iso"), "storing");
    expect([fault.code, fault.message]).toEqual(["ACCESS_DENIED", "/srv/disc.iso: access is denied; check its owner and mode"]);
    expect(diskFault(systemError("ENOSPC"), "storing in /srv").message).toBe("storing in /srv: the disk is full; make room");
    expect(networkFault(systemError("EADDRINUSE"), "listening on port 80").message).toBe(
      "listening on port 80: the port is taken; choose another, or 0 for any free one",
    );
  });

  it("stays as it is where we know no better", () => {
    expect(diskFault(systemError("EWEIRD"), "storing")).toMatchObject({ code: "IO", message: "storing: EWEIRD: as the system puts it" });
    expect(networkFault(systemError("CERT_HAS_EXPIRED"), "asking")).toMatchObject({ code: "TLS" });
    const known = new HostError("DISK_FULL", "full");
    expect(diskFault(known, "storing")).toBe(known);
  });

  it("never tells of folders held open, but of the file people know", () => {
    expect(diskFault(systemError("ELOOP", "/proc/self/fd/22/x"), "opening").message).not.toContain("/proc");
    const named = errorOf(systemError("ENOENT", "/proc/self/fd/22/x"), "/srv/album/x");
    expect(diskFault(named, "opening").message).toBe("/srv/album/x: there is no such file or folder");
    expect(errorOf(new HostError("FILE_UNSAFE", "it is a link"), "/srv/x")).toMatchObject({
      code: "FILE_UNSAFE",
      message: "/srv/x: it is a link",
    });
  });
});
