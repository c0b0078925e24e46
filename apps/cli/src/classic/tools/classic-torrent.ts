/**
 * A torrent made with the progress shown as the classic makers show it.
 * @module
 */
import { stat } from "node:fs/promises";
import { type CreateOptions, createTorrent, type Metainfo } from "@bittern/client";
import type { ClassicToolMessages } from "../../messages/classic/words.ts";

/** Tells `nn.n% complete` on standard output, each over the last. */
export async function classicTorrent(path: string, options: CreateOptions, { done }: ClassicToolMessages): Promise<Metainfo> {
  // Better a word about the file than one about the command line.
  await stat(path);
  let shown = "";
  const show = (fraction: number): void => {
    const line = done((fraction * 100).toFixed(1));
    if (line !== shown) process.stdout.write(`${line}\r`);
    shown = line;
  };
  // A small file is hashed before anybody could tell how far it is.
  show(0);
  const torrent = await createTorrent(path, {
    version: "v1",
    likeMainline: true,
    onProgress: (hashed, total) => show(total === 0 ? 1 : hashed / total),
    ...options,
  });
  show(1);
  process.stdout.write("\n");
  return torrent;
}
