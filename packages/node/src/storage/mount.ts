/**
 * A disk of its own for a test, where the test may mount one.
 * @module
 */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";

/** False where we may not; the test is then counted as skipped. */
export function mountTmpfs(path: string, size: string): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  mkdirSync(path, { recursive: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path]);
    return true;
  } catch {
    return false;
  }
}
