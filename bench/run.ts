/**
 * `npm run bench -- [letter ...] [--runs N] [--only NAME]... [--folder DIR] [--profile] [--write] [--list]`: runs the benches
 * named by their letters, one after the other, and prints their tables; without letters those of transfers and creation.
 *
 * `--only` leaves out the contenders whose names do not hold NAME. Data goes to a folder below DIR that is removed afterwards;
 * the default is tmpfs where it has room, because a disk's noise is greater than what is to be seen. `--profile` leaves a
 * .cpuprofile a thread of our own programs in bench/profiles/. `--write` also puts the tables into bench/results.md.
 * @module
 */
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bench } from "./bench.ts";
import { type Choice, readChoice, USAGE } from "./choice.ts";
import { describeLoad, describeMachine } from "./figures.ts";
import { roomyFolder } from "./roomy-folder.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
/** What `npm run bench` alone runs. */
const USUAL_LETTERS = ["A", "B", "D", "E"];

/** Letter -> file name, by the letter. */
function benchFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const name of readdirSync(HERE).toSorted()) {
    const letter = /^([a-z])-[a-z-]+\.ts$/i.exec(name)?.[1]?.toUpperCase();
    if (letter === undefined) continue;
    const other = files.get(letter);
    if (other !== undefined) throw new Error(`${other} and ${name} want the same letter`);
    files.set(letter, name);
  }
  return files;
}

async function runOne(letter: string, file: string, choice: Choice): Promise<void> {
  const { bench } = (await import(`./${file}`)) as { bench: Bench };
  const { runs, only } = choice;
  const folder = mkdtempSync(join(choice.folder ?? roomyFolder(), `bittern-bench-${letter}-`));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  const profileFolder = choice.profile ? join(HERE, "profiles", letter) : undefined;
  const load = describeLoad();
  try {
    const note = (text: string): void => console.error(`${letter}: ${text}`);
    const table = await bench.run({ runs, only, folder, profileFolder, note });
    const command = ["npm run bench --", letter, "--runs", runs, ...only.flatMap((name) => ["--only", `"${name}"`])].join(" ");
    const text = `## ${letter}. ${bench.question}\n\n\`${command}\`: ${describeMachine()}, ${load}\n\n${table}\n`;
    console.log(text);
    if (profileFolder !== undefined) console.error(`${letter}: profiles are in ${profileFolder}`);
    if (choice.write) appendFileSync(join(HERE, "results.md"), `\n${text}`);
  } finally {
    remove();
    process.off("exit", remove);
  }
}

async function main(args: readonly string[]): Promise<number> {
  const files = benchFiles();
  let choice: Choice;
  try {
    choice = readChoice(args, { known: [...files.keys()], usual: USUAL_LETTERS });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  for (const letter of choice.letters) {
    const file = files.get(letter) as string;
    if (choice.list) console.log(`${letter}  ${((await import(`./${file}`)) as { bench: Bench }).bench.question}`);
    else await runOne(letter, file, choice);
  }
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
