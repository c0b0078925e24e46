/**
 * `bittern doctor`: the page and the options.
 * @module
 */
import type { Command } from "commander";
import { parsePorts, parseTrackerUrl } from "../arguments.ts";
import { checked, describedCommand, gathered, STATE_ENVIRONMENT, withCommonOptions, withStateOption } from "../help.ts";
import { lazily } from "../invocation.ts";

export function doctorCommand(): Command {
  const command = describedCommand("doctor", {
    summary: "tell what of this machine would hold a transfer back",
    description: `Looks at ports, addresses, open files, TCP windows, memory and the folders of downloads and of state, and says what to do about
what it finds. It makes small files in both folders and takes them away again; no other machine is asked unless -t names a
tracker.

JSON: {"checks": [{"check", "level", "finding", "advice"}]}; a level is good, warning or problem.`,
    examples: [
      ["before the first download", "bittern doctor"],
      [
        "a folder, fixed ports, and whether a tracker can be reached",
        "bittern doctor --dir /srv/torrents --port 6881 -t udp://tracker.example:6969",
      ],
    ],
    exit: [["1", "at least one problem was found"]],
    environment: STATE_ENVIRONMENT,
  })
    .option("-d, --dir <dir>", "folder that downloads go to (default: the current one)")
    .option("--port <port>", "port to listen on: N or N-M (default: 6881-6999)", checked(parsePorts))
    .option("-t, --tracker <url>", "ask whether this tracker answers; may be given several times", gathered(parseTrackerUrl));
  return withCommonOptions(withStateOption(command)).action(lazily(async () => (await import("../actions/doctor.ts")).doctor));
}
