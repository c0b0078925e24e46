/**
 * A table of text: columns as wide as their widest cell, two spaces between.
 * @module
 */
import { displayWidth, pad } from "./text.ts";

export interface Column {
  readonly title: string;
  /** Numbers stand to the right. */
  readonly align?: "left" | "right";
}

/** The lines of the table, its head first; the head is left out when no column has a title. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[]): readonly string[] {
  const hasHead = columns.some((column) => column.title !== "");
  const cells = hasHead ? [columns.map((column) => column.title), ...rows] : rows;
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => displayWidth(row[at] ?? "")), 0));
  return cells.map((row) =>
    columns
      .map((column, at) => pad(row[at] ?? "", widths[at] as number, column.align === "right" ? "right" : "left"))
      .join("  ")
      .trimEnd(),
  );
}

/** `label:  value` lines with the values under each other; a value of several lines is indented. */
export function factLines(facts: readonly (readonly [label: string, value: string])[]): readonly string[] {
  const width = Math.max(...facts.map(([label]) => displayWidth(label)), 0) + 2;
  return facts.map(([label, value]) => `${pad(`${label}:`, width)}${value.replaceAll("\n", `\n${" ".repeat(width)}`)}`);
}
