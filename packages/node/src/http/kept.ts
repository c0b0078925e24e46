/**
 * Connections that serve several requests: kept while others wait in line, and no longer. A thousand torrents of one tracker
 * are announced over some fifty connections then, and a tracker that is asked once in half an hour holds no descriptor.
 * @module
 */
import { Agent, type AgentOptions, type ClientRequestArgs } from "node:http";
import type { Agent as TlsAgent } from "node:https";

/** More than are under way at once are of no use. */
const FREE_MAX = 50;
const OPTIONS: AgentOptions = { keepAlive: true, maxFreeSockets: FREE_MAX };

/** Of a request: where it may go. A connection serves only requests for which the same addresses were judged good. */
export interface Judged {
  readonly judged: string;
}

export class Kept {
  readonly #isWanted: () => boolean;
  readonly #plain: Agent;
  #tls: TlsAgent | undefined;

  /** `isWanted`: whether a request waits in line. */
  constructor(isWanted: () => boolean) {
    this.#isWanted = isWanted;
    this.#plain = keeping(new Agent(OPTIONS), isWanted);
  }

  /** What a request says of its connection. */
  get header(): "keep-alive" | "close" {
    return this.#isWanted() ? "keep-alive" : "close";
  }

  agentFor(protocol: string): Agent {
    return protocol === "https:" ? this.#secure() : this.#plain;
  }

  /** Lets go of all that nobody uses. */
  drop(): void {
    for (const agent of [this.#plain, this.#tls])
      for (const sockets of Object.values(agent?.freeSockets ?? {})) for (const socket of sockets ?? []) socket.destroy();
  }

  /** Ciphers are loaded by whoever needs them: no start waits for that. */
  #secure(): TlsAgent {
    this.#tls ??= keeping(new (process.getBuiltinModule("node:https").Agent)(OPTIONS), this.#isWanted);
    return this.#tls;
  }
}

function keeping<Kind extends Agent>(agent: Kind, isWanted: () => boolean): Kind {
  const getName = agent.getName.bind(agent);
  const keepSocketAlive = agent.keepSocketAlive.bind(agent);
  agent.getName = (options?: ClientRequestArgs & Partial<Judged>) => `${getName(options)}:${options?.judged}`;
  // Node's own says false of a server that hangs up in a moment; the types do not tell.
  agent.keepSocketAlive = (socket): boolean => isWanted() && (keepSocketAlive(socket) as unknown) !== false;
  return agent;
}
