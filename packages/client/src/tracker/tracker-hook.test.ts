/** @module */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { decodeAnnounceAnswer, decodeUdpAnswer, encodeUdpAnnounce, encodeUdpConnect } from "@bittern/protocol/tracker";
import { describe, expect, it } from "vitest";
import type { AnnounceQuestion } from "./options.ts";
import { TrackerServer } from "./tracker-server.ts";

const HASH = "0123456789abcdef0123456789abcdef01234567";
const PEER_ID = Uint8Array.from({ length: 20 }, () => "x".charCodeAt(0));

const overHttp = async (url: URL | undefined, hash = HASH): Promise<string> => {
  const query = `info_hash=${hash.replace(/../g, "%$&")}&peer_id=${"x".repeat(20)}&port=1001&uploaded=1&downloaded=2&left=3&event=started`;
  const answer = await fetch(`${String(url)}?${query}`);
  const decoded = decodeAnnounceAnswer(new Uint8Array(await answer.arrayBuffer()));
  return "peers" in decoded ? "welcome" : decoded.failure;
};

async function overUdp(url: URL | undefined): Promise<string> {
  const socket = createSocket("udp4");
  const ask = async (bytes: Uint8Array): Promise<Uint8Array> => {
    socket.send(bytes, Number(url?.port), "127.0.0.1");
    return ((await once(socket, "message")) as [Buffer])[0];
  };
  try {
    const connected = decodeUdpAnswer(await ask(encodeUdpConnect(1)), "ipv4");
    if (connected.type !== "connected") throw new Error(connected.type);
    const infoHash = Uint8Array.from(Buffer.from(HASH, "hex"));
    const request = { infoHash, peerId: PEER_ID, port: 1002, uploaded: 0, downloaded: 0, left: 0 };
    const answer = decodeUdpAnswer(
      await ask(encodeUdpAnnounce({ connectionId: connected.connectionId, transactionId: 2, request })),
      "ipv4",
    );
    return answer.type === "error" ? answer.failure : answer.type;
  } finally {
    socket.close();
  }
}

describe("The hook of a tracker", () => {
  it("decides on each announce, over HTTP and UDP, and takes its time", async () => {
    const asked: AnnounceQuestion[] = [];
    const verdicts: (boolean | string | Error)[] = [];
    const warnings: string[] = [];
    await using tracker = new TrackerServer({
      http: { port: 0, host: "127.0.0.1" },
      udp: { port: 0, host: "127.0.0.1" },
      welcomes: async (announce) => {
        asked.push(announce);
        await new Promise((resolve) => setImmediate(resolve));
        const verdict = verdicts.shift() ?? true;
        if (verdict instanceof Error) throw verdict;
        return verdict;
      },
      onWarning: (message) => warnings.push(message),
    });
    const { http, udp } = await tracker.listen();
    expect(await overHttp(http)).toBe("welcome");
    expect(asked[0]).toMatchObject({
      infoHash: HASH,
      address: "127.0.0.1",
      port: 1001,
      uploaded: 1,
      downloaded: 2,
      left: 3,
      event: "started",
    });
    expect(await overUdp(udp)).toBe("announced");
    verdicts.push(false, "come back as a member", "and you too");
    expect(await overHttp(http)).toBe("this announce is not welcome");
    expect(await overHttp(http)).toBe("come back as a member");
    expect(await overUdp(udp)).toBe("and you too");
    expect(warnings).toEqual([]);
    verdicts.push(new Error("the members' list is away"));
    expect(await overHttp(http)).toBe("the tracker cannot decide now; try again later");
    expect(warnings).toEqual(["nobody decided on an announce: the members' list is away"]);
    // Who was turned away is in no swarm.
    expect(tracker.stats()).toMatchObject({ torrents: 1, seeds: 1, downloaders: 1 });
    expect(await overHttp(http, "a".repeat(40))).toBe("welcome");
  });
});
