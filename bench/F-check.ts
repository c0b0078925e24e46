/**
 * F. Data that is already there: from the start of the process until every piece has been hashed.
 * @module
 */

import { libtorrent } from "../interop/peers/libtorrent.ts";
import type { ForeignClient } from "../interop/peers/peer.ts";
import { type Bench, compare } from "./bench.ts";
import { bitternClient, bitternCommand } from "./bittern.ts";
import { type Content, makeContent } from "./content.ts";
import { Field } from "./field.ts";
import type { Contender } from "./figures.ts";
import { type Cost, run } from "./measure.ts";
import { openLoopback } from "./network.ts";

const MIB = 1024 ** 2;

type Figure = "seconds" | "cpuSeconds" | "resident" | "anonymous";

export const bench: Bench = {
  question: "A full check of 1 GiB, warm, from process start: at most 0.6 x libtorrent?",
  run: async (options) => {
    const field = new Field({ folder: options.folder, network: await openLoopback(1) });
    try {
      const content = await makeContent(options.folder, { name: "gibibyte", fileLength: 1024 * MIB, pieceLength: MIB }, field.announceUrl);
      const contenders: readonly Contender<Figure>[] = [
        checker("libtorrent", field, content, libtorrent),
        checker("bittern get, data in place", field, content, bitternClient(options)),
        {
          name: "bittern verify",
          run: async () => {
            const command = bitternCommand(["verify", content.torrent, content.folder, "--quiet"], options.profileFolder);
            const cost = await run(command);
            return figuresOf(cost.wallSeconds, cost);
          },
        },
      ];
      return await compare(options, contenders, [
        { figure: "seconds", title: "s", digits: 2 },
        { figure: "cpuSeconds", title: "CPU s", digits: 2 },
        { figure: "resident", title: "RSS MiB", digits: 0 },
        { figure: "anonymous", title: "anon. MiB", digits: 0 },
      ]);
    } finally {
      await field.close();
    }
  },
};

/** A client that is to fetch what lies there already. */
function checker(name: string, field: Field, content: Content, client: ForeignClient): Contender<Figure> {
  const run = async (): Promise<Record<Figure, number>> => {
    const place = field.place(0);
    const where = { lab: field.ground(place), address: place.address, port: field.nextPort() };
    const startedAt = performance.now();
    try {
      const program = await client.fetch({ ...where, torrent: content.torrent, folder: content.folder });
      await program.says(client.completes as RegExp);
      const seconds = (performance.now() - startedAt) / 1000;
      await field.stop(program);
      return figuresOf(seconds, await program.ended());
    } finally {
      await field.stop();
    }
  };
  return { name, run };
}

function figuresOf(seconds: number, { cpuSeconds, residentPeak, anonymousPeak }: Cost): Record<Figure, number> {
  return { seconds, cpuSeconds, resident: residentPeak / MIB, anonymous: anonymousPeak / MIB };
}
