import { expect, it } from "vitest";
import { ExpressionReader } from "../../../src/backends/nft/decode.js";
import { decodeEntry } from "../../../src/extensions/entry-decode.js";
import { ruleText } from "../../../src/text/print-rule.js";
import { contextOf } from "../../vectors/iptables.js";
import { expressionsOf, FORMS } from "../../vectors/nft-forms.js";

it.each(FORMS.map((form) => [form.by, form.saved, form] as const))("%s: %s", (_, saved, form) => {
  const ctx = contextOf(form.family === 4 ? "ipv4" : "ipv6"),
    bytes = expressionsOf(form),
    reader = new ExpressionReader(ctx),
    jump = reader.read(bytes, 0, bytes.length);
  expect(ruleText(decodeEntry(reader.entry.bytes, 0, jump, ctx), ctx).trim()).toBe(saved);
});
