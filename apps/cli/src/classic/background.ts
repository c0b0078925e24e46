/**
 * Whether anybody watches: a program that was put into the background, or that cron started, has nobody to speak to.
 * @module
 */
import { readFileSync } from "node:fs";

/** The fields of `/proc/PID/stat` that tell who a process belongs to. */
interface ProcessFacts {
  readonly pid: number;
  readonly command: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly terminal: number;
  readonly foregroundGroup: number;
}

const CRONS: ReadonlySet<string> = new Set(["cron", "crond", "anacron", "fcron", "atd"]);
/** Between cron and us stand a shell or two. */
const ANCESTORS_MAX = 8;

/** Set once we had a terminal: whoever sat there has gone when it is gone. */
let hadTerminal = false;

/** Whether nobody watches us now. To be asked each time: jobs come to the foreground and go back. */
export function isInBackground(): boolean {
  const place = placeOf(readStat, hadTerminal);
  hadTerminal = place.hadTerminal;
  return place.isInBackground;
}

/**
 * In the background is: what has a terminal that another job holds; what lost its terminal, as under nohup after the logout; what
 * leads a session without one, as services and what setsid starts; and what cron started. Where the system does not tell, nobody
 * is. A pipe alone says nothing: somebody may read it.
 */
export function placeOf(
  read: (pid: number | "self") => string,
  hadTerminal = false,
): { readonly isInBackground: boolean; readonly hadTerminal: boolean } {
  const self = factsOf(() => read("self"));
  if (self === undefined) return { isInBackground: false, hadTerminal };
  if (self.terminal !== 0) return { isInBackground: self.foregroundGroup !== self.group, hadTerminal: true };
  return { isInBackground: hadTerminal || self.session === self.pid || isOfCron(self, read), hadTerminal };
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
  const match = /^(\d+) \((.*)\) \S (\d+) (\d+) (\d+) (-?\d+) (-?\d+) /s.exec(text);
  if (match === null) return undefined;
  const [, pid, command = "", ...numbers] = match;
  const [parent = 0, group = 0, session = 0, terminal = 0, foregroundGroup = 0] = numbers.map(Number);
  return { pid: Number(pid), command, parent, group, session, terminal, foregroundGroup };
}

function readStat(pid: number | "self"): string {
  return readFileSync(`/proc/${pid}/stat`, "utf8");
}
