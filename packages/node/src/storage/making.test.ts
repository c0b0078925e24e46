import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Making, splitToMake } from "./making.ts";

const filesUpTo = (count: number): number[] => Array.from({ length: count }, (_, file) => file);
const FILES = filesUpTo(200);

describe("splitToMake", () => {
  it("makes few files at once", () => {
    const facts = { lengthOf: () => 7, isMade: () => false };
    expect(splitToMake(FILES.slice(0, 64), facts)).toEqual({ now: FILES.slice(0, 64), later: [] });
  });

  it("lets new files wait beyond those that stay open, but not empty ones nor what lies there already", () => {
    const facts = { lengthOf: (file: number) => (file === 150 ? 0 : 7), isMade: (file: number) => file >= 190 };
    const { now, later } = splitToMake(FILES, facts);
    expect(now).toEqual([...FILES.slice(0, 64), 150, ...FILES.slice(190)]);
    expect(later).toEqual(FILES.slice(64, 190).filter((file) => file !== 150));
  });
});

describe("Making", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("leaves a transfer to itself first, then makes lot by lot", () => {
    const lots: (readonly number[])[] = [];
    new Making((files, made) => {
      lots.push(files);
      made(true);
    }).begin(filesUpTo(600));
    vi.advanceTimersByTime(999);
    expect(lots).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(lots.map((lot) => lot.length)).toEqual([256, 256, 88]);
    expect(lots.flat()).toEqual(filesUpTo(600));
  });

  it("ends with the store, and where a file cannot be made", () => {
    let count = 0;
    const making = new Making((_files, made) => made(++count > 9));
    making.begin(FILES);
    vi.advanceTimersByTime(5000);
    expect(count).toBe(1);
    making.begin(FILES);
    making.end();
    vi.advanceTimersByTime(5000);
    expect(count).toBe(1);
  });
});
