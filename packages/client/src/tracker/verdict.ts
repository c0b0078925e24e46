/**
 * The verdict of the program that wants to decide on announces itself: asked for, waited for, and refused in its place where it fails.
 * @module
 */
import { toHex } from "@bittern/protocol/base";
import type { TrackerRunOptions } from "@bittern/tracker";
import { withSignal } from "../waits.ts";
import type { TrackerOptions } from "./options.ts";

/** Milliseconds a program has to decide on an announce. */
const VERDICT_MILLIS = 10_000;

/** Nothing where no program wants to. */
export function welcomesOf({ welcomes, onWarning }: Pick<TrackerOptions, "welcomes" | "onWarning">): Pick<TrackerRunOptions, "welcomes"> {
  if (welcomes === undefined) return {};
  return {
    welcomes: (about, answer) => {
      const late = AbortSignal.timeout(VERDICT_MILLIS);
      const question = async (): Promise<boolean | string> => await welcomes({ ...about, infoHash: toHex(about.infoHash) });
      withSignal(question(), late).then(
        (verdict) => answer(verdict === true ? undefined : verdict === false ? "this announce is not welcome" : verdict),
        (error: unknown) => {
          onWarning?.(`nobody decided on an announce: ${error instanceof Error ? error.message : String(error)}`);
          answer("the tracker cannot decide now; try again later");
        },
      );
    },
  };
}
