/**
 * The full-screen readout of `btdownloadcurses`: a box, labels in column 2, what they say from column 12 on.
 * @module
 */
import { printable } from "@bittern/faces";
import { drawBox, statusLineWords } from "../screen/box.ts";
import { Frame, type FrameSize } from "../screen/frame.ts";
import { clockWords, groupedDigits, sizeWords } from "../words.ts";
import { spewLines } from "./spew-lines.ts";
import { ACTIVITIES, type DownloadView } from "./view.ts";

const LABEL_COLUMN = 2;
const VALUE_COLUMN = 12;
/** The box takes one row above and one below. */
const BORDER = 1;

export interface CursesView extends DownloadView {
  readonly isShuttingDown: boolean;
}

export function cursesFrame(view: CursesView, size: FrameSize): Frame {
  const frame = new Frame(size);
  const end = size.columns - LABEL_COLUMN;
  const fields = fieldsOf(view, Math.max(0, end - VALUE_COLUMN));
  drawBox(frame, (row) => {
    const field = fields[row - BORDER];
    if (field === undefined) return;
    frame.put(row, LABEL_COLUMN, field.label, { end });
    frame.put(row, VALUE_COLUMN, field.value, { end, isBold: field.label === "file:" });
  });
  return frame;
}

interface Field {
  readonly label: string;
  readonly value: string;
}

function fieldsOf(view: CursesView, width: number): readonly Field[] {
  const { state } = view;
  const isRunning = state.type === "downloading";
  const errors = view.errors.toReversed().map(({ time, text }) => `[${time}] ${printable(text)}`);
  const down = isRunning ? { rate: state.downRate, total: state.downTotal } : undefined;
  const fields: Field[] = [
    { label: "file:", value: printable(view.name) },
    { label: "size:", value: `${groupedDigits(view.byteLength)} (${sizeWords(view.byteLength)})` },
    { label: "dest:", value: printable(view.target) },
    { label: "progress:", value: progressBar(fractionOf(view), width) },
    { label: "status:", value: view.isShuttingDown ? "shutting down..." : statusWords(view) },
    { label: "speed:", value: both(down?.rate, view.upRate, "/s") },
    { label: "totals:", value: both(down?.total, view.upTotal, "") },
    { label: "error(s):", value: errors[0] ?? "" },
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

function statusWords({ state }: DownloadView): string {
  switch (state.type) {
    case "checking":
    case "connecting":
      return percentBehind(ACTIVITIES[state.type], state.fraction);
    case "downloading":
      return percentBehind(timeWords(state.secondsLeft), state.fraction);
    case "complete":
      return statusLineWords.complete;
    case "failed":
      return "download failed!";
  }
}

function timeWords(secondsLeft: number | undefined): string {
  return secondsLeft === undefined ? statusLineWords.stalled : `finishing in ${clockWords(secondsLeft)}`;
}

function percentBehind(activity: string, fraction: number): string {
  return `${activity} (${(Math.floor(fraction * 1000) / 10).toFixed(1)}%)`;
}

function both(down: number | undefined, up: number, ending: string): string {
  const upWords = `${sizeWords(up)}${ending} up`;
  return down === undefined ? upWords : `${sizeWords(down)}${ending} down - ${upWords}`;
}
