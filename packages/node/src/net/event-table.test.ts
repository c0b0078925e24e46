import { describe, expect, it } from "vitest";
import { EventTable, eventLayout, NamePlace } from "./event-table.ts";

/** Hands out numbers for places, and what lies there. */
class Memory {
  bytes = new Uint8Array();
  readonly addressOf = (memory: Uint8Array<ArrayBuffer>): bigint => {
    this.bytes = memory;
    return 0x1000n;
  };
}

function named(bytes: readonly number[]): NamePlace {
  const memory = new Memory();
  const name = new NamePlace(memory);
  name.clear();
  memory.bytes.set(bytes);
  return name;
}

describe("EventTable", () => {
  // <sys/epoll.h>: packed on x64 alone.
  it.each([
    { processor: "x64", event: [5, 0, 0, 0, 7, 0, 0, 0, 9, 0, 0, 0] },
    { processor: "arm64", event: [5, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 9, 0, 0, 0] },
  ])("lays an event out as $processor does", ({ processor, event }) => {
    const memory = new Memory();
    const table = new EventTable(memory, 3, eventLayout(processor));
    table.compose(5, 7, 9);
    const at = Number(table.composed - table.address);
    expect(at).toBe(3 * event.length);
    expect([...memory.bytes.subarray(at)]).toEqual(event);
    memory.bytes.set(event, event.length);
    expect([table.flagsOf(1), table.descriptorOf(1), table.numberOf(1)]).toEqual([5, 7, 9]);
    expect([table.flagsOf(0), table.flagsOf(2)]).toEqual([0, 0]);
  });
});

describe("NamePlace", () => {
  it("reads an IPv4 name", () => {
    expect(named([2, 0, 0x1a, 0xe1, 192, 0, 2, 255]).endpoint()).toEqual({ address: "192.0.2.255", port: 6881 });
  });

  it("reads an IPv6 name, without its zone", () => {
    const bytes = [10, 0, 0x1a, 0xe1, 9, 9, 9, 9, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 0, 0, 0];
    expect(named(bytes).endpoint()).toEqual({ address: "fe80::1", port: 6881 });
  });

  it("reads an IPv4-mapped name as the IPv4 address that it is", () => {
    const bytes = [10, 0, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1, 0, 0, 0, 0];
    expect(named(bytes).endpoint()).toEqual({ address: "127.0.0.1", port: 80 });
  });

  it("knows no other kinds", () => {
    expect(named([1, 0, 0, 80]).endpoint()).toBeUndefined();
  });

  it("says how much room there is", () => {
    const memory = new Memory();
    const name = new NamePlace(memory);
    name.clear();
    expect(Number(name.lengthAddress - name.address)).toBe(28);
    expect([...memory.bytes.subarray(28)]).toEqual([28, 0, 0, 0]);
  });
});
