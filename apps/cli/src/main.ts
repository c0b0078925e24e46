/**
 * The program `bittern`.
 * @module
 */
import { bitternProgram } from "./program.ts";
import { runProgram } from "./run-program.ts";

void runProgram(process.argv, bitternProgram);
