/**
 * `npm run bench -- [letter ...] [--runs N] [--only NAME]... [--write] [--list]`: runs the benches named by their letters, or
 * all of them, one after the other, and prints their tables. `--write` also puts them into bench/results.md.
 * @module
 */
import { appendFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Bench } from "./bench.ts";
import { describeMachine } from "./figures.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const WORK = join(HERE, ".work");
const USAGE = "usage: npm run bench -- [letter ...] [--runs N] [--only NAME]... [--write] [--list]";

interface Choice {
  readonly letters: readonly string[];
  readonly runs: number;
  readonly only: readonly string[];
  readonly write: boolean;
  readonly list: boolean;
}

/** Letter -> file name, by the letter. */
function benchFiles(): ReadonlyMap<string, string> {
  const named = readdirSync(HERE).flatMap((name) => {
    const letter = /^([a-z])-[a-z-]+\.ts$/.exec(name)?.[1];
    return letter === undefined ? [] : [[letter.toUpperCase(), name] as const];
  });
  return new Map(named.toSorted(([a], [b]) => a.localeCompare(b)));
}

function readChoice(args: readonly string[], known: ReadonlyMap<string, string>): Choice {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      runs: { type: "string", default: "5" },
      only: { type: "string", multiple: true, default: [] },
      write: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
    },
  });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new TypeError(`--runs takes a whole number from 1, not ${values.runs}`);
  const letters = positionals.map((letter) => letter.toUpperCase());
  const unknown = letters.find((letter) => !known.has(letter));
  if (unknown !== undefined) throw new TypeError(`there is no bench ${unknown}; there are ${[...known.keys()].join(" ") || "none yet"}`);
  return { letters: letters.length > 0 ? letters : [...known.keys()], runs, only: values.only, write: values.write, list: values.list };
}

async function runOne(letter: string, file: string, { runs, only, write }: Choice): Promise<void> {
  const { bench } = (await import(`./${file}`)) as { bench: Bench };
  const folder = join(WORK, letter.toLowerCase());
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    const table = await bench.run({ runs, only, folder, note: (text) => console.error(`${letter}: ${text}`) });
    const command = ["npm run bench --", letter, "--runs", runs, ...only.flatMap((name) => ["--only", name])].join(" ");
    const text = `## ${letter}. ${bench.question}\n\n\`${command}\`: ${describeMachine()}\n\n${table}\n`;
    console.log(text);
    if (write) appendFileSync(join(HERE, "results.md"), `\n${text}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(args: readonly string[]): Promise<number> {
  const files = benchFiles();
  let choice: Choice;
  try {
    choice = readChoice(args, files);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  if (files.size === 0) console.error("there are no benches yet: a bench is a file bench/<letter>-<noun>.ts");
  for (const letter of choice.letters) {
    const file = files.get(letter) as string;
    if (choice.list) console.log(`${letter}  ${((await import(`./${file}`)) as { bench: Bench }).bench.question}`);
    else await runOne(letter, file, choice);
  }
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
