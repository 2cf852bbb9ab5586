/**
 * A module of `dist`, which is what users run: tsx gives every closure its name when it is made, and printing takes a
 * half longer for it. `npm run bench` and `bench:codec` build first.
 */
export const built = <M>(path: string): Promise<M> =>
  import(new URL(`../dist/${path}`, import.meta.url).href) as Promise<M>;
