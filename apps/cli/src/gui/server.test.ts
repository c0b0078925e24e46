/** @module */
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENGLISH_WINDOW } from "../messages/english-window.ts";
import { browserCommand } from "./browser.ts";
import { PAGES_MAX, WindowServer } from "./server.ts";
import { type WindowView, windowView } from "./view.ts";

let state: WindowView = windowView({
  texts: ENGLISH_WINDOW,
  phase: "loading",
  name: "",
  totalLength: undefined,
  target: "",
  status: undefined,
  errors: [],
  suggestion: "",
});
const saved: string[] = [];
const watched: number[] = [];
const server = new WindowServer(
  {
    view: () => state,
    save: (path) => saved.push(path),
    end: () => saved.push("end"),
    folder: async (path) => ({ path, above: null, folders: [], files: [] }),
    watched: (pageCount) => watched.push(pageCount),
  },
  ENGLISH_WINDOW,
);
let url = "";
beforeAll(async () => {
  url = await server.listen();
});
afterAll(() => server.close());

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** As a hostile page, or a curious program, might ask. */
function ask({ path = "", method = "GET", headers = {}, body = "" }: Asked): Promise<{ status: number; headers: object; text: string }> {
  const { port, pathname, host } = new URL(url);
  return new Promise((resolve, reject) => {
    const asking = request(
      { host: "127.0.0.1", port, method, path: path.startsWith("/") ? path : pathname + path, headers: { host, ...headers } },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => (text += part));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      },
    );
    asking.on("error", reject).end(body);
  });
}

const JSON_TYPE = { "content-type": "application/json" };

describe("The server of a window", () => {
  it("has an address on loopback with a token that nobody guesses", () => {
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/);
  });

  it("shows the page, which may run nothing from elsewhere", async () => {
    const page = await ask({});
    expect(page.status).toBe(200);
    expect(page.headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    });
    expect(page.headers).toMatchObject({
      "content-security-policy": expect.stringMatching(/^default-src 'none'; script-src 'self'; style-src 'self'/),
    });
    expect(page.text).not.toMatch(/<script>|style=|onclick=/);
    expect((await ask({ path: "window.js" })).headers).toMatchObject({ "content-type": "text/javascript; charset=utf-8" });
    expect((await ask({ path: "folder?path=%2Fx" })).text).toBe('{"path":"/x","above":null,"folders":[],"files":[]}');
  });

  it("answers nobody without the token, under another name, or from another site", async () => {
    const origin = new URL(url).origin;
    const refused: Asked[] = [
      { path: "/" },
      { path: `/${"0".repeat(32)}/` },
      { path: `/${"0".repeat(31)}/window.js` },
      { headers: { host: "evil.example" } },
      { headers: { host: `evil.example:${new URL(url).port}` } },
      { path: "nothing" },
      { method: "PUT", headers: { origin, ...JSON_TYPE } },
      { path: "save", method: "POST", headers: { origin: "http://evil.example", ...JSON_TYPE }, body: '{"path":"/x"}' },
      { path: "save", method: "POST", headers: JSON_TYPE, body: '{"path":"/x"}' },
      { path: "save", method: "POST", headers: { origin, "content-type": "text/plain" }, body: '{"path":"/x"}' },
      { path: "save", method: "POST", headers: { origin, ...JSON_TYPE }, body: "{}" },
    ];
    for (const asked of refused) expect((await ask(asked)).status, JSON.stringify(asked)).toBe(404);
    expect(saved).toEqual([]);
  });

  it("does what its own page asks", async () => {
    const { origin } = new URL(url);
    const post = (path: string, body: string) => ask({ path, method: "POST", headers: { origin, ...JSON_TYPE }, body });
    expect((await post("save", '{"path":"/tmp/x"}')).status).toBe(200);
    expect((await post("end", "{}")).status).toBe(200);
    expect(saved).toEqual(["/tmp/x", "end"]);
    expect((await post("save", "{")).status).toBe(400);
    const padded = (length: number): string => '{"path":"/tmp/y"}'.padEnd(length, " ");
    expect((await post("save", padded(16_384))).status).toBe(200);
    expect((await post("save", padded(16_385))).status).toBe(400);
    expect(saved).toEqual(["/tmp/x", "end", "/tmp/y"]);
  });

  it("tells its pages what changed, to so many and no more", async () => {
    const pages = await Promise.all(Array.from({ length: PAGES_MAX }, () => fetch(`${url}events`)));
    expect((await fetch(`${url}events`)).status).toBe(503);
    expect(watched.at(-1)).toBe(PAGES_MAX);
    const reader = (pages[0] as Response).body?.pipeThrough(new TextDecoderStream()).getReader();
    let heard = "";
    const hear = async (wanted: string): Promise<void> => {
      while (!heard.includes(wanted)) heard += (await reader?.read())?.value ?? "";
    };
    await hear('"phase":"loading"');
    state = { ...state, phase: "working" };
    server.push();
    await hear('"phase":"working"');
    await reader?.cancel();
    for (const page of pages.slice(1)) await page.body?.cancel();
  });
});

describe("The browser", () => {
  it("is the one the user chose, else the one of the desktop", () => {
    const command = (environment: Record<string, string>, platform: NodeJS.Platform = "linux") =>
      browserCommand("http://u", environment, platform);
    expect(command({ BROWSER: "firefox --new-window %s:lynx" })).toEqual(["firefox", "--new-window", "http://u"]);
    expect(command({ BROWSER: "chromium" })).toEqual(["chromium", "http://u"]);
    expect(command({ DISPLAY: ":0" })).toEqual(["xdg-open", "http://u"]);
    expect(command({ WAYLAND_DISPLAY: "w" })).toEqual(["xdg-open", "http://u"]);
    expect(command({})).toBeUndefined();
    expect(command({}, "darwin")).toEqual(["open", "http://u"]);
  });
});
