/**
 * The keys that move, in every list and text: by lines, by pages, to the ends.
 * @module
 */

/** Where a key of movement leads; `undefined` for other keys. */
export function movedBy(key: string, page: number, at: number, count: number): number | undefined {
  const last = Math.max(0, count - 1);
  const steps: Readonly<Record<string, number>> = {
    up: -1,
    k: -1,
    down: 1,
    j: 1,
    pageup: -page,
    pagedown: page,
    "ctrl+b": -page,
    "ctrl+f": page,
  };
  if (key === "home" || key === "g") return 0;
  if (key === "end" || key === "G") return last;
  const step = steps[key];
  return step === undefined ? undefined : Math.max(0, Math.min(last, at + step));
}
