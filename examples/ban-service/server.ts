/**
 * A small service that shuts out clients which ask too often: their addresses are banned in the kernel, so that the next
 * packet of theirs costs this process nothing.
 *
 *     sudo npx tsx examples/ban-service/server.ts [port]
 */
import { createServer } from "node:http";
import { openBans } from "../../src/index.js";

const MOST_A_SECOND = 20,
  MINUTES = 10;
const bans = openBans();
const asked = new Map<string, number>();
setInterval(() => asked.clear(), 1000).unref();

const server = createServer(async (request, response) => {
  // An IPv4 client of a socket for both families is written ::ffff:192.0.2.1.
  const client = request.socket.remoteAddress?.replace(/^::ffff:/, "") ?? "";
  const count = (asked.get(client) ?? 0) + 1;
  asked.set(client, count);
  if (count <= MOST_A_SECOND) {
    response.end("hello\n");
    return;
  }
  if (count > MOST_A_SECOND + 1) return;
  const { results } = await bans.ban(client, {
    timeout: MINUTES * 60,
    reason: `more than ${MOST_A_SECOND} requests a second`,
    killConnections: true,
  });
  for (const { address, result, problem } of results) console.log(address, result, problem ?? "");
});
server.listen(Number(process.argv[2] ?? 8080), () => console.log("listening"));
