/**
 * A torrent made with the progress shown as the classic makers show it.
 * @module
 */
import { stat } from "node:fs/promises";
import { type CreateOptions, createTorrent, type Metainfo } from "@bittern/client";

/** Tells `nn.n% complete` on standard output, each over the last. */
export async function classicTorrent(path: string, options: CreateOptions): Promise<Metainfo> {
  // Better a word about the file than one about the command line.
  await stat(path);
  let shown = "";
  const show = (fraction: number): void => {
    const line = `${(fraction * 100).toFixed(1)}% complete`;
    if (line !== shown) process.stdout.write(`${line}\r`);
    shown = line;
  };
  // A small file is hashed before anybody could tell how far it is.
  show(0);
  const torrent = await createTorrent(path, {
    version: "v1",
    likeMainline: true,
    onProgress: (done, total) => show(total === 0 ? 1 : done / total),
    ...options,
  });
  show(1);
  process.stdout.write("\n");
  return torrent;
}
