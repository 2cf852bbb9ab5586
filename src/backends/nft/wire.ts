/** linux/netfilter/nf_tables.h and nfnetlink.h: the numbers that tables of iptables' kind need. */
const SUBSYSTEM = 10 << 8;
/** What `nfnetlink` calls itself in the header of a batch. */
export const NF_TABLES = 10;
export const MESSAGE = {
  newTable: SUBSYSTEM | 0,
  getTable: SUBSYSTEM | 1,
  deleteTable: SUBSYSTEM | 2,
  newChain: SUBSYSTEM | 3,
  getChain: SUBSYSTEM | 4,
  deleteChain: SUBSYSTEM | 5,
  newRule: SUBSYSTEM | 6,
  getRule: SUBSYSTEM | 7,
  deleteRule: SUBSYSTEM | 8,
  newObject: SUBSYSTEM | 18,
  newGeneration: SUBSYSTEM | 15,
  getGeneration: SUBSYSTEM | 16,
  batchBegin: 16,
  batchEnd: 17,
} as const;

export const BATCH = { generation: 1 } as const;
/** Of a commit: who made it, by the kernel's own number of the thread. */
export const GENERATION = { id: 1, pid: 2, name: 3 } as const;
export const TABLE = { name: 1, flags: 2 } as const;
export const CHAIN = {
  table: 1,
  handle: 2,
  name: 3,
  hook: 4,
  policy: 5,
  /** How many rules it has, and how many lead to it. */
  use: 6,
  type: 7,
  counters: 8,
  flags: 10,
} as const;
export const HOOK = { number: 1, priority: 2 } as const;
/** A chain that lives and dies with the one rule that leads to it. */
export const CHAIN_BINDING = 1 << 2;
export const RULE = {
  table: 1,
  chain: 2,
  handle: 3,
  expressions: 4,
  compat: 5,
  position: 6,
  userdata: 7,
} as const;
/** Of a `ct helper`, which is of type 3, the attributes of its data too. */
export const OBJECT = {
  table: 1,
  name: 2,
  type: 3,
  data: 4,
  ctHelper: 3,
  helperName: 1,
  helperFamily: 2,
  helperProtocol: 3,
} as const;
export const COMPAT = { protocol: 1, flags: 2, inverted: 1 << 1 } as const;
export const COUNTER = { bytes: 1, packets: 2, padding: 3 } as const;

export const ELEMENT = 1;
export const EXPRESSION = { name: 1, data: 2 } as const;
export const DATA = { value: 1, verdict: 2 } as const;
export const VERDICT = { code: 1, chain: 2 } as const;
export const META = { dreg: 1, key: 2, sreg: 3 } as const;
export const KEY = { mark: 3, inName: 6, outName: 7, trace: 12, protocol: 16, packetType: 19 } as const;
export const PAYLOAD = { dreg: 1, base: 2, offset: 3, length: 4 } as const;
export const BASE = { network: 1, transport: 2 } as const;
export const BITWISE = { sreg: 1, dreg: 2, length: 3, mask: 4, xor: 5, operation: 6 } as const;
export const CMP = { sreg: 1, operation: 2, data: 3 } as const;
export const OP = { equal: 0, notEqual: 1, less: 2, atMost: 3, greater: 4, atLeast: 5 } as const;
export const RANGE = { sreg: 1, operation: 2, from: 3, to: 4 } as const;
export const IMMEDIATE = { dreg: 1, data: 2 } as const;
/** `match` and `target` alike: an xt extension. */
export const XT = { name: 1, revision: 2, info: 3 } as const;
export const LIMIT = { rate: 1, unit: 2, burst: 3, type: 4, flags: 5, padding: 6 } as const;
export const LOG = { group: 1, prefix: 2, length: 3, threshold: 4 } as const;

export const REGISTER = { verdict: 0, first: 1, word: 9 } as const;
/** NF_ACCEPT and the like; the negative ones are nf_tables' own. */
export const CODE = { drop: 0, accept: 1, jump: -3, goto: -4, return: -5 } as const;
