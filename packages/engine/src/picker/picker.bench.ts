// What does a choice cost, from a thousand pieces to two million? Budget: 2 µs for a `have`, 10 µs for a pick from a peer that has much,
// whatever the size; where little or nothing is found, 2 ns more for each eight pieces; and 20 ns a piece for a peer that joins: 76,000 blocks a second are 4,700 pieces of 256 KiB.
import { Bitfield } from "@bittern/protocol/base";
import { seededRandom } from "@bittern/protocol/fuzz";
import { bench, describe } from "vitest";
import { PiecePicker } from "./picker.ts";

const PEERS = 50;

/** A swarm in the middle of its work: fifty peers with a random half each, and three seeds. */
function busyPicker(pieceCount: number): { picker: PiecePicker; fields: Bitfield[] } {
  const random = seededRandom(1);
  const picker = new PiecePicker({ pieceCount, random });
  const fields: Bitfield[] = [];
  for (let peer = 0; peer < PEERS; peer++) {
    const field = new Bitfield(pieceCount);
    for (let piece = 0; piece < pieceCount; piece++) if ((random.u32() & 1) === 0) field.add(piece);
    fields.push(field);
    picker.peerJoined(field);
  }
  for (let seed = 0; seed < 3; seed++) picker.peerJoined(Bitfield.full(pieceCount));
  picker.pickNew(Bitfield.full(pieceCount), { rarestFirst: true });
  return { picker, fields };
}

for (const pieceCount of [1_000, 30_000, 1_000_000, 2_000_000]) {
  describe(`${pieceCount.toLocaleString("en")} pieces`, () => {
    const { picker, fields } = busyPicker(pieceCount);
    const full = Bitfield.full(pieceCount);
    const random = seededRandom(2);
    const few = new Bitfield(pieceCount);
    for (let count = 0; count < 5; count++) few.add(random.u32() % pieceCount);
    const barren = fields[0]?.copy() as Bitfield;
    const worked = busyPicker(pieceCount).picker;
    for (const piece of barren) worked.markStarted(piece);
    const none = new Bitfield(pieceCount);
    let turn = 0;

    bench("one more peer has a piece, and one less", () => {
      const piece = random.u32() % pieceCount;
      picker.peerHas(piece);
      picker.peerLost(piece, none);
    });
    bench("a pick from a seed, begun and dropped", () => {
      const piece = picker.pickNew(full, { rarestFirst: true }) as number;
      picker.markStarted(piece);
      picker.markStopped(piece);
    });
    bench("a pick from a peer with half of the pieces", () => {
      picker.pickNew(fields[turn++ % PEERS] as Bitfield, { rarestFirst: true });
    });
    bench("a pick from a peer with five pieces", () => {
      picker.pickNew(few, { rarestFirst: true });
    });
    bench("a pick that finds nothing", () => {
      worked.pickNew(barren, { rarestFirst: true });
    });
    bench("a pick in order", () => {
      picker.pickNew(full, { rarestFirst: true, sequential: true });
    });
    bench("a seed joins and leaves", () => {
      picker.peerJoined(full);
      picker.peerLeft(full);
    });
    bench(
      "a peer with half of the pieces joins and leaves",
      () => {
        picker.peerJoined(barren);
        picker.peerLeft(barren);
      },
      pieceCount > 100_000 ? { iterations: 5, time: 100 } : {},
    );
  });
}
