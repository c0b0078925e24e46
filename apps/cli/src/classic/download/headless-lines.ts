/**
 * The block of fields that `btdownloadheadless` prints.
 * @module
 */
import { printable } from "@bittern/faces";
import type { ClassicDownloadMessages } from "../../messages/classic/words.ts";
import { megabyteWords, rateWords, timeLeftWords, totalWords } from "../words.ts";
import { spewLines } from "./spew-lines.ts";
import type { DownloadView } from "./view.ts";

/** Of the labels as they were; longer ones of another language make more room. */
const LABEL_WIDTH = 16;

/** With the empty lines before it, without a line feed at its end. */
export function headlessBlock(view: DownloadView, words: ClassicDownloadMessages): string {
  const { fields } = words;
  const lines = ["", ""];
  for (const error of view.errors) lines.push(words.error, printable(error.text), "");
  const width = Math.max(LABEL_WIDTH, ...Object.values(fields).map((label) => label.length + 2));
  const facts: readonly (readonly [label: string, value: string])[] = [
    [fields.saving, `${printable(view.name)} (${megabyteWords(view.byteLength)})`],
    [fields.percentDone, percentWords(view)],
    [fields.timeLeft, timeWords(view, words)],
    [fields.downloadTo, printable(view.target)],
    ...rateFacts(view, fields),
  ];
  lines.push(...facts.map(([label, value]) => `${label}:`.padEnd(width) + value));
  if (view.peers !== undefined && view.peers.length > 0) lines.push("", ...spewLines(view.peers));
  return lines.join("\n");
}

function rateFacts(
  { state, downRate, downTotal, upRate, upTotal }: DownloadView,
  fields: ClassicDownloadMessages["fields"],
): readonly (readonly [string, string])[] {
  switch (state.type) {
    case "metadata":
    case "checking":
    case "failed":
      return [];
    case "complete":
      return [
        [fields.uploadRate, rateWords(upRate)],
        [fields.uploadTotal, totalWords(upTotal)],
      ];
    case "connecting":
    case "downloading":
      return [
        [fields.downloadRate, rateWords(downRate)],
        [fields.uploadRate, rateWords(upRate)],
        [fields.downloadTotal, totalWords(downTotal)],
        [fields.uploadTotal, totalWords(upTotal)],
      ];
  }
}

/** Cut, not rounded: 100 is only said of what is whole. */
function percentWords({ state }: DownloadView): string {
  if (state.type === "complete") return "100";
  return state.type === "failed" ? "0" : (Math.floor(state.fraction * 1000) / 10).toFixed(1);
}

function timeWords({ state }: DownloadView, words: ClassicDownloadMessages): string {
  switch (state.type) {
    case "metadata":
    case "checking":
    case "connecting":
      return words.activities[state.type];
    case "downloading":
      return timeLeftWords(state.secondsLeft, words.time);
    case "complete":
      return words.succeeded;
    case "failed":
      return words.failed;
  }
}
