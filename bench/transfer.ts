/**
 * The benches from one seeder to one downloader over loopback: A, B, D and S differ in content and contenders only.
 * @module
 */
import { aria2 } from "../interop/peers/aria2.ts";
import { libtorrent } from "../interop/peers/libtorrent.ts";
import type { ForeignClient } from "../interop/peers/peer.ts";
import { webtorrent } from "../interop/peers/webtorrent.ts";
import { bareClient } from "./bare.ts";
import { type BenchOptions, compare } from "./bench.ts";
import { bitternClient } from "./bittern.ts";
import { makeContent, type Shape } from "./content.ts";
import { Field } from "./field.ts";
import type { Column } from "./figures.ts";
import { openLoopback } from "./network.ts";
import { race, TRANSFER_COLUMNS, type TransferFigure, transferFigures } from "./race.ts";

export interface TransferBench {
  readonly shape: Shape;
  /** `seeder>downloader`, by the names of the clients; where there is another build, it runs ours again with it. */
  readonly pairs: readonly string[];
  readonly columns?: readonly Column<TransferFigure>[];
}

export async function benchTransfers(options: BenchOptions, { shape, pairs, columns = TRANSFER_COLUMNS }: TransferBench): Promise<string> {
  const field = new Field({ folder: options.folder, network: await openLoopback(2) });
  try {
    const content = await makeContent(options.folder, shape, field.announceUrl);
    const clients = [bitternClient(options), libtorrent, aria2, webtorrent, bareClient];
    if (options.other !== undefined) clients.push(bitternClient({ name: "other", bin: options.other }));
    const others =
      options.other === undefined
        ? []
        : pairs.filter((pair) => pair.includes("bittern")).map((pair) => pair.replaceAll("bittern", "other"));
    const contenders = [...pairs, ...others].map((name) => {
      const [seeder, client] = name.split(">").map((part) => clients.find((known) => known.name === part)) as [
        ForeignClient,
        ForeignClient,
      ];
      const run = async (): Promise<Record<TransferFigure, number>> =>
        transferFigures(await race({ field, content, seeder, fetchers: [{ client }], tellsSeeder: true }), content.byteLength);
      return { name, run };
    });
    return await compare(options, contenders, columns);
  } finally {
    await field.close();
  }
}
