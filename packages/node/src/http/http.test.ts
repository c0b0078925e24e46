import { readFileSync } from "node:fs";
import { createServer as createPlain, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTls } from "node:https";
import { type AddressInfo, createServer as createRaw, type Server as RawServer, type Socket } from "node:net";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import type { Cancel, Dns, Done, HttpAnswer, HttpRequest } from "@bittern/host";
import { HostError, utf8 } from "@bittern/protocol/base";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NodeDns } from "../net/dns.ts";
import { Interface } from "../net/interface.ts";
import { NodeHttp } from "./http.ts";

const tls = (name: string) => readFileSync(new URL(`../../../../vectors/tls/localhost-${name}.pem`, import.meta.url), "utf8");
const TEST_KEY = tls("key");
const TEST_CERTIFICATE = tls("certificate");

let http: NodeHttp;
const servers: (Server | RawServer)[] = [];
const sockets = new Set<Socket>();

beforeEach(() => {
  http = new NodeHttp(new Interface(undefined), new NodeDns());
});

afterEach(() => {
  http.close();
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

function begin(server: Server | RawServer): Promise<number> {
  servers.push(server);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));
}

/** The base of a server that answers so. */
async function serve(answer: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await begin(createPlain(answer))}`;
}

/** The base of a server that says these bytes to everybody, and hangs up if told so. */
async function say(bytes: string | Uint8Array, hangsUp: boolean): Promise<string> {
  const server = createRaw((socket) => {
    socket.once("data", () => (hangsUp ? socket.end(bytes) : socket.write(bytes)));
  });
  return `http://127.0.0.1:${await begin(server)}`;
}

function get(url: string, options: Partial<HttpRequest> = {}, client = http): Promise<HttpAnswer> {
  const request: HttpRequest = { url, source: "user", bodyLengthMax: 100_000, timeoutMillis: 10_000, ...options };
  return new Promise((resolve, reject) => {
    client.request(request, (outcome) => (outcome instanceof HostError ? reject(outcome) : resolve(outcome)));
  });
}

async function faultOf(url: string, options: Partial<HttpRequest> = {}, client = http): Promise<string> {
  return await get(url, options, client).then(
    ({ status }) => `answered ${status}`,
    (fault: HostError) => fault.code,
  );
}

