/**
 * The lines `btlaunchmany` prints each second: one for each torrent, one for all of them.
 * @module
 */
import { printable } from "@bittern/faces";
import { sizeWords } from "../words.ts";
import type { LaunchRow } from "./view.ts";

export function launchLines(rows: readonly LaunchRow[]): readonly string[] {
  const lines = rows.map((row) => {
    const name = printable(row.name);
    if (row.retry !== undefined) return `${name}: try ${row.retry.tries} died, retry in ${row.retry.seconds}`;
    return `${name}: ${figures(row)} [${printable(row.status)}]`;
  });
  return [...lines, `All: ${figures(totalOf(rows))}`];
}

type Figures = Pick<LaunchRow, "upRate" | "downRate" | "uploaded" | "downloaded">;

function figures({ upRate, downRate, uploaded, downloaded }: Figures): string {
  return `Spd: ${sizeWords(upRate)}/${sizeWords(downRate)} Tot: ${sizeWords(uploaded)}/${sizeWords(downloaded)}`;
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
