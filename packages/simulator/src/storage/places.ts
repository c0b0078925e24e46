/**
 * Where the bytes of a stream rest: in a wanted file, in the parts record, or nowhere because they are padding.
 * @module
 */
import type { StoreFile, StorePlan } from "@bittern/host";

/** A run of bytes of the stream that lies in one place. */
export interface Place {
  readonly fileIndex: number;
  readonly file: StoreFile;
  /** In the file. */
  readonly offset: number;
  readonly length: number;
  /** In the run that was asked for. */
  readonly at: number;
}

/** The places of a run of the stream, in order; empty files have none. */
export function placesOf(plan: StorePlan, offset: number, length: number): readonly Place[] {
  const places: Place[] = [];
  plan.files.forEach((file, fileIndex) => {
    const start = Math.max(offset, file.offset);
    const end = Math.min(offset + length, file.offset + file.length);
    if (start < end) places.push({ fileIndex, file, offset: start - file.offset, length: end - start, at: start - offset });
  });
  return places;
}

/** Where a file of the torrent lies. */
export function pathOf(root: string, file: StoreFile): string {
  return [root, ...file.path].join("/");
}

/** Where the parts of unwanted files lie, out of everybody's root. */
export function partsPath({ partsKey }: Pick<StorePlan, "partsKey">): string {
  return `state/parts/${partsKey}`;
}

/** Whether a text may name a record or parts: letters, digits, "-" and ".", the first no ".". */
export function isKey(text: string): boolean {
  return /^[A-Za-z0-9-][A-Za-z0-9.-]*$/.test(text);
}
