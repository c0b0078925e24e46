/**
 * Numbers and times in words, for pages. No clock and no locale: the same page for the same numbers.
 * @module
 */

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;
const DAY_SECONDS = 86_400;

/** 1234567 -> "1,234,567". */
export function grouped(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
}

/** 1536 -> "1.5 KiB". */
export function size(byteLength: number): string {
  let value = byteLength;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

/** 90061 -> "1 day 1 hour": the two largest units. */
export function duration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / DAY_SECONDS), "day"],
    [Math.floor(seconds / 3600) % 24, "hour"],
    [Math.floor(seconds / 60) % 60, "minute"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "less than a minute";
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? "" : "s"}`)
    .join(" ");
}

/** Parts of a moment in UTC. */
interface Moment {
  readonly date: string;
  readonly time: string;
}

/** "2005-03-29" and "13:50", of seconds since 1970. */
export function moment(wallSeconds: number): Moment {
  const days = Math.floor(wallSeconds / DAY_SECONDS);
  const minutes = Math.floor((wallSeconds - days * DAY_SECONDS) / 60);
  // The year begins in March here, so that the day that comes and goes is its last one.
  const era = Math.floor((days + 719_468) / 146_097);
  const dayOfEra = days + 719_468 - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return {
    date: `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`,
    time: `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`,
  };
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
