/**
 * The full-screen readout of `btdownloadcurses`: a box, labels in column 2, what they say from column 12 on.
 * @module
 */
import { printable } from "@bittern/faces";
import type { ClassicDownloadMessages } from "../../messages/classic/words.ts";
import { drawBox } from "../screen/box.ts";
import { Frame, type FrameSize } from "../screen/frame.ts";
import { clockWords, groupedDigits, sizeWords } from "../words.ts";
import { spewLines } from "./spew-lines.ts";
import type { DownloadView } from "./view.ts";

const LABEL_COLUMN = 2;
const VALUE_COLUMN = 12;
/** The box takes one row above and one below. */
const BORDER = 1;

export interface CursesView extends DownloadView {
  readonly isShuttingDown: boolean;
}

export function cursesFrame(view: CursesView, size: FrameSize, words: ClassicDownloadMessages): Frame {
  const frame = new Frame(size);
  const end = size.columns - LABEL_COLUMN;
  const fields = fieldsOf(view, Math.max(0, end - VALUE_COLUMN), words);
  drawBox(frame, (row) => {
    const field = fields[row - BORDER];
    if (field === undefined) return;
    frame.put(row, LABEL_COLUMN, field.label, { end });
    frame.put(row, VALUE_COLUMN, field.value, { end, isBold: field.label === words.labels.file });
  });
  return frame;
}

interface Field {
  readonly label: string;
  readonly value: string;
}

function fieldsOf(view: CursesView, width: number, words: ClassicDownloadMessages): readonly Field[] {
  const { labels } = words;
  const { state } = view;
  const errors = view.errors.toReversed().map(({ time, text }) => `[${time}] ${printable(text)}`);
  // What is complete takes nothing any more; before that there are two ways, also while nobody sends.
  const down = state.type === "complete" ? undefined : { rate: view.downRate, total: view.downTotal };
  const fields: Field[] = [
    { label: labels.file, value: printable(view.name) },
    { label: labels.size, value: `${groupedDigits(view.byteLength)} (${sizeWords(view.byteLength)})` },
    { label: labels.dest, value: printable(view.target) },
    { label: labels.progress, value: progressBar(fractionOf(view), width) },
    { label: labels.status, value: view.isShuttingDown ? words.shuttingDown : statusWords(view, words) },
    { label: labels.speed, value: both(down?.rate, view.upRate, "/s", words) },
    { label: labels.totals, value: both(down?.total, view.upTotal, "", words) },
    { label: labels.errors, value: errors[0] ?? "" },
    ...errors.slice(1).map((value) => ({ label: "", value })),
  ];
  if (view.peers === undefined) return fields;
  return [...fields, { label: "", value: "" }, ...spewLines(view.peers).map((label) => ({ label, value: "" }))];
}

function fractionOf({ state }: DownloadView): number {
  return state.type === "complete" ? 1 : state.type === "failed" ? 0 : state.fraction;
}

/** `#` for what is there, `_` for what is not. */
function progressBar(fraction: number, width: number): string {
  const filled = Math.floor(Math.min(1, Math.max(0, fraction)) * width);
  return "#".repeat(filled) + "_".repeat(width - filled);
}

function statusWords({ state }: DownloadView, words: ClassicDownloadMessages): string {
  switch (state.type) {
    case "metadata":
      return words.activities.metadata;
    case "checking":
    case "connecting":
      return percentBehind(words.activities[state.type], state.fraction);
    case "downloading":
      return percentBehind(timeWords(state.secondsLeft, words), state.fraction);
    case "complete":
      return words.complete;
    case "failed":
      return words.hasFailed;
  }
}

function timeWords(secondsLeft: number | undefined, { stalled, finishingIn }: ClassicDownloadMessages): string {
  return secondsLeft === undefined ? stalled : finishingIn(clockWords(secondsLeft));
}

function percentBehind(activity: string, fraction: number): string {
  return `${activity} (${(Math.floor(fraction * 1000) / 10).toFixed(1)}%)`;
}

function both(down: number | undefined, up: number, ending: string, words: ClassicDownloadMessages): string {
  const upWords = words.up(sizeWords(up) + ending);
  return down === undefined ? upWords : `${words.down(sizeWords(down) + ending)} - ${upWords}`;
}
