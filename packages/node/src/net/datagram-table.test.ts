/** @module */
import { parseAddress } from "@bittern/protocol/address";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DatagramTable, HEADER_LENGTH } from "./datagram-table.ts";
import { type Libc, loadLibc } from "./libc.ts";

const libc = await loadLibc();

/** An address as a system gives it. */
const BASE = 0x7f12_3456_7000n;

/** A table, and the memory it lies in. */
function table(family: 4 | 6, count = 3): { made: DatagramTable; memory: DataView } {
  let memory: DataView | undefined;
  const addressOf = ({ buffer }: Uint8Array<ArrayBuffer>): bigint => {
    memory = new DataView(buffer);
    return BASE;
  };
  const made = new DatagramTable({ addressOf } as unknown as Libc, { family, count, roomLength: 100 });
  return { made, memory: memory as DataView };
}

/** Where a pointer leads, within the memory. */
const follow = (memory: DataView, at: number): number => Number(memory.getBigUint64(at, true) - BASE);

describe("A table of datagrams", () => {
  it.skipIf(libc === undefined)("has headers, parts and names of the sizes that a C compiler gives them", async () => {
    const { default: koffi } = await import("koffi");
    const part = koffi.struct({ base: "void *", length: "size_t" });
    const header = koffi.struct({
      header: koffi.struct({
        name: "void *",
        nameLength: "uint32_t",
        parts: koffi.pointer(part),
        partCount: "size_t",
        control: "void *",
        controlLength: "size_t",
        flags: "int",
      }),
      length: "uint32_t",
    });
    expect(koffi.sizeof(header)).toBe(HEADER_LENGTH);
    expect(koffi.offsetof(header, "length")).toBe(56);
    expect(koffi.sizeof(part)).toBe(16);
  });

  it("points each message at a name, a part and a place of its own", () => {
    for (const family of [4, 6] as const) {
      const { made, memory } = table(family);
      const places: number[] = [];
      for (let message = 0; message < 3; message++) {
        const header = Number(made.addressOf(message) - BASE);
        const name = follow(memory, header);
        expect(memory.getUint32(header + 8, true)).toBe(family === 4 ? 16 : 28);
        expect(memory.getUint16(name, true)).toBe(family === 4 ? 2 : 10);
        expect(memory.getBigUint64(header + 24, true)).toBe(1n);
        const part = follow(memory, header + 16);
        expect(memory.getBigUint64(part + 8, true)).toBe(100n);
        places.push(header, name, part, follow(memory, part));
      }
      expect(new Set(places).size).toBe(places.length);
      expect(places.every((at) => at >= 0 && at % 8 === 0 && at < memory.byteLength)).toBe(true);
    }
  });

  it("keeps every message within its own memory", () => {
    const { made, memory } = table(6);
    const rooms = [0, 1, 2].map((message) => made.view(message, 100));
    for (const [index, room] of rooms.entries()) room.fill(index + 1);
    expect(rooms.map((room) => room.length)).toEqual([100, 100, 100]);
    expect(rooms.map((room) => [...new Set(room)])).toEqual([[1], [2], [3]]);
    expect(follow(memory, follow(memory, 16)) + memory.byteLength).toBeGreaterThan(rooms[2]?.byteOffset ?? 0);
    expect((rooms[2]?.byteOffset ?? 0) + 100).toBeLessThanOrEqual(memory.byteLength);
  });

  it("reads the sender that the system wrote", () => {
    const { made, memory } = table(4);
    const header = Number(made.addressOf(1) - BASE);
    const name = follow(memory, header);
    for (const [at, byte] of [0x1a, 0xe1, 203, 0, 113, 255].entries()) memory.setUint8(name + 2 + at, byte);
    memory.setUint32(header + 56, 98, true);
    memory.setUint32(header + 48, 0x20, true);
    expect(made.portOf(1)).toBe(6881);
    expect(made.ipv4Of(1) >>> 0).toBe(0xcb0071ff);
    expect([...made.addressBytesOf(1)]).toEqual([203, 0, 113, 255]);
    expect(made.lengthOf(1)).toBe(98);
    expect([0, 1, 2].map((message) => made.isCut(message))).toEqual([false, true, false]);
  });

  it("gives back what was put, whatever stood there before", () => {
    const four = table(4).made;
    const six = table(6).made;
    const other = table(6, 5).made;
    const port = fc.integer({ min: 0, max: 65_535 });
    const message = fc.integer({ min: 0, max: 2 });
    const bytes = fc.uint8Array({ maxLength: 100 });
    fc.assert(
      fc.property(message, fc.integer(), port, bytes, fc.uint8Array({ minLength: 16, maxLength: 16 }), (at, ipv4, to, content, ipv6) => {
        four.put(at, content);
        four.addressToIpv4(at, ipv4, to);
        expect([four.ipv4Of(at), four.portOf(at), ...four.bytesOf(at)]).toEqual([ipv4, to, ...content]);
        other.addressTo(4, ipv6, to);
        six.addressAs(at, other, 4);
        expect([six.portOf(at), ...six.addressBytesOf(at)]).toEqual([to, ...ipv6]);
      }),
    );
    four.addressTo(0, parseAddress("192.0.2.7") as Uint8Array, 80);
    expect([...four.addressBytesOf(0)]).toEqual([192, 0, 2, 7]);
  });

  it("takes nothing longer than its places", () => {
    expect(() => table(4).made.put(0, new Uint8Array(101))).toThrow(/fits/);
  });
});

describe("The C library", () => {
  it("is asked for once", async () => {
    expect(await loadLibc()).toBe(await loadLibc());
  });
});
