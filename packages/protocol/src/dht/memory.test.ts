import { describe, expect, it } from "vitest";
import { concatBytes } from "../base/index.ts";
import { encode } from "../bencode/index.ts";
import { encodeContacts } from "./contact.ts";
import { decodeMemory, encodeMemory } from "./memory.ts";

const contactsOf = (family: 4 | 6, count: number) =>
  Array.from({ length: count }, (_, at) => ({
    id: new Uint8Array(20).fill(at),
    endpoint: { address: family === 4 ? `45.0.${at >> 8}.${at & 255}` : `2001:db8::${(at + 1).toString(16)}`, port: 6881 },
  }));

describe("The record of a node", () => {
  it("holds three hundred nodes of a family, written and read", () => {
    const written = encodeMemory({ ids: {}, contacts: [...contactsOf(4, 301), ...contactsOf(6, 300)] });
    const { contacts } = decodeMemory(written);
    expect(contacts.filter(({ endpoint }) => endpoint.address.includes(":"))).toHaveLength(300);
    expect(contacts).toHaveLength(600);
    const longer = encode({ nodes: concatBytes([encodeContacts(contactsOf(4, 300), 4), encodeContacts(contactsOf(4, 5), 4)]) });
    expect(decodeMemory(longer).contacts).toHaveLength(300);
  });
});
