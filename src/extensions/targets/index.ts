/** Every target, as the factory of its parts. A factory is named after its target; `set…` where a match has the name. */
export { ct, notrack } from "./CT.js";
export { dnat } from "./DNAT.js";
export { log } from "./LOG.js";
export { setMark } from "./MARK.js";
export { reject } from "./REJECT.js";
export { updateSet } from "./SET.js";
export { snat } from "./SNAT.js";
export { setTcpmss } from "./TCPMSS.js";
