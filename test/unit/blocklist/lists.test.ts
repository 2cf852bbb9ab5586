import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ReadOptions, readAddresses } from "../../../src/blocklist/address-lists.js";
import { memoryCache } from "../../../src/blocklist/fetch-list.js";
import type { AnySource } from "../../../src/blocklist/sources.js";
import { isRampartError } from "../../../src/errors.js";

async function read(source: AnySource, options: ReadOptions = {}) {
  const lists = await readAddresses([source], options),
    { ipv4, ipv6 } = await lists.networks();
  return { ...lists, texts: [...ipv4, ...ipv6] };
}
const taken = async (source: AnySource): Promise<readonly string[]> => (await read(source)).texts;
const problemOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "nothing is wrong",
    (error: unknown) => (isRampartError(error) ? `${error.code}: ${error.message}` : `thrown: ${error}`),
  );

describe("lists as they are published", () => {
  it("one address or network a line, with comments", async () => {
    const text =
      "\ufeff# FireHOL\n#\n1.2.3.4\r\n 10.0.0.0/8\t# inside\n\n; more\n2001:db8::/32 ; SBL1\n5.6.7.8 // x\n9.9.9.9";
    expect(await taken(text)).toEqual(["1.2.3.4", "5.6.7.8", "9.9.9.9", "10.0.0.0/8", "2001:db8::/32"]);
  });
  it("Spamhaus DROP, as text and as JSON lines", async () => {
    expect(
      await taken("; Spamhaus DROP List 2024\n1.10.16.0/20 ; SBL256894\n1.19.0.0/16 ; SBL434604\n"),
    ).toEqual(["1.10.16.0/20", "1.19.0.0/16"]);
    const json =
      '{"cidr":"1.10.16.0/20","sblid":"SBL256894","rir":"apnic"}\n{"type":"metadata","timestamp":1700000000,"size":2}\n';
    expect(await taken(json)).toEqual(["1.10.16.0/20"]);
  });
  it("AWS and Cloudflare", async () => {
    const aws = JSON.stringify({
      createDate: "2024-11-24-12-33-12",
      prefixes: [{ ip_prefix: "3.2.34.0/26", region: "af-south-1", service: "AMAZON" }],
      ipv6_prefixes: [{ ipv6_prefix: "2600:1f69:7400::/40" }],
    });
    expect(await taken(aws)).toEqual(["3.2.34.0/26", "2600:1f69:7400::/40"]);
    async function* bytes() {
      for (const byte of new TextEncoder().encode(`\ufeff\r\n \n[\n${aws}]`)) yield Uint8Array.of(byte);
    }
    expect(await taken(bytes())).toEqual(["3.2.34.0/26", "2600:1f69:7400::/40"]);
    const cloudflare =
      '{"result":{"ipv4_cidrs":["173.245.48.0\\/20"],"ipv6_cidrs":["2400:cb00::/32"]},"success":true}';
    expect(await taken(cloudflare)).toEqual(["173.245.48.0/20", "2400:cb00::/32"]);
  });
  it("abuse.ch, by the name of a column, its number, or by looking", async () => {
    const text = `################\r\n# "first_seen_utc","dst_ip","dst_port"\r\n"2024-01-01 10:00:00","192.0.2.5","443"\r\n"2024-01-02 10:00:00","192.0.2.9","8080"\r\n`;
    for (const column of [{ column: "dst_ip" }, { column: 2 }, {}])
      expect(await taken({ text: text.replace('# "', '# "'), format: "csv", ...column })).toEqual([
        "192.0.2.5",
        "192.0.2.9",
      ]);
    expect(await taken(text)).toEqual(["192.0.2.5", "192.0.2.9"]);
  });
  it("ipdeny's zones, abuse.ch's plain lists, FireHOL's netsets as they begin", async () => {
    expect(await taken("2.16.32.0/23\n2.16.110.0/23\n2a02:26f0::/32\n")).toHaveLength(3);
    const feodo =
      "################\r\n# Feodo Tracker Botnet C2 IP Blocklist\r\n#\r\n# DstIP\r\n192.0.2.9\r\n# END 1 entries\r\n";
    expect(await taken(feodo)).toEqual(["192.0.2.9"]);
    const firehol =
      "#\n# firehol_level1\n#\n# Entries         : 4586 subnets, 611823447 unique IPs\n#\n0.0.0.0/8\n1.10.16.0/20\n";
    const { texts, refusedCount } = await read(firehol);
    expect(texts).toEqual(["0.0.0.0/8", "1.10.16.0/20"]);
    expect(refusedCount).toBe(0);
  });
  it("tables with other separators", async () => {
    expect(await taken({ text: "a;b\n1;192.0.2.1\n2;192.0.2.3\n", format: "csv", column: "b" })).toHaveLength(
      2,
    );
    expect(await taken({ text: "x|192.0.2.1|y", format: "csv", separator: "|" })).toEqual(["192.0.2.1"]);
  });
  it("hosts files, and ranges", async () => {
    expect(
      await taken("192.0.2.1 evil.example.com\n198.51.100.0 - 198.51.100.255\n203.0.113.1-203.0.113.2"),
    ).toEqual(["192.0.2.1", "198.51.100.0/24", "203.0.113.1", "203.0.113.2"]);
    const { refused } = await read("192.0.2.1\n0.0.0.0 ads.example.com\n");
    expect(refused).toMatchObject([{ line: 2, text: "0.0.0.0 ads.example.com" }]);
  });
  it("networks by mask, and with bits behind the prefix", async () => {
    expect(await taken("10.1.2.3/255.255.0.0\n192.0.2.77/24\n2001:db8::5/64")).toEqual([
      "10.1.0.0/16",
      "192.0.2.0/24",
      "2001:db8::/64",
    ]);
  });
  it("texts, bytes, iterables of both kinds, gzip", async () => {
    const bytes = new TextEncoder().encode("192.0.2.1\n192.0.2.4\n");
    async function* pieces() {
      for (const byte of bytes) yield Uint8Array.of(byte);
    }
    async function* packed() {
      yield gzipSync(bytes);
    }
    async function* texts() {
      yield "192.0.2.1";
      yield "192.0.2.4";
    }
    for (const entries of [
      ["192.0.2.1", "192.0.2.4"],
      new Set(["192.0.2.1", "192.0.2.4"]),
      pieces(),
      packed(),
      texts(),
    ])
      expect(await taken(entries)).toEqual(["192.0.2.1", "192.0.2.4"]);
  });
});

