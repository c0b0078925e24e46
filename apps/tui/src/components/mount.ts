/**
 * Ink at work: draws what a source shows on a canvas, until it is taken down.
 * @module
 */
import { render } from "ink";
import { createElement } from "react";
import type { Canvas } from "../canvas.ts";
import { type FrameSource, LiveScreen } from "./screen.ts";

/** Answers how to take it down. */
export function mount(source: FrameSource, canvas: Canvas, hasColours: boolean): () => void {
  const ink = render(createElement(LiveScreen, { source, hasColours }), {
    stdout: canvas.stream,
    // Whole frames, as soon as they are there: the canvas finds the difference.
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  return () => ink.unmount();
}
