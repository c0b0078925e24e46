import { describe, expect, it } from "vitest";
import { fromLatin1, latin1 } from "../base/index.ts";
import { clientName, makePeerId, PEER_ID_PREFIX, VERSION } from "./index.ts";

const counting = () => {
  let next = 0;
  return { u32: () => next++ * 7919 };
};

describe("our peer id", () => {
  it("begins with our letters and the version", () => {
    const [major, minor, patch] = VERSION.split(".");
    expect(PEER_ID_PREFIX).toBe(`-BY${major}${minor}${patch}0-`);
    expect(latin1(makePeerId(PEER_ID_PREFIX, counting()))).toMatch(/^-BY0100-[0-9A-Za-z]{12}$/);
  });

  it("differs from one throw of the dice to the next", () => {
    const random = counting();
    expect(makePeerId(PEER_ID_PREFIX, random)).not.toEqual(makePeerId(PEER_ID_PREFIX, random));
  });
});

describe("the client's name", () => {
  it.each([
    ["-BY0100-abcdefghijkl", "Bittern 0.1.0"],
    ["-qB4520-abcdefghijkl", "qBittorrent 4.5.2"],
    ["-TR3000-abcdefghijkl", "Transmission 3.00"],
    ["-LT20B0-abcdefghijkl", "libtorrent 2.0.11"],
    ["-lt0D80-abcdefghijkl", "rTorrent 0.13.8"],
    ["-TR2940-abcdefghijkl", "Transmission 2.94"],
    ["-TR4060-abcdefghijkl", "Transmission 4.0.6"],
    ["-TR410B-abcdefghijkl", "Transmission 4.1.0"],
    ["-UT355S-abcdefghijkl", "µTorrent 3.5.5"],
    ["-UT341\u0000-abcdefghijkl", "µTorrent 3.4.1"],
    ["-UW1110Qabcdefghijkl", "µTorrent Web 1.1.1"],
    ["-BC0105-abcdefghijkl", "BitComet 1.05"],
    ["-BL246326abcdefghijk", "BitLord 2.4.6"],
    ["-FD51R\u00ff-abcdefghijkl", "Free Download Manager 5.1.27"],
    ["-FD51@\u00ff-abcdefghijkl", "Free Download Manager 5.1"],
    ["FD6k4SYy9BOU4U4rk3-J", "Free Download Manager 6"],
    ["TIX0193-abcdefghijkl", "Tixati"],
    ["-Lr10X0-abcdefghijkl", "LibreTorrent 1.0.33"],
    ["-WW0208-abcdefghijkl", "WebTorrent 2.8"],
    ["-DE211s-abcdefghijkl", "Deluge 2.1.1"],
    ["-ZQ1230-abcdefghijkl", "ZQ 1.2.3"],
    ["A2-1-36-0-abcdefghij", "aria2 1.36.0"],
    ["M3-4-2--abcdefghijkl", "BitTorrent 3.4.2"],
    ["M4-20-8-abcdefghijkl", "BitTorrent 4.20.8"],
    ["Q1-10-0-abcdefghijkl", "Queen Bee 1.10.0"],
    ["T03I-----bcdefghijkl", "BitTornado 0.3.18"],
    ["S58B-----bcdefghijkl", "Shadow's client 5.8.11"],
    ["-ML2.7.2-kgjjfkdxxxx", "MLDonkey 2.7.2"],
    ["XBT054d-abcdefghijkl", "XBT Client 0.5.4"],
    ["-FG0180abcdefghijklm", "FlashGet 0.1.8"],
    ["exbc\u0001\u0002LORDabcdefghij", "BitLord"],
    ["exbc\u0001\u0002abcdefghijklmn", "BitComet"],
    ["AZ2500BTabcdefghijkl", "BitTyrant"],
    ["\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000", "unknown"],
    ["", "unknown"],
    ["-<b>123-", "unknown"],
  ])("of %j is %s", (id, name) => {
    expect(clientName(fromLatin1(id))).toBe(name);
  });
});
