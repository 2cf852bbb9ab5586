/** Names of services and protocols, as /etc/services and /etc/protocols have them. */
export interface Names {
  /** A service's port, under any protocol unless one is given. */
  port(name: string, protocol?: string): number | undefined;
  protocol(name: string): number | undefined;
  protocolName(number: number): string | undefined;
}
