/** Compiles a device pattern: a device ID in which `*` stands for any text. Takes linear time. */
export function devicePattern(pattern: string): (device: string) => boolean {
  const parts = pattern.split('*');
  const [first = ''] = parts;
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return (device) => device === pattern;
  const middle = parts.slice(1, -1).filter((part) => part !== '');
  return (device) => {
    if (device.length < first.length + last.length || !device.startsWith(first) || !device.endsWith(last)) return false;
    let at = first.length;
    const end = device.length - last.length;
    for (const part of middle) {
      const found = device.indexOf(part, at);
      if (found < 0 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}
