/**
 * The block of fields that `btdownloadheadless` prints.
 * @module
 */
import { printable } from "@bittern/faces";
import { megabyteWords, rateWords, timeLeftWords, totalWords } from "../words.ts";
import { spewLines } from "./spew-lines.ts";
import { ACTIVITIES, type DownloadView } from "./view.ts";

const LABEL_WIDTH = 16;

/** With the empty lines before it, without a line feed at its end. */
export function headlessBlock(view: DownloadView): string {
  const lines = ["", ""];
  for (const error of view.errors) lines.push("ERROR:", printable(error.text), "");
  lines.push(
    field("saving", `${printable(view.name)} (${megabyteWords(view.byteLength)})`),
    field("percent done", percentWords(view)),
    field("time left", timeWords(view)),
    field("download to", printable(view.target)),
    ...rateFields(view),
  );
  if (view.peers !== undefined && view.peers.length > 0) lines.push("", ...spewLines(view.peers));
  return lines.join("\n");
}

function rateFields({ state, upRate, upTotal }: DownloadView): readonly string[] {
  switch (state.type) {
    case "checking":
    case "connecting":
    case "failed":
      return [];
    case "complete":
      return [field("upload rate", rateWords(upRate)), field("upload total", totalWords(upTotal))];
    case "downloading":
      return [
        field("download rate", rateWords(state.downRate)),
        field("upload rate", rateWords(upRate)),
        field("download total", totalWords(state.downTotal)),
        field("upload total", totalWords(upTotal)),
      ];
  }
}

/** Cut, not rounded: 100 is only said of what is whole. */
function percentWords({ state }: DownloadView): string {
  if (state.type === "complete") return "100";
  return state.type === "failed" ? "0" : (Math.floor(state.fraction * 1000) / 10).toFixed(1);
}

function timeWords({ state }: DownloadView): string {
  switch (state.type) {
    case "checking":
    case "connecting":
      return ACTIVITIES[state.type];
    case "downloading":
      return timeLeftWords(state.secondsLeft);
    case "complete":
      return "Download Succeeded!";
    case "failed":
      return "Download Failed!";
  }
}

function field(label: string, value: string): string {
  return `${label}:`.padEnd(LABEL_WIDTH) + value;
}
