import { isRampartError } from "../errors.js";
import type { Endpoint } from "../model/endpoint.js";
import { createConnection } from "./conntrack.js";
import type { Protection } from "./findings.js";
import type { Host } from "./host.js";

/**
 * Lets conntrack know the live sessions that it does not follow, so that rules which accept ESTABLISHED only cannot cut
 * them off, nor a REDIRECT or DNAT lead them astray. To be called before a commit: conntrack follows nothing until a rule
 * needs it, and by then takes a session for a new connection if its client speaks first. An entry that no rule looks at
 * does nothing, and is forgotten after five minutes.
 *
 * @returns the same, with `tracked: true` of what is followed now; where the kernel refused, a note says so
 */
export async function adoptSessions(host: Host, { endpoints, notes }: Protection): Promise<Protection> {
  const refusals: string[] = [];
  const adopt = async (endpoint: Endpoint): Promise<Endpoint> => {
    const { family, protocol, from, peerPort, to, port, tracked } = endpoint;
    if (protocol !== "tcp" || peerPort === undefined || !from || !to || tracked !== false) return endpoint;
    try {
      // Somebody may have been faster: what counts is that there is an entry.
      await createConnection(host, {
        family,
        source: from,
        sourcePort: peerPort,
        destination: to,
        destinationPort: port,
      });
      return { ...endpoint, tracked: true };
    } catch (error) {
      if (!isRampartError(error, "permission") && !isRampartError(error, "host")) throw error;
      refusals.push(
        `the session from ${from}:${peerPort} could not be made known to conntrack: ${error.message}`,
      );
      return endpoint;
    }
  };
  const adopted = await Promise.all(endpoints.map(adopt));
  return { endpoints: adopted, notes: [...notes, ...refusals] };
}
