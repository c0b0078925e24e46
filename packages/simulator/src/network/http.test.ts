import type { HttpAnswer, HttpRequest, TcpLink } from "@bittern/host";
import { fromLatin1, HostError, latin1 } from "@bittern/protocol/base";
import { describe, expect, it } from "vitest";
import { World } from "../world.ts";
import type { WebServer } from "./web.ts";

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

describe("an HTTP exchange with a program", () => {
  function talk(reply: string, request: Partial<HttpRequest> = {}): { outcome: HttpAnswer | HostError; heard: string } {
    const world = new World({ seed: 1, network: { segmentation: "random" } });
    const one = world.addNode({ name: "one", address: "45.0.0.1" });
    const server = world.addNode({ name: "server", address: "45.0.0.2" });
    let heard = "";
    const handler = {
      connected() {},
      drained() {},
      closed() {},
      bytes(link: TcpLink, bytes: Uint8Array) {
        heard += latin1(bytes);
        if (!heard.endsWith("\r\n\r\n")) return;
        link.write(fromLatin1(reply));
        link.close();
      },
    };
    server.tcp.listen(
      { ports: [80, 80] },
      () => handler,
      () => {},
    );
    world.run({ untilMillis: 1 });
    let outcome: HttpAnswer | HostError | undefined;
    one.http.request({ ...REQUEST, url: "http://45.0.0.2/x?y", ...request }, (answer) => {
      outcome = answer;
    });
    world.run({ until: () => outcome !== undefined });
    return { outcome: outcome as HttpAnswer | HostError, heard };
  }

  it("reads a body of a stated length, or one that ends with the link", () => {
    for (const length of ["Content-Length: 5\r\n", ""]) {
      const { outcome, heard } = talk(`HTTP/1.1 200 OK\r\n${length}X-A: b\r\n\r\nhello`);
      expect(latin1((outcome as HttpAnswer).body)).toBe("hello");
      expect((outcome as HttpAnswer).headers.get("x-a")).toBe("b");
      expect(heard.split("\r\n")).toEqual(["GET /x?y HTTP/1.1", "host: 45.0.0.2", "connection: close", "", ""]);
    }
  });

  it("says what is wrong with an answer", () => {
    expect(code(talk("nonsense\r\n\r\n"))).toBe("HTTP_BAD_ANSWER");
    expect(code(talk("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"))).toBe("HTTP_BAD_ANSWER");
    expect(code(talk("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", { bodyLengthMax: 8 }))).toBe("HTTP_BODY_TOO_LONG");
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
