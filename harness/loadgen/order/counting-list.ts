/** 0, step, 2 step, … below the end. */
export function countingList(end: number, step = 1): Uint32Array {
  const list = new Uint32Array(Math.ceil(end / step));
  for (let i = 0; i < list.length; i += 1) list[i] = i * step;
  return list;
}
