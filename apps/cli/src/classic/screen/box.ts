/**
 * What the full-screen programs have in common: the box around everything.
 * @module
 */
import type { Frame } from "./frame.ts";

/** Draws `|` and `-` around the frame; `drawRow` fills each row between the sides before its right one is drawn. */
export function drawBox(frame: Frame, drawRow: (row: number) => void): void {
  const line = ` ${"-".repeat(Math.max(0, frame.columns - 2))} `;
  for (let row = 0; row < frame.rows; row++) {
    if (row === 0 || row === frame.rows - 1) {
      frame.put(row, 0, line);
      continue;
    }
    frame.put(row, 0, "|");
    drawRow(row);
    frame.put(row, frame.columns - 1, "|");
  }
}
