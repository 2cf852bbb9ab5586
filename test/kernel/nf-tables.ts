import { FIRST, sendBatch } from "../../src/backends/nft/batch.js";
import { dump } from "../../src/backends/nft/conversation.js";
import {
  CHAIN,
  CMP,
  COMPAT,
  COUNTER,
  DATA,
  ELEMENT,
  EXPRESSION,
  HOOK,
  IMMEDIATE,
  MESSAGE,
  META,
  RULE,
  TABLE,
  VERDICT,
} from "../../src/backends/nft/wire.js";
import type { Family } from "../../src/model/family.js";
import { type DatagramTransport, datagramTransport, netlinkAddon, type Transport } from "../../src/native.js";
import { attributesOf } from "../../src/netlink/replies.js";
import { NETLINK, NFPROTO, NLM_F } from "../../src/netlink/wire.js";
import { MessageWriter } from "../../src/netlink/writer.js";
import type { Namespace } from "./namespace.js";

const DELETE_TABLE = MESSAGE.newTable + 2;
/** A meta key that iptables has no match for. */
const CPU = 20;

/** What a program other than iptables does with nf_tables, message by message. */
export class NfTables {
  readonly #send: DatagramTransport;
  readonly #transport: Transport = (request) => this.#send([request]);
  constructor(namespace: Namespace) {
    const held = netlinkAddon().openNamespace(`/proc/${namespace.pid}/ns/net`);
    this.#send = datagramTransport(NETLINK.netfilter, held);
  }
  async #one(
    type: number,
    flags: number,
    write: (w: MessageWriter) => void,
    family: Family = "ipv4",
  ): Promise<void> {
    const w = new MessageWriter();
    w.begin({ type, flags: flags | NLM_F.ack, sequence: FIRST, family: NFPROTO[family] });
    write(w);
    w.end();
    const batch = { operation: "test", messages: [w.take()], spotOf: () => ({ table: "test" }) };
    // Generation 0 is any.
    await sendBatch(this.#send, { ...batch, generation: 0 }, "commit");
  }
  /** Deletes all tables, of both families. */
  async flush(): Promise<void> {
    for (const family of ["ipv4", "ipv6"] as const)
      for (const answer of (await dump(this.#transport, MESSAGE.getTable, family)).answers) {
        let name = "";
        for (const a = attributesOf(answer); a.next(); ) if (a.type === TABLE.name) name = a.text();
        const w = new MessageWriter();
        w.begin({
          type: DELETE_TABLE,
          flags: NLM_F.ack,
          sequence: FIRST,
          family: NFPROTO[family],
        });
        w.text(TABLE.name, name);
        w.end();
        await sendBatch(
          this.#send,
          { operation: "flush", generation: 0, messages: [w.take()], spotOf: () => ({ table: name }) },
          "commit",
        );
      }
  }
  table(table: string): Promise<void> {
    return this.#one(MESSAGE.newTable, NLM_F.create, (w) => w.text(TABLE.name, table));
  }
  /** A chain with a hook of its own. */
  chain(table: string, name: string, type: string, hook: number, priority: number): Promise<void> {
    return this.#one(MESSAGE.newChain, NLM_F.create, (w) => {
      w.text(CHAIN.table, table);
      w.text(CHAIN.name, name);
      const nest = w.open(CHAIN.hook);
      w.be32(HOOK.number, hook);
      w.be32(HOOK.priority, priority);
      w.close(nest);
      w.text(CHAIN.type, type);
    });
  }
  /** `meta cpu 0 counter drop` at the end of the chain. */
  rule(table: string, chain: string): Promise<void> {
    return this.#one(MESSAGE.newRule, NLM_F.create | NLM_F.append, (w) => {
      w.text(RULE.table, table);
      w.text(RULE.chain, chain);
      const rule = w.open(RULE.expressions);
      const expression = (name: string, write: () => void) => {
        const element = w.open(ELEMENT);
        w.text(EXPRESSION.name, name);
        const data = w.open(EXPRESSION.data);
        write();
        w.close(data);
        w.close(element);
      };
      expression("meta", () => {
        w.be32(META.key, CPU);
        w.be32(META.dreg, 1);
      });
      expression("cmp", () => {
        w.be32(CMP.sreg, 1);
        w.be32(CMP.operation, 0);
        const value = w.open(CMP.data);
        w.data(DATA.value, Uint8Array.of(77, 0, 0, 0));
        w.close(value);
      });
      expression("counter", () => {
        w.be64(COUNTER.bytes, 5);
        w.be64(COUNTER.packets, 6);
      });
      expression("immediate", () => {
        w.be32(IMMEDIATE.dreg, 0);
        const value = w.open(IMMEDIATE.data),
          verdict = w.open(DATA.verdict);
        w.be32(VERDICT.code, 0);
        w.close(verdict);
        w.close(value);
      });
      w.close(rule);
    });
  }
  /** A rule of these expressions at the end of a chain of table filter, with what its extensions ask of the protocol. */
  expressions(family: Family, chain: string, bytes: Uint8Array, protocol: number): Promise<void> {
    const write = (w: MessageWriter): void => {
      w.text(RULE.table, "filter");
      w.text(RULE.chain, chain);
      w.data(RULE.expressions, bytes);
      const compat = w.open(RULE.compat);
      w.be32(COMPAT.protocol, protocol);
      w.be32(COMPAT.flags, 0);
      w.close(compat);
    };
    return this.#one(MESSAGE.newRule, NLM_F.create | NLM_F.append, write, family);
  }
  /** Every rule of IPv4: `table chain handle`, and its expressions in hex. */
  async rules(): Promise<{ readonly name: string; readonly handle: number; readonly bytes: string }[]> {
    return (await dump(this.#transport, MESSAGE.getRule, "ipv4")).answers.map((answer) => {
      let name = "",
        handle = 0,
        bytes = "";
      for (const a = attributesOf(answer); a.next(); )
        if (a.type === RULE.table || a.type === RULE.chain) name += `${name && " "}${a.text()}`;
        else if (a.type === RULE.handle) handle = Number(a.be64());
        else if (a.type === RULE.expressions) bytes = Buffer.from(a.data()).toString("hex");
      return { name, handle, bytes };
    });
  }
  /** The names of the tables of IPv4. */
  async tables(): Promise<string[]> {
    return (await dump(this.#transport, MESSAGE.getTable, "ipv4")).answers.map((answer) => {
      for (const a = attributesOf(answer); a.next(); ) if (a.type === TABLE.name) return a.text();
      return "";
    });
  }
}