/** Mostly addresses and networks, and all that looks nearly like one. */
const plainish = fc.oneof(
  { weight: 3, arbitrary: fc.ipV4() },
  fc.tuple(fc.ipV4(), fc.nat(34)).map(([address, bits]) => `${address}/${bits}`),
  fc.stringMatching(/^[0-9./:\r# ]{0,12}$/),
  fc.constantFrom(
    "",
    "010.0.0.1",
    "1.2.3.4/08",
    "1.2.3.4/",
    "1.2.3",
    "1.2.3.4.5",
    "::1",
    "1.2.3.4-1.2.3.9",
    "x",
    "1..2.3",
  ),
);

describe("lines that are an address alone go past the readers", () => {
  const described = async (source: AnySource) => {
    const lists = await readAddresses([source]).catch((error: unknown) => error);
    if (isRampartError(lists)) return lists.message;
    const { networks, sources, refused } = lists as Awaited<ReturnType<typeof readAddresses>>;
    return { sources, refused, networks: await networks() };
  };
  it("and are taken or refused as the readers would", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(plainish, { maxLength: 30 }),
        fc.constantFrom("lines", "hosts", "auto"),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        async (lines, format, size, whole) => {
          const bytes = new TextEncoder().encode(lines.join("\n") + (whole ? "\n" : ""));
          async function* pieces() {
            for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
          }
          const pushed = await described({ entries: pieces(), format, name: "list" });
          // With a blank before it a line is not plain.
          const text = lines.map((line) => ` ${line}\n`).join("");
          expect(pushed).toEqual(await described({ text, format, name: "list" }));
        },
      ),
      { numRuns: 200 },
    ));
});

