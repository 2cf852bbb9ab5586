/** Where a service listens. */
export interface ServiceDefinition {
  readonly title: string;
  /** TCP ports. One is matched by `tcp`, several by `multiport`. */
  readonly ports: readonly number[];
}

/** The services of a plain server, by the names that `rampart allow` takes. Ports are IANA's. */
export const SERVICES = {
  ssh: { title: "SSH", ports: [22] },
  rsync: { title: "rsync", ports: [873] },
  http: { title: "HTTP", ports: [80] },
  https: { title: "HTTPS", ports: [443] },
  web: { title: "HTTP and HTTPS", ports: [80, 443] },
  mysql: { title: "MySQL", ports: [3306] },
  postgresql: { title: "PostgreSQL", ports: [5432] },
  smtp: { title: "SMTP", ports: [25] },
  imap: { title: "IMAP", ports: [143] },
  imaps: { title: "IMAPS", ports: [993] },
  pop3: { title: "POP3", ports: [110] },
  pop3s: { title: "POP3S", ports: [995] },
} as const satisfies Readonly<Record<string, ServiceDefinition>>;

export type ServiceName = keyof typeof SERVICES;
export const isServiceName = (name: string): name is ServiceName => Object.hasOwn(SERVICES, name);
