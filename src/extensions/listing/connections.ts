import { bang, bare, type ListingForm, value } from "./words.js";

const connlabel: ListingForm = (words, { numeric, nameOf }) => {
  const word = words.get("--label"),
    name = numeric ? undefined : nameOf("connlabel", Number(word?.text));
  const label = name === undefined ? word?.text : `'${name}'`;
  return `connlabel ${bang(word)}${label}${words.has("--set") ? " set" : ""}`;
};
const connlimit: ListingForm = (words) => {
  const upto = words.get("--connlimit-upto"),
    side = words.has("--connlimit-daddr") ? "dst" : "src",
    limit = upto ? `<= ${upto.text}` : `> ${words.get("--connlimit-above")?.text}`;
  return `#conn ${side}/${words.get("--connlimit-mask")?.text} ${limit}`;
};
const connbytes: ListingForm = (words) => {
  const count = words.get("--connbytes"),
    mode = words.get("--connbytes-mode"),
    direction = words.get("--connbytes-dir");
  return `${bang(count)}connbytes ${count?.text} connbytes mode ${mode?.text} connbytes direction ${direction?.text}`;
};
const cluster: ListingForm = (words) => {
  const mask = words.get("--cluster-local-nodemask"),
    total = words.get("--cluster-total-nodes"),
    seed = words.get("--cluster-hash-seed");
  return `cluster ${bang(mask, "!")}node_mask=${mask?.text} total_nodes=${total?.text} hash_seed=${seed?.text}`;
};

/** Matches that look at a connection: measured against iptables 1.8.9, spaces included. */
export const CONNECTION_LISTINGS: Readonly<Record<string, ListingForm>> = {
  cluster,
  connbytes,
  connlabel,
  connlimit,
  helper: (words) => `helper match ${bang(words.get("--helper"))}"${words.get("--helper")?.text}"`,
  ipvs: (words, { numeric }) => {
    const said = bare(words);
    return numeric ? said : said.replace(/vaddr (0\.0\.0\.0|::)\/0/, "vaddr anywhere");
  },
  nfacct: value("nfacct-name "),
};
