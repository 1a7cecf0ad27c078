/** Fragments of one message at most; where the size asked for would make more, they are larger. */
export const MAX_FRAGMENTS_OUT = 10_000;

/** A text as `fragment` frames of at most `size` characters of data; the text itself where it is not longer. */
export function fragmentFrames(text: string, size: number, id: string): readonly string[] {
  if (text.length <= size) return [text];
  const step = Math.max(size, Math.ceil(text.length / MAX_FRAGMENTS_OUT));
  const total = Math.ceil(text.length / step);
  const idText = JSON.stringify(id);
  return Array.from({ length: total }, (_, num) => {
    const data = JSON.stringify(text.slice(num * step, (num + 1) * step));
    return `{"op":"fragment","id":${idText},"data":${data},"num":${num},"total":${total}}`;
  });
}