describe("Http", () => {
  it("brings status, headers, body, and where they came from", async () => {
    const base = await serve((request, response) => {
      response.setHeader("X-Seen", `${request.method} ${request.url} ${request.headers["user-agent"]}`);
      response.end("hello");
    });
    const answer = await get(`${base}/announce?info_hash=%aB%01%zz#part`);
    expect(answer).toMatchObject({ status: 200, body: utf8("hello"), address: "127.0.0.1", url: `${base}/announce?info_hash=%aB%01%zz` });
    expect(answer.headers.get("x-seen")).toMatch(/^GET \/announce\?info_hash=%aB%01%zz Bittern\/\d+\.\d+\.\d+$/);
  });

  it("uses a connection again while others wait in line, and keeps none", async () => {
    let connectionCount = 0;
    const server = createPlain((request, response) => response.end(request.url));
    server.on("connection", () => connectionCount++);
    const base = `http://127.0.0.1:${await begin(server)}`;
    const paths = Array.from({ length: 300 }, (_, index) => `/${index}`);
    const answers = await Promise.all(paths.map((path) => get(base + path)));
    expect(answers.map(({ body }) => new TextDecoder().decode(body))).toEqual(paths);
    expect(connectionCount).toBeLessThan(150);
    await vi.waitFor(() => expect(sockets.size).toBe(0));
  });

  it("asks anew where a server hangs up on a connection that was kept", async () => {
    const asked = new Map<Socket, number>();
    const base = await serve((request, response) => {
      const count = (asked.get(request.socket) ?? 0) + 1;
      asked.set(request.socket, count);
      if (count > 1) request.socket.destroy();
      else response.end("good");
    });
    const answers = await Promise.all(Array.from({ length: 200 }, () => get(base)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(Math.max(...asked.values())).toBe(2);
  });

  it("takes every status for an answer", async () => {
    const base = await serve((request, response) => {
      response.writeHead(Number(request.url?.slice(1))).end("no");
    });
    for (const status of [204, 304, 400, 404, 500]) expect((await get(`${base}/${status}`)).status).toBe(status);
  });

  it("sends the headers it is given, and asks for part of a file unpacked", async () => {
    const base = await serve((request, response) => {
      response.end(JSON.stringify([request.headers["range"], request.headers["accept-encoding"], request.method]));
    });
    const { body } = await get(base, { headers: { Range: "bytes=0-9" } });
    expect(JSON.parse(new TextDecoder().decode(body))).toEqual(["bytes=0-9", "identity", "GET"]);
    expect((await get(base, { method: "HEAD" })).body).toHaveLength(0);
  });

  it("unpacks gzip and both kinds of deflate", async () => {
    const text = utf8("d8:intervali1800ee".repeat(100));
    const packed = { gzip: gzipSync(text), "x-gzip": gzipSync(text), deflate: deflateSync(text), "deflate ": deflateRawSync(text) };
    for (const [encoding, bytes] of Object.entries(packed)) {
      const base = await serve((_, response) => response.setHeader("Content-Encoding", encoding).end(bytes));
      expect((await get(base)).body).toEqual(text);
    }
  });

  it("reads no packing that nobody asked for, and none that is damaged", async () => {
    const base = await serve((request, response) => {
      const gzip = gzipSync("x".repeat(1000));
      if (request.url === "/br") response.setHeader("Content-Encoding", "br").end("abc");
      else if (request.url === "/odd") response.setHeader("Content-Encoding", "constructor").end("abc");
      else if (request.url === "/twice") response.setHeader("Content-Encoding", "gzip, gzip").end(gzipSync(gzip));
      else response.setHeader("Content-Encoding", "gzip").end(request.url === "/cut" ? gzip.subarray(0, 12) : "garbage");
    });
    for (const path of ["/br", "/odd", "/twice", "/cut", "/garbage"]) expect(await faultOf(base + path)).toBe("HTTP_BAD_ANSWER");
  });

  it("stops a gzip bomb", async () => {
    const bomb = gzipSync(new Uint8Array(64 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(100_000);
    const base = await serve((_, response) => response.setHeader("Content-Encoding", "gzip").end(bomb));
    expect(await faultOf(base)).toBe("HTTP_BODY_TOO_LONG");
    const bombs = await serve((_, response) =>
      response.setHeader("Content-Encoding", "deflate").end(deflateSync(new Uint8Array(64 * 1024 * 1024))),
    );
    expect(await faultOf(bombs)).toBe("HTTP_BODY_TOO_LONG");
  });

  it("takes a body of the length allowed and none longer, declared or not", async () => {
    const base = await serve((request, response) => {
      const body = Buffer.alloc(Number(request.url?.slice(2)), "x");
      if (request.url?.startsWith("/d")) response.setHeader("Content-Length", body.length);
      if (request.url?.startsWith("/z")) response.setHeader("Content-Encoding", "gzip").end(gzipSync(body));
      else response.write(body, () => response.end());
    });
    for (const kind of ["d", "c", "z"]) {
      expect((await get(`${base}/${kind}1000`, { bodyLengthMax: 1000 })).body).toHaveLength(1000);
      expect(await faultOf(`${base}/${kind}1001`, { bodyLengthMax: 1000 })).toBe("HTTP_BODY_TOO_LONG");
    }
  });

  it("gathers a body that comes byte by byte", async () => {
    const count = 20_000;
    const base = await say(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${"1\r\nx\r\n".repeat(count)}0\r\n\r\n`, true);
    expect((await get(base)).body).toEqual(utf8("x".repeat(count)));
  });

  it("hangs up on an endless body", async () => {
    let isGone = false;
    const base = await serve((_, response) => {
      const pour = (): void => void response.write(Buffer.alloc(10_000), (error) => error ?? pour());
      response.on("close", () => {
        isGone = true;
      });
      pour();
    });
    expect(await faultOf(base)).toBe("HTTP_BODY_TOO_LONG");
    await expect.poll(() => isGone).toBe(true);
  });

  it("has one time for everything: silence, slow headers, a slow body, an endless 'continue'", async () => {
    const options = { timeoutMillis: 150 };
    expect(await faultOf(await say("", false), options)).toBe("TIMED_OUT");
    expect(await faultOf(await say("HTTP/1.1 200 OK\r\nX: ", false), options)).toBe("TIMED_OUT");
    expect(await faultOf(await say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", false), options)).toBe("TIMED_OUT");
    expect(await faultOf(await say("HTTP/1.1 100 Continue\r\n\r\n".repeat(50), false), options)).toBe("TIMED_OUT");
    const loop = await serve((request, response) => {
      setTimeout(() => response.writeHead(302, { Location: `${request.url}x` }).end(), 100);
    });
    expect(await faultOf(`${loop}/`, options)).toBe("TIMED_OUT");
  });

  it("takes garbage, endless headers and a broken body for what they are", async () => {
    expect(await faultOf(await say("220 smtp.example ready\r\n", true))).toBe("HTTP_BAD_ANSWER");
    expect(await faultOf(await say(`HTTP/1.1 200 OK\r\nX: ${"y".repeat(100_000)}`, true))).toBe("HTTP_BAD_ANSWER");
    expect(await faultOf(await say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", true))).toBe("CONNECTION_RESET");
    expect(await faultOf(await say("", true))).toBe("CONNECTION_RESET");
    const gone = await say("", true);
    servers.pop()?.close();
    expect(await faultOf(gone)).toBe("CONNECTION_REFUSED");
  });

  // Answers that libtorrent and curl read, and Node by itself does not.
  it("reads what trackers of old write", async () => {
    const body = "d8:intervali60ee";
    const length = `Content-Length: ${body.length}`;
    const chunk = body.length.toString(16);
    const answers = {
      "bare line feeds": `HTTP/1.1 200 OK\n${length}\n\n${body}`,
      "bare line feeds and no length": `HTTP/1.0 200 OK\n\n${body}`,
      "a length beside chunks": `HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}\r\n${body}\r\n0\r\n\r\n`,
      "blanks behind the length of a chunk": `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}  \r\n${body}\r\n0\r\n\r\n`,
      "a header over two lines": `HTTP/1.1 200 OK\r\nX: a\r\n b\r\n${length}\r\n\r\n${body}`,
      "a blank before a colon": `HTTP/1.1 200 OK\r\nContent-Length : ${body.length}\r\n\r\n${body}`,
      "no reason": `HTTP/1.1 200\r\n${length}\r\n\r\n${body}`,
    };
    const read = await Promise.all(Object.values(answers).map(async (answer) => await get(await say(answer, true))));
    expect(read.map((answer) => new TextDecoder().decode(answer.body))).toEqual(read.map(() => body));
  });

  it("can be given up, and answers once", async () => {
    const base = await say("", false);
    const answers: unknown[] = [];
    const request: HttpRequest = { url: base, source: "user", bodyLengthMax: 10, timeoutMillis: 10_000 };
    const cancel: Cancel = await new Promise((resolve) => {
      const given = http.request(request, (outcome) => answers.push(outcome instanceof HostError ? outcome.code : outcome));
      resolve(given);
    });
    expect(answers).toEqual([]);
    cancel();
    cancel();
    await expect.poll(() => answers).toEqual(["ABORTED"]);
    cancel();
    http.close();
    expect(answers).toEqual(["ABORTED"]);
  });

  it("has 50 requests under way at most", async () => {
    const waiting: ServerResponse[] = [];
    let most = 0;
    const base = await serve((_, response) => {
      waiting.push(response);
      most = Math.max(most, waiting.length);
    });
    const answers = Array.from({ length: 120 }, () => get(base));
    let answered = 0;
    while (answered < 120) {
      await expect.poll(() => waiting.length).toBe(Math.min(50, 120 - answered));
      for (const response of waiting.splice(0)) {
        response.end();
        answered++;
      }
    }
    await Promise.all(answers);
    expect(most).toBe(50);
  });
});

describe("A redirect", () => {
  const redirecting = (answer: (request: IncomingMessage) => string | undefined): RequestListener => {
    return (request, response) => {
      const to = answer(request);
      if (to === undefined) response.end(JSON.stringify(request.headers));
      else response.writeHead(302, { Location: to }).end("elsewhere");
    };
  };

  it("is followed three times and not four", async () => {
    const base = await serve(redirecting(({ url }) => (url === "/0" ? undefined : `/${Number(url?.slice(1)) - 1}`)));
    expect((await get(`${base}/3`)).url).toBe(`${base}/0`);
    expect(await faultOf(`${base}/4`)).toBe("HTTP_REDIRECTS");
  });

  it("that goes round in a circle ends", async () => {
    const base = await serve(redirecting(({ url }) => url));
    expect(await faultOf(`${base}/loop`)).toBe("HTTP_REDIRECTS");
  });

  it("to another scheme or another service is refused", async () => {
    const base = await serve(redirecting(({ url }) => (url === "/file" ? "file:///etc/passwd" : "http://127.0.0.1:6379/")));
    expect(await faultOf(`${base}/file`)).toBe("URL_DENIED");
    expect(await faultOf(`${base}/redis`)).toBe("URL_DENIED");
  });

  it("from the internet to ourselves is refused, whoever gave the URL", async () => {
    // A name of the internet, served from here: the resolver is the only thing that is made up.
    let requests = 0;
    const base = await serve((_, response) => {
      requests++;
      response.end();
    });
    const port = Number(new URL(base).port);
    const dns: Dns = {
      resolve: (name: string, done: Done<readonly string[]>) => {
        done(name === "inside.example" ? ["127.0.0.1"] : ["93.184.216.34"]);
        return () => undefined;
      },
      resolveTexts: () => () => undefined,
    };
    const client = new NodeHttp(new Interface(undefined), dns);
    expect(await faultOf(`http://inside.example:${port}/`, { source: "stranger" }, client)).toBe("ADDRESS_DENIED");
    expect(requests).toBe(0);
    expect(await faultOf(`http://inside.example:${port}/`, { source: "user" }, client)).toBe("answered 200");
    client.close();
  });

  it("to another origin takes no secrets along", async () => {
    const other = await serve(redirecting(() => undefined));
    const base = await serve(redirecting(({ url }) => (url === "/away" ? `${other}/` : url === "/near" ? "/" : undefined)));
    const headers = { Authorization: "Bearer secret", Cookie: "secret", "X-Plain": "kept" };
    const seen = async (path: string): Promise<Record<string, string>> =>
      JSON.parse(new TextDecoder().decode((await get(base + path, { headers })).body)) as Record<string, string>;
    expect(await seen("/near")).toMatchObject({ authorization: "Bearer secret", cookie: "secret", "x-plain": "kept" });
    const away = await seen("/away");
    expect(away).toMatchObject({ "x-plain": "kept" });
    expect(Object.keys(away)).not.toContain("authorization");
    expect(Object.keys(away)).not.toContain("cookie");
  });

  it("keeps a password of the URL to its origin, and shows it to nobody", async () => {
    const other = await serve(redirecting(() => undefined));
    const base = await serve(redirecting(({ url }) => (url === "/away" ? `${other}/` : undefined)));
    const withPassword = base.replace("http://", "http://user:p%40ss@");
    const near = await get(withPassword);
    expect(new TextDecoder().decode(near.body)).toContain(`Basic ${Buffer.from("user:p@ss").toString("base64")}`);
    expect(near.url).toBe(`${base}/`);
    expect(new TextDecoder().decode((await get(`${withPassword}/away`)).body)).not.toContain("Basic");
  });
});

describe("TLS", () => {
  it("is checked: a certificate of nobody's is refused", async () => {
    const port = await begin(createTls({ key: TEST_KEY, cert: TEST_CERTIFICATE }, (_, response) => response.end("secret")));
    expect(await faultOf(`https://localhost:${port}/`, { family: 4 })).toBe("TLS");
    expect(await faultOf(`https://127.0.0.1:${port}/`)).toBe("TLS");
  });

  it("does not take plain HTTP for itself", async () => {
    const base = await serve((_, response) => response.end("plain"));
    expect(await faultOf(base.replace("http:", "https:"))).toBe("TLS");
  });
});
