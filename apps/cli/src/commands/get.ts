/**
 * `bittern get` and `bittern seed`: the pages and the options.
 * @module
 */
import type { Command } from "commander";
import { parseAmount, parsePeer, parsePorts, parseRate } from "../arguments.ts";
import { checked, describedCommand, gathered, withCommonOptions, withDiscoveryOptions, withStateOption } from "../help.ts";
import { lazily } from "../invocation.ts";
import type { HelpWords } from "../messages/help/words.ts";

export function getCommand(help: HelpWords): Command {
  const { arguments: args, options } = help.commands.get;
  const command = describedCommand("get", help)
    .argument("<source>", args.source)
    .option("-d, --dir <dir>", options.dir)
    .option("--port <port>", options.port, checked(parsePorts))
    .option("--peer <host:port>", options.peer, gathered(parsePeer))
    .option("--exit", options.exit)
    .option(
      "--select <glob>",
      options.select,
      gathered((text) => text),
    )
    .option("--sequential", options.sequential)
    .option("--recheck", options.recheck)
    .option("--max-down <rate>", options.maxDown, checked(parseRate))
    .option("--max-up <rate>", options.maxUp, checked(parseRate))
    .option("--seed-ratio <ratio>", options.seedRatio, checked(parseAmount))
    .option("--seed-time <minutes>", options.seedTime, checked(parseAmount));
  return withCommonOptions(withStateOption(withDiscoveryOptions(command, help), help), help).action(
    lazily(async () => (await import("../actions/get.ts")).get, { streaming: true }),
  );
}

export function seedCommand(help: HelpWords): Command {
  const { arguments: args, options } = help.commands.seed;
  const command = describedCommand("seed", help)
    .argument("<torrent>", args.torrent)
    .option("-d, --dir <dir>", options.dir)
    .option("--port <port>", options.port, checked(parsePorts))
    .option("--peer <host:port>", options.peer, gathered(parsePeer))
    .option("--no-check", options.noCheck)
    .option("--super-seed", options.superSeed)
    .option("--max-up <rate>", options.maxUp, checked(parseRate));
  return withCommonOptions(withStateOption(withDiscoveryOptions(command, help), help), help).action(
    lazily(async () => (await import("../actions/seed.ts")).seed, { streaming: true }),
  );
}
