/**
 * The lines `btlaunchmany` prints each second: one for each torrent, one for all of them.
 * @module
 */
import { printable } from "@bittern/faces";
import type { ClassicLaunchMessages } from "../../messages/classic/words.ts";
import { sizeWords } from "../words.ts";
import type { LaunchRow } from "./view.ts";

export function launchLines(rows: readonly LaunchRow[], words: ClassicLaunchMessages): readonly string[] {
  const lines = rows.map((row) => {
    const name = printable(row.name);
    if (row.retry !== undefined) return `${name}: ${words.retry(row.retry.tries, row.retry.seconds)}`;
    return `${name}: ${figures(row, words)} [${printable(row.status)}]`;
  });
  return [...lines, `${words.all}: ${figures(totalOf(rows), words)}`];
}

type Figures = Pick<LaunchRow, "upRate" | "downRate" | "uploaded" | "downloaded">;

function figures({ upRate, downRate, uploaded, downloaded }: Figures, { speed, total }: ClassicLaunchMessages): string {
  return `${speed}: ${sizeWords(upRate)}/${sizeWords(downRate)} ${total}: ${sizeWords(uploaded)}/${sizeWords(downloaded)}`;
}

export function totalOf(rows: readonly LaunchRow[]): Figures {
  const total = { upRate: 0, downRate: 0, uploaded: 0, downloaded: 0 };
  for (const row of rows) {
    total.upRate += row.upRate;
    total.downRate += row.downRate;
    total.uploaded += row.uploaded;
    total.downloaded += row.downloaded;
  }
  return total;
}
