/**
 * Numbers as people read them: binary units with one decimal, rates, durations, percentages.
 * @module
 */
import { KIB } from "@bittern/protocol/base";

const UNITS = ["KiB", "MiB", "GiB", "TiB", "PiB"] as const;
/** What JavaScript counts exactly ends at 8 PiB; anything past the last unit stays in it. */
const LAST_UNIT = UNITS.length - 1;

/** `512 B`, `14.3 MiB`. Below one KiB whole bytes, above one decimal. */
export function formatBytes(byteLength: number): string {
  if (byteLength < KIB) return `${Math.round(byteLength)} B`;
  let amount = byteLength / KIB;
  let unit = 0;
  // 1023.95 would be written as 1024.0: it belongs to the next unit already.
  while (unit < LAST_UNIT && amount >= KIB - 0.05) {
    amount /= KIB;
    unit++;
  }
  return `${amount.toFixed(1)} ${UNITS[unit]}`;
}

/** Bytes of each unit that may be typed; matched without regard to case, because nobody means millibits. */
const TYPED_UNITS: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["b", 1],
  // A letter alone is binary, as for curl, dd and rsync.
  ["k", KIB],
  ["m", KIB ** 2],
  ["g", KIB ** 3],
  ["kb", 1000],
  ["mb", 1000 ** 2],
  ["gb", 1000 ** 3],
  ["kib", KIB],
  ["mib", KIB ** 2],
  ["gib", KIB ** 3],
]);

/** `16384`, `1MiB`, `500 kB`, `1.5M`: bytes, a fraction of one cut off; `undefined` for what is none, `Infinity` for more than can be counted. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d{1,9})?)\s*([a-z]*)$/i.exec(text.trim());
  const unit = match === null ? undefined : TYPED_UNITS.get((match[2] as string).toLowerCase());
  if (match === null || unit === undefined) return undefined;
  const amount = Number(match[1]);
  // Half a byte is a slip of the keyboard.
  if (unit === 1 && !Number.isInteger(amount)) return undefined;
  const byteLength = Math.floor(amount * unit);
  return Number.isSafeInteger(byteLength) ? byteLength : Number.POSITIVE_INFINITY;
}

/** The shortest text that `parseBytes` takes back to the same number; "" for 0, which means no limit. */
export function amountText(byteLength: number): string {
  if (byteLength === 0) return "";
  for (const [unit, factor] of [
    ["GiB", KIB ** 3],
    ["MiB", KIB ** 2],
    ["KiB", KIB],
  ] as const) {
    if (byteLength % factor === 0) return `${byteLength / factor}${unit}`;
  }
  return String(byteLength);
}

/** `2.1 MiB/s`. */
export function formatRate(rate: number): string {
  return `${formatBytes(rate)}/s`;
}

/** `4 s`, `3 min 05 s`, `1 h 02 min`, `2 d 03 h`; `-` where nobody knows. */
export function formatDuration(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds) || seconds < 0) return "-";
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${twoDigits(Math.floor((whole % 3600) / 60))} min`;
  return `${Math.floor(whole / 86_400)} d ${twoDigits(Math.floor((whole % 86_400) / 3600))} h`;
}

/** `42.5 %`. Rounded down: 100.0 % is only said of what is whole. */
export function formatPercent(fraction: number): string {
  const tenths = Math.floor(Math.min(1, Math.max(0, fraction)) * 1000);
  return `${(tenths / 10).toFixed(1)} %`;
}

/** `1 file`, `3 files`. */
export function count(amount: number, noun: string, plural: string = `${noun}s`): string {
  return `${amount} ${amount === 1 ? noun : plural}`;
}

function twoDigits(amount: number): string {
  return String(amount).padStart(2, "0");
}
