/** @module */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { endAllAfterTests, noise, run, temporaryFolder, writeFiles } from "../testing.ts";

const folder = temporaryFolder();
endAllAfterTests();
beforeAll(async () => {
  writeFiles(folder, { "one & <two>.bin": noise(1000, "x"), "site/broken.torrent": "no torrent", "empty/x.txt": "" });
  const made = await run(["create", "one & <two>.bin", "-o", "site/one & <two>.torrent", "--comment", "a <b>remark</b>"], { cwd: folder });
  expect(made.status).toBe(0);
});

describe("bittern web-config", () => {
  it("prints lines for a site, or a whole one", async () => {
    const lines = (await run(["web-config", "nginx"])).out;
    expect(lines).toContain("default_type application/x-bittorrent;");
    expect(lines).toContain("bittern track --port 6969 --trust-proxy 127.0.0.1");
    expect(lines).not.toContain("server {\n");
    const site = (await run(["web-config", "apache", "--server-name", "files.example.org", "--no-tracker", "--root", "/srv/a b"])).out;
    expect(site).toContain('<VirtualHost *:80>\n    ServerName files.example.org\n    DocumentRoot "/srv/a b"\n');
    expect(site).toContain("AddType application/x-bittorrent .torrent\n");
    expect(site).not.toContain("ProxyPass");
  });

  it("remarks in the language of the user, and configures the same", async () => {
    for (const server of ["nginx", "apache"]) {
      const site = ["web-config", server, "--server-name", "files.example.org"];
      const [english, spanish] = [(await run([...site, "--lang", "en"])).out, (await run([...site, "--lang", "es"])).out];
      const lines = (text: string): readonly string[] => text.split("\n").filter((line) => !line.trimStart().startsWith("#"));
      expect(lines(spanish)).toEqual(lines(english));
      expect(spanish).toMatch(/^# (?:nginx|Apache): ponga esto en sites-enabled|^# nginx: ponga esto en conf\.d/);
      expect(spanish).toContain("# El tracker en 127.0.0.1:6969: bittern track");
    }
  });

  it("makes a page of the torrents in a folder, and leaves out what is none", async () => {
    const page = await run(["web-config", "page", "site", "--title", "Ours <3"], { cwd: folder });
    expect(page.status).toBe(0);
    expect(page.out).toContain("<h1>Ours &lt;3</h1>");
    expect(page.out).toContain('<a href="./one%20%26%20%3Ctwo%3E.torrent" type="application/x-bittorrent">one &amp; &lt;two&gt;.bin</a>');
    expect(page.out).toContain("a &lt;b&gt;remark&lt;/b&gt;");
    expect(page.out).toMatch(/<a href="magnet:\?xt=urn:btih:[0-9a-f]{40}&amp;/);
    expect(page.out).not.toMatch(/<script|src=/);
    expect(page.err).toContain("broken.torrent");
  });

  it("makes it in Spanish for who speaks Spanish, and none of nothing", async () => {
    const page = await run(["web-config", "page", "site", "--lang", "es"], { cwd: folder });
    expect(page.out).toContain('<html lang="es">');
    expect(page.out).toContain("1 archivo");
    writeFiles(folder, { "broken/x.torrent": "no torrent" });
    expect(await run(["web-config", "page", "broken"], { cwd: folder })).toMatchObject({ status: 1, out: "" });
  });

  it("writes a file as a whole, and over another only when told to", async () => {
    const words = ["web-config", "page", "site", "-o", "site/index.html"];
    expect(await run([...words, "--json"], { cwd: folder })).toMatchObject({
      status: 0,
      json: { kind: "page", file: join(folder, "site/index.html") },
    });
    expect((await run(words, { cwd: folder })).status).toBe(1);
    expect((await run([...words, "--force", "--title", "new"], { cwd: folder })).status).toBe(0);
    expect(readFileSync(join(folder, "site/index.html"), "utf8")).toContain("<title>new</title>");
  });

  it("says what to type instead", async () => {
    const wrong = [["web-config", "lighttpd"], ["web-config", "nginx", "--listen", "81"], ["web-config", "nginx", "x"], ["web-config"]];
    wrong.push(["web-config", "nginx", "--server-name", "a;b"], ["web-config", "nginx", "--server-name", "a", "--root", "/srv/$x"]);
    for (const words of wrong) expect((await run(words)).status, words.join(" ")).toBe(2);
    expect(await run(["web-config", "page", "empty"], { cwd: folder })).toMatchObject({ status: 1 });
  });
});
