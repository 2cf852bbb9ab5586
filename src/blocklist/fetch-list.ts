import { fail } from "../errors.js";
import type { SourceAccess } from "./sources.js";

/** What was fetched, and what the server calls that version of it. */
export interface CachedList {
  readonly etag?: string;
  readonly lastModified?: string;
  /** In the pieces in which it came. */
  readonly body: readonly Uint8Array[];
}
export interface ListCache {
  get(url: string): Promise<CachedList | undefined>;
  put(url: string, list: CachedList): Promise<void>;
}
export function memoryCache(): ListCache {
  const lists = new Map<string, CachedList>();
  return {
    get: async (url) => lists.get(url),
    async put(url, list) {
      lists.set(url, list);
    },
  };
}

export interface Download {
  readonly body: readonly Uint8Array[];
  readonly unchanged?: true;
  readonly stale?: string;
}
export interface FetchSource {
  readonly url: string | URL;
  readonly timeout?: number;
  readonly insecure?: boolean;
}
const TIMEOUT = 60_000,
  NOT_MODIFIED = 304;

/**
 * Fetches a list, or takes the copy of the last time where the server says that it is still the same, or says nothing
 * sensible. Throws where there is no such copy.
 */
export async function fetchList(
  source: FetchSource,
  { fetch = globalThis.fetch, cache, signal }: SourceAccess,
  maxBytes: number,
): Promise<Download> {
  const url = checkedUrl(source),
    key = url.href,
    known = await cache?.get(key),
    timeout = AbortSignal.timeout(source.timeout ?? TIMEOUT);
  const headers: Record<string, string> = {};
  if (known?.etag !== undefined) headers["if-none-match"] = known.etag;
  if (known?.lastModified !== undefined) headers["if-modified-since"] = known.lastModified;
  try {
    const response = await fetch(url, {
      headers,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    if (response.status === NOT_MODIFIED && known) return { body: known.body, unchanged: true };
    // A redirect may lead from https to where anyone can answer.
    if (response.url !== "") checkedUrl({ ...source, url: response.url });
    if (!response.ok) throw new Error(`the server answers ${response.status} ${response.statusText}`.trim());
    const body = await bodyOf(response, maxBytes),
      etag = response.headers.get("etag"),
      lastModified = response.headers.get("last-modified");
    await cache?.put(key, {
      body,
      ...(etag !== null && { etag }),
      ...(lastModified !== null && { lastModified }),
    });
    return { body };
  } catch (error) {
    signal?.throwIfAborted();
    const problem = timeout.aborted
      ? `the server did not answer in ${source.timeout ?? TIMEOUT} ms`
      : wordsFor(error);
    if (known) return { body: known.body, stale: problem };
    return fail(problem);
  }
}
/** `fetch failed` says nothing; its cause does. */
function wordsFor(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error
    ? `${message}: ${cause.message || (cause as NodeJS.ErrnoException).code}`
    : message;
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;
function checkedUrl({ url, insecure = false }: FetchSource): URL {
  const parsed = URL.canParse(String(url)) ? new URL(url) : fail(`"${url}" is no URL`);
  const safe = parsed.protocol === "https:" || LOOPBACK.test(parsed.hostname) || insecure;
  if (!/^https?:$/.test(parsed.protocol)) fail(`${parsed.protocol} cannot be fetched: it is https`);
  if (!safe) fail("without https anyone on the way decides whom you drop; say insecure if that is meant");
  return parsed;
}

async function bodyOf(response: Response, most: number): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > most) fail(`it has more than ${most} bytes`);
    parts.push(part);
  }
  return parts;
}
