/**
 * Ink at work: draws what changes on a canvas, until it is taken down.
 * @module
 */
import { render } from "ink";
import { createElement } from "react";
import type { Canvas } from "../canvas.ts";
import type { Changes } from "../changes.ts";
import { LiveScreen } from "./screen.ts";

/** Answers how to take it down. */
export function mount(changes: Changes, canvas: Canvas, hasColours: boolean): () => void {
  const ink = render(createElement(LiveScreen, { changes, hasColours }), {
    stdout: canvas.stream,
    // All it has, as soon as it is there: the canvas puts each line into its place.
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  return () => ink.unmount();
}
