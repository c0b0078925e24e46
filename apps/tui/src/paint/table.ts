/**
 * Columns side by side: those that fit, the first of them as wide as the rest leaves.
 * @module
 */
import { fit, pad, type TableColumn } from "@bittern/faces";

/** A column that is shown: where it stands in the cells, and how wide it is. */
export interface PlacedColumn {
  readonly at: number;
  readonly width: number;
  readonly column: TableColumn;
}

/** Leaves out the columns of the highest rank until the others fit into `width`, one space between. */
export function placeColumns(columns: readonly TableColumn[], width: number): readonly PlacedColumn[] {
  let kept = columns.map((column, at) => ({ column, at }));
  const needed = (): number => kept.reduce((sum, { column }) => sum + column.width + 1, -1);
  while (kept.length > 1 && needed() > width) {
    const worst = kept.reduce((one, other) => (other.column.rank >= one.column.rank ? other : one));
    if (worst.column.grows === true) break;
    kept = kept.filter((one) => one !== worst);
  }
  const spare = Math.max(0, width - needed());
  return kept.map(({ column, at }) => ({ at, column, width: column.grows === true ? column.width + spare : column.width }));
}

/** One cell, exactly as wide as its column. */
export function cellText(text: string, { width, column }: PlacedColumn): string {
  return pad(fit(text, width), width, column.align === "right" ? "right" : "left");
}
