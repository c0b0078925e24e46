import type { Cancel, Clock, TcpHandler, TcpLink } from "@bittern/host";
import type { Endpoint } from "@bittern/protocol/address";
import { concatBytes, type HostError, type Millis } from "@bittern/protocol/base";
import { seededRandom } from "@bittern/protocol/fuzz";
import { describe, expect, it } from "vitest";
import { UtpPort } from "./utp-port.ts";

/** Time that passes when it is told to. */
class VirtualClock implements Clock {
  #now: Millis = 0;
  #alarms: { at: Millis; wake: () => void }[] = [];

  now(): Millis {
    return this.#now;
  }
  wallSeconds(): number {
    return 0;
  }
  wakeAt(at: Millis, wake: () => void): Cancel {
    const alarm = { at, wake };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }
  pass(millis: Millis): void {
    const end = this.#now + millis;
    for (;;) {
      this.#alarms.sort((one, other) => one.at - other.at);
      const next = this.#alarms[0];
      if (next === undefined || next.at > end) break;
      this.#alarms.shift();
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    this.#now = end;
  }
}

class Notes implements TcpHandler {
  readonly events: string[] = [];
  readonly parts: Uint8Array[] = [];
  fault: HostError | undefined;
  connected(): void {
    this.events.push("connected");
  }
  bytes(_link: TcpLink, bytes: Uint8Array): void {
    this.parts.push(bytes.slice());
  }
  drained(): void {
    this.events.push("drained");
  }
  closed(_link: TcpLink, fault: HostError | undefined): void {
    this.events.push("closed");
    this.fault = fault;
  }
}

const NEAR: Endpoint = { address: "192.0.2.1", port: 1000 };
const FAR: Endpoint = { address: "192.0.2.2", port: 2000 };

/** Two ports, 10 ms apart. */
function pair({ accepts = true } = {}) {
  const clock = new VirtualClock();
  const far = new Notes();
  const links: TcpLink[] = [];
  let isCut = false;
  const send = (from: Endpoint, to: () => UtpPort) => (bytes: Uint8Array) => {
    const copy = bytes.slice();
    if (!isCut) clock.wakeAt(clock.now() + 10, () => to().receive(copy, from));
  };
  const accept = (link: TcpLink): TcpHandler | undefined => {
    links.push(link);
    return accepts ? far : undefined;
  };
  const nearPort: UtpPort = new UtpPort({ clock, random: seededRandom(1), send: send(NEAR, () => farPort), accept: () => undefined });
  const farPort: UtpPort = new UtpPort({ clock, random: seededRandom(2), send: send(FAR, () => nearPort), accept });
  const near = new Notes();
  const link = nearPort.connect(FAR, near);
  const cut = (): void => {
    isCut = true;
  };
  return { clock, near, far, link, links, nearPort, cut };
}

describe("A link by uTP", () => {
  it("is dialled, carries bytes both ways, and gives back what was lent", () => {
    const { clock, near, far, link, links } = pair();
    expect(near.events).toEqual([]);
    clock.pass(25);
    expect(near.events).toEqual(["connected"]);
    let released = 0;
    const bytes = new Uint8Array(50_000).map((_, at) => at);
    link.write(bytes, () => released++);
    link.write(Uint8Array.of(7), () => released++);
    expect(link.unsentLength).toBe(50_001);
    clock.pass(2000);
    expect(released).toBe(2);
    expect(link.unsentLength).toBe(0);
    expect(near.events).toContain("drained");
    expect(concatBytes(far.parts)).toEqual(concatBytes([bytes, Uint8Array.of(7)]));
    links[0]?.write(Uint8Array.of(1, 2, 3));
    clock.pass(100);
    expect(near.parts).toEqual([Uint8Array.of(1, 2, 3)]);
    expect(links[0]?.remote).toEqual(NEAR);
  });

  it("rests and goes on, and nothing arrives from inside of a call", () => {
    const { clock, far, link, links } = pair();
    link.write(Uint8Array.of(1));
    clock.pass(100);
    links[0]?.pauseReading();
    link.write(Uint8Array.of(2));
    clock.pass(1000);
    expect(far.parts).toHaveLength(1);
    links[0]?.resumeReading();
    expect(far.parts).toHaveLength(1);
    clock.pass(1);
    expect(far.parts).toHaveLength(2);
  });

  it("ends on both sides", () => {
    const { clock, near, far, link } = pair();
    link.write(new Uint8Array(3000));
    clock.pass(100);
    link.close();
    expect(near.events.at(-1)).not.toBe("closed");
    clock.pass(1000);
    expect(near.events.at(-1)).toBe("closed");
    expect(far.events).toEqual(["closed"]);
    expect([near.fault, far.fault]).toEqual([undefined, undefined]);
    expect(concatBytes(far.parts)).toHaveLength(3000);
  });

  it("that is refused closes", () => {
    const { clock, near, link } = pair({ accepts: false });
    link.write(Uint8Array.of(1));
    clock.pass(2000);
    expect(near.events).toContain("closed");
  });

  it("whose other side vanishes ends with a fault, and gives back what was lent", () => {
    const { clock, near, link, cut } = pair();
    clock.pass(50);
    cut();
    let released = 0;
    link.write(new Uint8Array(2_000_000), () => released++);
    clock.pass(120_000);
    expect(near.fault?.code).toBe("TIMED_OUT");
    expect(released).toBe(1);
  });

  it("gives back what was lent when everything ends at once", () => {
    const { clock, near, link, nearPort } = pair();
    clock.pass(50);
    let released = 0;
    link.write(new Uint8Array(2_000_000), () => released++);
    nearPort.closeAll();
    expect(released).toBe(1);
    clock.pass(60_000);
    expect(near.events).toEqual(["connected"]);
  });
});