describe("what is no address", () => {
  it("is reported with its line and the reason", async () => {
    const lines = [
      ["1.2.3.4", undefined],
      ["1.2.3", "no address"],
      ["1.2.3.256", "no address"],
      ["1.2.3.4.5", "no address"],
      ["010.0.0.1", "leading zero"],
      ["1.2.3.4/33", "at most 32"],
      ["2001:db8::/129", "at most 128"],
      ["0.0.0.0/0", "every address"],
      ["1.2.3.4/255.0.255.0", "holes"],
      ["9.9.9.9-1.1.1.1", "before it begins"],
      ["1.1.1.1-::1", "different families"],
      ["fe80::1%eth0", "zone"],
      ["1.2.3.4/", "no address"],
      ["1.2.3.4x", "no address|stands behind"],
      ["example.com", "no address"],
      ["<html>", "no address"],
      ["2001:db8::1::2", "no address"],
      ["x".repeat(5000), "more than 4096"],
      ["5.6.7.8", undefined],
    ] as const;
    const { texts, refused, refusedCount } = await read(lines.map(([line]) => line).join("\n"));
    expect(texts).toEqual(["1.2.3.4", "5.6.7.8"]);
    expect(refusedCount).toBe(lines.length - 2);
    const wrong = lines.flatMap(([text, reason], i) =>
      reason === undefined ? [] : [{ text, reason, line: i + 1 }],
    );
    expect(refused.map(({ line }) => line)).toEqual(wrong.map(({ line }) => line));
    refused.forEach(({ reason, text, source }, i) => {
      expect(reason).toMatch(new RegExp(wrong[i]!.reason));
      expect(wrong[i]!.text.startsWith(text)).toBe(true);
      expect(source).toBe("source 1");
    });
  });
  it("is refused in JSON too, where it was meant", async () => {
    const { refused } = await read('{"a":["10.0.0.0/8",\n"300.1.2.3", "3.141.59", "12:30:00", "x"]}');
    expect(refused).toMatchObject([{ line: 2, text: "300.1.2.3" }]);
  });
  it("a page in place of a list is an error, as is JSON without its end", async () => {
    expect(await problemOf(read("<html>\n<body>503</body>"))).toMatch(
      /^source: source 1: it holds no address at all; line 1/,
    );
    expect(await problemOf(read('{"a":["10.0.0.0/8"'))).toMatch(/cut short/);
    expect(await problemOf(read({ entries: [] }))).toBe("nothing is wrong");
  });
  it("of the other family is passed over and counted", async () => {
    const { texts, sources } = await read("1.2.3.4\n::1\n2001:db8::/32", { family: "ipv4" });
    expect(texts).toEqual(["1.2.3.4"]);
    expect(sources).toEqual([{ source: "source 1", taken: 1, passedOver: 2, refused: 0 }]);
  });
  it("too much, broken gzip, unknown formats", async () => {
    expect(await problemOf(read({ text: "1.2.3.4\n1.2.3.5\n", maxBytes: 10 }))).toMatch(/more than 10 bytes/);
    async function* broken() {
      yield gzipSync("1.2.3.4\n".repeat(1000)).subarray(0, 40);
    }
    expect(await problemOf(read(broken()))).toMatch(/gzip is broken/);
    expect(await problemOf(read({ text: "", format: "xml" as "csv" }))).toMatch(/no format "xml"/);
    expect(await problemOf(read({ file: "/tmp/x" }))).toMatch(/files cannot be read/);
  });
  it("aborts", async () => {
    const signal = AbortSignal.abort();
    expect(await problemOf(read("1.2.3.4", { signal }))).toMatch(/^aborted/);
  });
});

describe("a list from a server", () => {
  let server: Server, base: string;
  const asked: IncomingHttpHeaders[] = [];
  let broken = false;
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.headers);
      if (broken) response.writeHead(503).end("<html>");
      else if (request.url === "/slow") response.write("1.2.3.4\n");
      else if (request.url === "/away") response.writeHead(302, { location: "http://192.0.2.1/" }).end();
      else if (request.headers["if-none-match"] === '"7"') response.writeHead(304).end();
      else
        response
          .writeHead(200, { etag: '"7"', "last-modified": "Sun, 24 Nov 2024 10:00:00 GMT" })
          .end(gzipSync("1.2.3.4\n1.2.3.6\n"));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it("is asked whether it changed, and the copy is used where it did not or cannot be had", async () => {
    const cache = memoryCache();
    const ask = () => read(`${base}/list.gz`, { cache });
    expect((await ask()).texts).toEqual(["1.2.3.4", "1.2.3.6"]);
    const again = await ask();
    expect(again.texts).toEqual(["1.2.3.4", "1.2.3.6"]);
    expect(again.sources[0]).toMatchObject({ unchanged: true });
    expect(asked.at(-1)).toMatchObject({
      "if-none-match": '"7"',
      "if-modified-since": "Sun, 24 Nov 2024 10:00:00 GMT",
    });
    broken = true;
    const stale = await ask();
    expect(stale.texts).toEqual(["1.2.3.4", "1.2.3.6"]);
    expect(stale.sources[0]?.stale).toMatch(/503/);
    expect(await problemOf(read(`${base}/list.gz`))).toMatch(/^source: http.*answers 503/);
    broken = false;
  });
  it("is given up after its time, or where it has too many bytes", async () => {
    expect(await problemOf(read({ url: `${base}/slow`, timeout: 100 }))).toMatch(/did not answer in 100 ms/);
    expect(await problemOf(read({ url: `${base}/list.gz`, maxBytes: 5 }))).toMatch(/more than 5 bytes/);
  });
  it("comes over https only, unless it is this host or said otherwise", async () => {
    expect(await problemOf(read("http://192.0.2.1/list"))).toMatch(/without https/);
    expect(await problemOf(read("https://"))).toMatch(/is no URL/);
    expect(await problemOf(read({ url: "ftp://127.0.0.1/x" }))).toMatch(/cannot be fetched/);
    const fetch = async () => new Response("9.9.9.9\n");
    expect((await read({ url: "http://192.0.2.1/list", insecure: true }, { fetch })).texts).toEqual([
      "9.9.9.9",
    ]);
  });
});
