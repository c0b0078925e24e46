/**
 * `npm run bench -- [bench ...] [--runs N] [--only NAME]... [--folder DIR] [--profile] [--other BIN] [--write] [--list]`
 *
 * Runs the benches named by letter or noun, one after the other, and prints their tables; without names those of transfers and
 * creation. `--only` leaves out the contenders whose names do not hold NAME. Data goes to a folder below DIR that is removed
 * afterwards; the default is tmpfs where it has room, because a disk's noise is greater than what is to be seen. `--profile`
 * leaves a .cpuprofile of each of our own programs, its main thread, in bench/profiles/. `--other` names the bittern.js of another build,
 * which then takes part in transfers, so that a change is measured against what was before it. `--write` also puts the tables
 * into bench/results.md.
 * @module
 */
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bench } from "./bench.ts";
import { type BenchFile, type Choice, readChoice, USAGE } from "./choice.ts";
import { describeLoad, describeMachine } from "./figures.ts";
import { roomyFolder } from "./roomy-folder.ts";

// What is measured speaks to nobody outside of its laboratory.
process.env["BITTERN_DHT"] = "off";

const HERE = fileURLToPath(new URL(".", import.meta.url));
/** What `npm run bench` alone runs. */
const USUAL_LETTERS = ["A", "B", "D", "E"];
const NOUN_WIDTH = 16;

/** Every bench there is. */
function benchFiles(): readonly BenchFile[] {
  return readdirSync(HERE)
    .toSorted()
    .flatMap((file) => {
      const [, letter, noun] = /^([a-z])-([a-z-]+)\.ts$/i.exec(file) ?? [];
      return letter === undefined || noun === undefined ? [] : [{ file, letter: letter.toUpperCase(), noun }];
    });
}

async function runOne({ file, letter, noun }: BenchFile, choice: Choice): Promise<void> {
  const { bench } = (await import(`./${file}`)) as { bench: Bench };
  const { runs, only, other } = choice;
  const folder = mkdtempSync(join(choice.folder ?? roomyFolder(), `bittern-bench-${letter}-`));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  const profileFolder = choice.profile ? join(HERE, "profiles", `${letter}-${noun}`) : undefined;
  const load = describeLoad();
  try {
    const note = (text: string): void => console.error(`${letter}: ${text}`);
    const table = await bench.run({ runs, only, folder, profileFolder, other, note });
    const command = ["npm run bench --", noun, "--runs", runs, ...only.flatMap((name) => ["--only", `"${name}"`])].join(" ");
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
    choice = readChoice(args, { known: files, usual: USUAL_LETTERS });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
  for (const chosen of choice.benches) {
    if (choice.list) {
      const { bench } = (await import(`./${chosen.file}`)) as { bench: Bench };
      console.log(`${chosen.letter}  ${chosen.noun.padEnd(NOUN_WIDTH)}  ${bench.question}`);
    } else await runOne(chosen, choice);
  }
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
