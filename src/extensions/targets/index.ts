/** Every target, as the factory of its parts. A factory is named after its target; `set…` where a match has the name. */
export { setConnmark } from "./CONNMARK.js";
export { ct, notrack } from "./CT.js";
export { dnat } from "./DNAT.js";
export { log } from "./LOG.js";
export { setMark } from "./MARK.js";
export { masquerade } from "./MASQUERADE.js";
export { nflog } from "./NFLOG.js";
export { nfqueue } from "./NFQUEUE.js";
export { redirect } from "./REDIRECT.js";
export { reject } from "./REJECT.js";
export { updateSet } from "./SET.js";
export { snat } from "./SNAT.js";
export { setTcpmss } from "./TCPMSS.js";
export { tee } from "./TEE.js";
export { setTos } from "./TOS.js";
export { trace } from "./TRACE.js";
