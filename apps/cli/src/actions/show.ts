/**
 * `bittern show` and `bittern magnet`: what a torrent or a link says.
 * @module
 */
import { describe, descriptionLines } from "../description.ts";
import type { Action } from "../invocation.ts";
import { pathOfSource, readSourceArgument } from "../source.ts";

export const show: Action<object> = async ({ output, stop }, [argument = ""]) => {
  const known = await readSourceArgument(argument, stop);
  const description = describe(known, pathOfSource(argument, known));
  output.result(description, descriptionLines(description, output.messages).join("\n"));
  return 0;
};

export const magnet: Action<object> = async ({ output, stop }, [argument = ""]) => {
  const { magnet: link, name, infoHash, infoHashV2 } = describe(await readSourceArgument(argument, stop), null);
  output.result({ magnet: link, name, infoHash, infoHashV2 }, link);
  return 0;
};
