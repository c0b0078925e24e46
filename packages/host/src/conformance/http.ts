/**
 * What every HTTP client keeps. Limits and rules about addresses are each world's own tests; here it is asked which way a
 * request goes.
 * @module
 */
import { fromLatin1, type HostError, latin1 } from "@bittern/protocol/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HttpAnswer, HttpRequest } from "../http.ts";
import type { TcpHandler, TcpListener } from "../tcp.ts";
import { ask, askWell, type MakeWorld, type World } from "./world.ts";

const ANSWER = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";

export function describeHttp(makeWorld: MakeWorld): void {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(async () => {
    await world.end();
  });

  /** A server that greets everybody on all addresses of `host` itself; its port. */
  const serve = async (): Promise<number> => {
    const handler: TcpHandler = {
      connected: () => undefined,
      drained: () => undefined,
      closed: () => undefined,
      bytes: (link, bytes) => {
        if (!latin1(bytes).endsWith("\r\n\r\n")) return;
        link.write(fromLatin1(ANSWER));
        link.close();
      },
    };
    const listener = await askWell<TcpListener>(world, (done) => world.host.tcp.listen({ ports: [0, 0] }, () => handler, done));
    return (listener.endpoints[0] as { port: number }).port;
  };

  const get = async (url: string, more: Partial<HttpRequest> = {}): Promise<HttpAnswer | HostError> => {
    const request: HttpRequest = { url, source: "user", bodyLengthMax: 1000, timeoutMillis: 10_000, ...more };
    return await ask<HttpAnswer>(world, (done) => world.host.http.request(request, done));
  };

  describe("Http", () => {
    it("brings the answer, and says which address gave it", async () => {
      const port = await serve();
      const answer = (await get(`http://127.0.0.1:${port}/x`)) as HttpAnswer;
      expect(answer).toMatchObject({ status: 200, url: `http://127.0.0.1:${port}/x`, address: "127.0.0.1" });
      expect(latin1(answer.body)).toBe("hello");
    });

    it("goes by the family it is told", async () => {
      const port = await serve();
      expect(await get(`http://localhost:${port}/`, { family: 4 })).toMatchObject({ status: 200, address: "127.0.0.1" });
      expect(await get(`http://[::1]:${port}/`, { family: 6 })).toMatchObject({ status: 200, address: "::1" });
    });

    it("says FAMILY_ABSENT where the host has no address of the family", async () => {
      const port = await serve();
      expect(await get(`http://127.0.0.1:${port}/`, { family: 6 })).toMatchObject({ code: "FAMILY_ABSENT" });
      expect(await get(`http://[::1]:${port}/`, { family: 4 })).toMatchObject({ code: "FAMILY_ABSENT" });
    });
  });
}
