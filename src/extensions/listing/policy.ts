import type { ListingForm } from "./words.js";

const NUMBERS: Readonly<Record<string, string>> = { esp: "50", ah: "51", ipcomp: "108" };
const HEAD = ["--dir", "--pol", "--strict", "--next"];

/** Elements are numbered where there are several; with `-n` their protocols are numbers. */
export const policy: ListingForm = (words, { numeric }) => {
  const said = (text: string) =>
    text.replaceAll("--", "").replace(/(?<=proto )\w+/, (name) => (numeric ? (NUMBERS[name] ?? name) : name));
  const first = [...words]
    .filter(([option]) => !HEAD.includes(option))
    .map(([option, { not, text }]) => said(`${not ? "! " : ""}${option} ${text}`));
  const next = words.get("--next")?.text.split(" --next ").map(said);
  const elements = next ? [first.join(" "), ...next].map((one, i) => `[${i}] ${one}`) : first;
  return [
    `policy match dir ${words.get("--dir")?.text} pol ${words.get("--pol")?.text}`,
    ...(words.has("--strict") ? ["strict"] : []),
    ...elements,
  ].join(" ");
};
