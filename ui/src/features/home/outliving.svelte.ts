/** Makes what outlives the component that asks for it first: without this, its derived values would end with that one. */
export function outliving<T>(make: () => T): T {
  const made: T[] = [];
  $effect.root(() => {
    made.push(make());
  });
  return made[0] as T;
}
