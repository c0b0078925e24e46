/**
 * Where a session accepts peers: all of the places it was told, or none of them.
 * @module
 */
import type { SessionEvent, SessionRun } from "@bittern/engine";
import { HostError } from "@bittern/protocol/base";
import { parseListen } from "./listen.ts";
import type { ListenInfo } from "./session-events.ts";

type Answer = Extract<SessionEvent, { readonly type: "listening" | "listen-failed" }>;

export class Listening {
  readonly #command: SessionRun["command"];
  #open: readonly ListenInfo[] = [];
  /** Who waits for the answer to what was asked last. */
  #answered: (answer: readonly ListenInfo[] | HostError) => void = () => undefined;
  /** One move after the other. */
  #moving: Promise<void> = Promise.resolve();

  constructor(command: SessionRun["command"]) {
    this.#command = command;
  }

  get all(): readonly ListenInfo[] {
    return this.#open;
  }

  /** Listens there, and then no longer where it listened before; when it cannot, everything stays as it was. */
  async move(places: readonly string[]): Promise<void> {
    const wanted = places.map(parseListen);
    const moved = this.#moving.then(async () => {
      const before = this.#open;
      const fresh: ListenInfo[] = [];
      for (const options of wanted) {
        this.#command({ type: "listen", options });
        const answer = await new Promise<readonly ListenInfo[] | HostError>((resolve) => (this.#answered = resolve));
        if (answer instanceof HostError) {
          this.#leave(fresh);
          throw answer;
        }
        fresh.push(...answer);
      }
      this.#open = fresh;
      this.#leave(before);
    });
    this.#moving = moved.catch(() => undefined);
    await moved;
  }

  receive(answer: Answer): void {
    this.#answered(
      answer.type === "listen-failed" ? answer.fault : answer.endpoints.map((endpoint) => ({ ...endpoint, transport: "tcp" as const })),
    );
  }

  /** The session is over: nobody answers any more. */
  end(reason: HostError): void {
    this.#answered(reason);
  }

  #leave(places: readonly ListenInfo[]): void {
    if (places.length > 0) this.#command({ type: "stop-listening", endpoints: places });
  }
}
