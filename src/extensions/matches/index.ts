/** Every match, as the factory of its parts. A factory is named as `-m` names the match. */
export { addrtype } from "./addrtype.js";
export { comment } from "./comment.js";
export { conntrack } from "./conntrack.js";
export { hashlimit } from "./hashlimit.js";
export { icmp, icmp6 } from "./icmp.js";
export { iprange } from "./iprange.js";
export { limit } from "./limit.js";
export { mark } from "./mark.js";
export { multiport } from "./multiport.js";
export { recent } from "./recent.js";
export { set } from "./set.js";
export { state } from "./state.js";
export { statistic } from "./statistic.js";
export { string } from "./string.js";
export { tcp } from "./tcp.js";
export { time } from "./time.js";
export { udp } from "./udp.js";
