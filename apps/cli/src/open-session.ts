/**
 * The session of a command.
 * @module
 */
import { type DhtOptions, Session, type SessionOptions } from "@bittern/client";
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
  /** False with `--no-utp`. */
  readonly utp?: boolean;
  /** False with `--no-dht`. */
  readonly dht?: boolean;
  /** `HOST:PORT` of nodes. */
  readonly dhtBootstrap?: readonly string[];
  /** Of the network, or an address of it. */
  readonly interface?: string;
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
    utp: options.utp !== false,
    dht: dhtOf(options, process.env),
    ...(options.interface === undefined ? {} : { interface: options.interface }),
    ...more,
  });
  await openDesk({ session, stateDir: invocation.stateDir, command: invocation.name });
  return session;
}

/** `BITTERN_DHT=off` keeps every command of a laboratory to itself; whoever names nodes means them. */
export function dhtOf(
  { dht, dhtBootstrap }: Pick<SessionArguments, "dht" | "dhtBootstrap">,
  environment: NodeJS.ProcessEnv,
): boolean | DhtOptions {
  if (dht === false) return false;
  if (dhtBootstrap !== undefined) return { bootstrap: dhtBootstrap };
  return environment["BITTERN_DHT"] !== "off";
}
