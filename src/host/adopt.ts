import { isRampartError } from "../errors.js";
import type { Protected, Protection } from "../model/protected.js";
import { createConnection } from "./conntrack.js";
import type { Host } from "./host.js";

/**
 * Lets conntrack know the live sessions that it does not follow, so that rules which accept ESTABLISHED only cannot cut
 * them off, nor a REDIRECT or DNAT lead them astray. To be called before a commit: conntrack follows nothing until a rule
 * needs it, and by then takes a session for a new connection if its client speaks first. An entry that no rule looks at
 * does nothing, and is forgotten after five minutes.
 *
 * @returns the same, with `tracked: true` of what is followed now; where the kernel refused, a note says so
 */
export async function adoptSessions(host: Host, { entries, notes }: Protection): Promise<Protection> {
  const refusals: string[] = [];
  const adopt = async (entry: Protected): Promise<Protected> => {
    const { family, protocol, from, fromPort, to, port, tracked } = entry;
    if (protocol !== "tcp" || fromPort === undefined || to === undefined || tracked !== false) return entry;
    try {
      // Somebody may have been faster: what counts is that there is an entry.
      await createConnection(host, {
        family,
        source: from,
        sourcePort: fromPort,
        destination: to,
        destinationPort: port,
      });
      return { ...entry, tracked: true };
    } catch (error) {
      if (!isRampartError(error, "permission") && !isRampartError(error, "host")) throw error;
      refusals.push(
        `the session from ${from}:${fromPort} could not be made known to conntrack: ${error.message}`,
      );
      return entry;
    }
  };
  const adopted = await Promise.all(entries.map(adopt));
  return { entries: adopted, notes: [...notes, ...refusals] };
}
