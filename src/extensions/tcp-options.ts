/** TCP options that iptables names; iana.org/assignments/tcp-parameters. */
const OPTIONS: ReadonlyMap<string, number> = new Map([
  ["mss", 2],
  ["wscale", 3],
  ["sack-permitted", 4],
  ["sack", 5],
  ["timestamp", 8],
  ["md5", 19],
]);
const names = new Map([...OPTIONS].map(([name, number]) => [number, name]));

export const tcpOption = (name: string): number | undefined => OPTIONS.get(name);
export const tcpOptionName = (number: number): string | undefined => names.get(number);
