/**
 * Ends once a tracker knows enough seeds. usage: await-seeds.mjs SCRAPE_URL INFO_HASH COUNT
 * @module
 */
const [url, infoHash = "", count] = process.argv.slice(2);
const POLL_MILLIS = 20;
const TIMEOUT_MILLIS = 60_000;

const escaped = infoHash.replace(/../g, "%$&");
for (const startedAt = Date.now(); ; ) {
  const answer = await fetch(`${url}?info_hash=${escaped}`).then((response) => response.text());
  const complete = Number(/8:completei(\d+)e/.exec(answer)?.[1] ?? 0);
  if (complete >= Number(count)) break;
  if (Date.now() > startedAt + TIMEOUT_MILLIS) throw new Error(`the tracker knows ${complete} of ${count} seeds`);
  await new Promise((resolve) => setTimeout(resolve, POLL_MILLIS));
}
