import type { HttpAnswer, HttpRequest } from "@bittern/host";
import { HostError } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { World } from "../world.ts";
import type { WebServer } from "./http.ts";

const REQUEST: HttpRequest = { url: "http://tracker.example:6969/announce?x=1", source: "user", bodyLengthMax: 1000, timeoutMillis: 5000 };

function ask(server: WebServer, request: Partial<HttpRequest> = {}): { outcome: HttpAnswer | HostError; at: number } {
  const world = new World({ seed: 1 });
  const one = world.addNode({ name: "one", address: "45.0.0.1", latencyMillis: 20 });
  const tracker = world.addNode({ name: "tracker", address: "45.0.0.2", latencyMillis: 30 });
  world.serveHttp({ host: tracker, name: "tracker.example", port: 6969 }, server);
  world.names.set("inside.example", ["10.0.0.1"]);
  let outcome: HttpAnswer | HostError | undefined;
  one.http.request({ ...REQUEST, ...request }, (answer) => {
    outcome = answer;
  });
  world.run({ until: () => outcome !== undefined });
  return { outcome: outcome as HttpAnswer | HostError, at: world.now };
}

const code = ({ outcome }: { outcome: HttpAnswer | HostError }): string =>
  outcome instanceof HostError ? outcome.code : String(outcome.status);

describe("a virtual HTTP exchange", () => {
  it("brings the answer of the server after a look-up and two round trips", () => {
    const { outcome, at } = ask(({ target, remoteAddress }) => ({
      status: 200,
      body: new TextEncoder().encode(`${target} ${remoteAddress}`),
    }));
    expect(outcome).toMatchObject({ status: 200, url: REQUEST.url, address: "45.0.0.2" });
    expect(new TextDecoder().decode((outcome as HttpAnswer).body)).toBe("/announce?x=1 45.0.0.1");
    expect(at).toBe(20 + 200);
  });

  it("says what kept an answer from arriving", () => {
    expect(code(ask(() => undefined))).toBe("TIMED_OUT");
    expect(code(ask(() => ({ status: 200, body: new Uint8Array(1001) })))).toBe("HTTP_BODY_TOO_LONG");
    expect(code(ask(() => ({ status: 200 }), { url: "http://nowhere.example/" }))).toBe("NAME_NOT_FOUND");
    expect(code(ask(() => ({ status: 200 }), { url: "http://tracker.example/" }))).toBe("CONNECTION_REFUSED");
    expect(code(ask(() => ({ status: 200 }), { url: "udp://tracker.example/" }))).toBe("URL_DENIED");
    expect(code(ask(() => ({ status: 200 }), { url: "http://inside.example/", source: "stranger" }))).toBe("ADDRESS_DENIED");
  });

  it("follows three redirects and no more, and none from the internet into a private network", () => {
    let turns = 3;
    const redirect: WebServer = () => (turns-- > 0 ? { status: 302, headers: { location: `/again${turns}` } } : { status: 200 });
    expect(code(ask(redirect))).toBe("200");
    turns = 4;
    expect(code(ask(redirect))).toBe("HTTP_REDIRECTS");
    expect(code(ask(() => ({ status: 302, headers: { location: "http://inside.example/" } })))).toBe("ADDRESS_DENIED");
  });

  it("answers ABORTED once when it is given up", () => {
    const world = new World({ seed: 1 });
    const one = world.addNode({ name: "one", address: "45.0.0.1" });
    const outcomes: unknown[] = [];
    const cancel = one.http.request(REQUEST, (outcome) => outcomes.push(outcome));
    cancel();
    cancel();
    world.run({ untilMillis: 60_000 });
    expect(outcomes).toEqual([expect.objectContaining({ code: "ABORTED" })]);
  });
});

describe("a name", () => {
  it("is resolved from the table of the world; an address answers itself", () => {
    const world = new World({ seed: 1 });
    const one = world.addNode({ name: "one", address: "45.0.0.1" });
    world.names.set("Peer.example", ["45.0.0.9", "2a01::9"]);
    const outcomes: unknown[] = [];
    for (const name of ["peer.example", "45.1.2.3", "nobody.example"]) one.dns.resolve(name, (outcome) => outcomes.push(outcome));
    one.dns.resolve("peer.example", (outcome) => outcomes.push(outcome))();
    world.run({});
    expect(outcomes).toEqual([
      expect.objectContaining({ code: "ABORTED" }),
      ["45.1.2.3"],
      ["45.0.0.9", "2a01::9"],
      expect.objectContaining({ code: "NAME_NOT_FOUND" }),
    ]);
  });
});
