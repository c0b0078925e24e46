/**
 * Numbers as the classic programs wrote them.
 * @module
 */
import { KIB, MIB } from "@bittern/protocol/base";
import type { ClockWords } from "../messages/classic/words.ts";

const UNITS = ["B", "KB", "MB", "GB", "TB", "PB"] as const;
/** From here on the next unit reads better. */
const UNIT_FULL = 999;

/** `12.34 kB/s`. */
export function rateWords(rate: number): string {
  return `${(rate / KIB).toFixed(2)} kB/s`;
}

/** `12.3 MiB`. */
export function totalWords(byteLength: number): string {
  return `${(byteLength / MIB).toFixed(1)} MiB`;
}

/** `382.6 MB`, of 2^20 bytes, as nobody yet wrote them otherwise. */
export function megabyteWords(byteLength: number): string {
  return `${(byteLength / MIB).toFixed(1)} MB`;
}

/** `12 B`, `1.2 MB`: three digits at most before the point. */
export function sizeWords(byteLength: number): string {
  if (byteLength <= UNIT_FULL) return `${Math.round(byteLength)} B`;
  let amount = byteLength / KIB;
  let unit = 1;
  while (amount > UNIT_FULL && unit < UNITS.length - 1) {
    amount /= KIB;
    unit++;
  }
  return `${amount.toFixed(1)} ${UNITS[unit]}`;
}

/** `1,234,567`. */
export function groupedDigits(amount: number): string {
  return String(Math.round(amount)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `2 hour 03 min 04 sec`, `3 min 04 sec`; `complete!` for nothing left, `<unknown>` where nobody knows. */
export function timeLeftWords(seconds: number | undefined, words: ClockWords): string {
  if (seconds === undefined || !Number.isFinite(seconds) || seconds < 0) return words.unknown;
  const { hours, minutes, rest } = clockOf(seconds);
  if (hours + minutes + rest === 0) return words.nothing;
  const short = `${words.min} ${twoDigits(rest)} ${words.sec}`;
  return hours > 0 ? `${hours} ${words.hour} ${twoDigits(minutes)} ${short}` : `${minutes} ${short}`;
}

/** `2:03:04`. */
export function clockWords(seconds: number): string {
  const { hours, minutes, rest } = clockOf(seconds);
  return `${hours}:${twoDigits(minutes)}:${twoDigits(rest)}`;
}

function clockOf(seconds: number): { readonly hours: number; readonly minutes: number; readonly rest: number } {
  const whole = Math.floor(seconds);
  return { hours: Math.floor(whole / 3600), minutes: Math.floor((whole % 3600) / 60), rest: whole % 60 };
}

function twoDigits(amount: number): string {
  return String(amount).padStart(2, "0");
}
