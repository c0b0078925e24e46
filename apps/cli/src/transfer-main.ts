/**
 * The program for two of its commands, `get` and `seed`: those whose start somebody waits for. Bundled apart, with nothing of the
 * others in it, it is there in two thirds of the time; whoever starts it sees to it that the first word is one of the two.
 * @module
 */
// First of all.
import "./transfer-thread.ts";
import { commandTree } from "./command-tree.ts";
import { getCommand, seedCommand } from "./commands/get.ts";
import { runProgram } from "./run-program.ts";

const COMMANDS = new Map([
  ["get", getCommand],
  ["seed", seedCommand],
]);

void runProgram(process.argv, (help, only) => commandTree(COMMANDS, help, only));
