/**
 * The session of a command.
 * @module
 */
import { Session, type SessionOptions } from "@bittern/client";
import { DEFAULT_PORTS, type PortRange } from "./arguments.ts";
import { openDesk } from "./inquiry/desk.ts";
import type { Invocation } from "./invocation.ts";

/** The options that `get`, `seed` and `share` have in common. */
export interface SessionArguments {
  readonly port?: PortRange;
  readonly maxDown?: number;
  readonly maxUp?: number;
  /** False with `--no-pex`. */
  readonly pex?: boolean;
}

export async function openSession(
  invocation: Pick<Invocation, "name" | "stateDir" | "log">,
  options: SessionArguments,
  more: Partial<SessionOptions> = {},
): Promise<Session> {
  const [first, last] = options.port ?? DEFAULT_PORTS;
  const session = await Session.open({
    listen: [first === last ? String(first) : `${first}-${last}`],
    stateDir: invocation.stateDir,
    logger: invocation.log,
    limits: { down: options.maxDown ?? 0, up: options.maxUp ?? 0 },
    pex: options.pex !== false,
    ...more,
  });
  await openDesk({ session, stateDir: invocation.stateDir, command: invocation.name });
  return session;
}
