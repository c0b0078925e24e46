/**
 * `bittern dht`: the page and the options.
 * @module
 */
import { Argument, type Command } from "commander";
import { parsePeer, parsePort } from "../arguments.ts";
import { checked, describedCommand, gathered, withCommonOptions } from "../help.ts";
import { lazily } from "../invocation.ts";
import type { HelpWords } from "../messages/help/words.ts";

export function dhtCommand(help: HelpWords): Command {
  const { arguments: args, options } = help.commands.dht;
  const command = describedCommand("dht", help)
    .addArgument(new Argument("<question>", args.question).choices(["lookup", "ping", "run"]))
    .argument("[target]", args.target)
    .option("--dht-bootstrap <host:port>", help.shared.options.dhtBootstrap, gathered(parsePeer))
    .option("--port <port>", options.port, checked(parsePort))
    .option("--interface <name>", help.shared.options.interface);
  return withCommonOptions(command, help).action(lazily(async () => (await import("../actions/dht.ts")).dht));
}
