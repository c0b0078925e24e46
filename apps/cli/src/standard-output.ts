/**
 * What can happen to standard output itself: the disk behind it is full, or broken.
 * @module
 */
import { type Failure, failureOf } from "./failure.ts";

/** Tells why standard output cannot be written, and ends the process. A reader that has gone is no failure and is left to others. */
export function heedFullOutput(tell: (failure: Failure) => void): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    tell(failureOf(Object.assign(error, { path: "standard output" })));
    process.exit(1);
  });
}

/** Ends the process once everything is written: threads and sockets that nobody waits for any more must not hold it back. */
export function leave(): void {
  process.stdout.write("", (error) => {
    // What is heard of a failed write comes after this.
    if (error) setImmediate(() => process.exit());
    else process.exit();
  });
}
