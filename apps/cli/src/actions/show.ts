/**
 * `bittern show` and `bittern magnet`: what a torrent or a link says.
 * @module
 */
import { describe, descriptionLines } from "../description.ts";
import type { Action } from "../invocation.ts";
import { pathOfSource, readSourceArgument } from "../source.ts";

export const show: Action<object> = async (invocation, [argument = ""]) => {
  const { output } = invocation;
  const known = await readSourceArgument(argument, invocation);
  const description = describe(known, pathOfSource(argument, known));
  output.result(description, descriptionLines(description, output.messages).join("\n"));
  return 0;
};

export const magnet: Action<object> = async (invocation, [argument = ""]) => {
  const { magnet: link, name, infoHash, infoHashV2 } = describe(await readSourceArgument(argument, invocation), null);
  invocation.output.result({ magnet: link, name, infoHash, infoHashV2 }, link);
  return 0;
};
