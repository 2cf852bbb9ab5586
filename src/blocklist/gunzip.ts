const MAGIC = [0x1f, 0x8b];

/** The bytes as they are, or unpacked where they begin as gzip does. */
export async function* gunzipped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = chunks[Symbol.asyncIterator]();
  let first: Uint8Array = new Uint8Array(0);
  while (first.length < MAGIC.length) {
    const { value, done } = await source.next();
    if (done) break;
    const joined = new Uint8Array(first.length + value.length);
    joined.set(first);
    joined.set(value, first.length);
    first = joined;
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield first;
    for (;;) {
      const { value, done } = await source.next();
      if (done) return;
      yield value;
    }
  }
  if (MAGIC.every((byte, i) => first[i] === byte)) yield* unpacked(all());
  else yield* all();
}

async function* unpacked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const stream = new DecompressionStream("gzip"),
    writer = stream.writable.getWriter(),
    reader = stream.readable.getReader();
  const feed = async (): Promise<void> => {
    try {
      for await (const chunk of chunks) await writer.write(chunk as Uint8Array<ArrayBuffer>);
      await writer.close();
    } catch (error) {
      await writer.abort(error).catch(() => undefined);
      throw error;
    }
  };
  const fed = feed();
  // Whoever reads sees the failure first; until then it is nobody's.
  fed.catch(() => undefined);
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      yield value as Uint8Array;
    }
    await fed;
  } catch {
    throw new Error("its gzip is broken or cut short");
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
