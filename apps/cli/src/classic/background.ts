/**
 * Whether anybody watches: a program that was put into the background, or that cron started, has nobody to speak to.
 * @module
 */
import { readFileSync } from "node:fs";

/** The fields of `/proc/PID/stat` that tell who a process belongs to. */
interface ProcessFacts {
  readonly command: string;
  readonly parent: number;
  readonly group: number;
  readonly terminal: number;
  readonly foregroundGroup: number;
}

const CRONS: ReadonlySet<string> = new Set(["cron", "crond", "anacron", "fcron", "atd"]);
/** Between cron and us stand a shell or two. */
const ANCESTORS_MAX = 8;

/** True while another job has the terminal, and for what cron started; where the system does not tell, false. */
export function isInBackground(read: (pid: number | "self") => string = readStat): boolean {
  const self = factsOf(() => read("self"));
  if (self === undefined) return false;
  if (self.terminal !== 0) return self.foregroundGroup !== self.group;
  return isOfCron(self, read);
}

function isOfCron(self: ProcessFacts, read: (pid: number) => string): boolean {
  let { parent } = self;
  for (let step = 0; step < ANCESTORS_MAX && parent > 1; step++) {
    const facts = factsOf(() => read(parent));
    if (facts === undefined) return false;
    if (CRONS.has(facts.command)) return true;
    parent = facts.parent;
  }
  return false;
}

/** `4242 (name of it) S 1 4242 4242 34816 4242 …`: the name may hold spaces and brackets. */
function factsOf(read: () => string): ProcessFacts | undefined {
  let text: string;
  try {
    text = read();
  } catch {
    return undefined;
  }
  const match = /^\d+ \((.*)\) \S (\d+) (\d+) \d+ (-?\d+) (-?\d+) /s.exec(text);
  if (match === null) return undefined;
  const [, command = "", ...numbers] = match;
  const [parent = 0, group = 0, terminal = 0, foregroundGroup = 0] = numbers.map(Number);
  return { command, parent, group, terminal, foregroundGroup };
}

function readStat(pid: number | "self"): string {
  return readFileSync(`/proc/${pid}/stat`, "utf8");
}
