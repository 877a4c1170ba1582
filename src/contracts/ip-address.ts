/** Addresses in blocks (RFC 4632, RFC 4291). Text that is no address, or no block, is in nothing. */

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** Whether `169.254.0.0/16` holds `169.254.169.254`. */
export function holdsAddress(cidr: string, address: string): boolean {
  const [network = '', prefix = ''] = cidr.split('/');
  const [block, one] = [parse(network), parse(address)];
  if (!block || !one || block.bits !== one.bits || !/^\d{1,3}$/.test(prefix)) return false;
  const free = BigInt(block.bits - Number(prefix));
  return free >= 0n && block.value >> free === one.value >> free;
}

/** Whether the text is one IPv4 or IPv6 address. */
export function isAddress(text: string): boolean {
  return parse(text) !== undefined;
}

function parse(text: string): Address | undefined {
  return text.includes(':') ? parse6(text) : parse4(text);
}

function parse4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every(part => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return { bits: 32, value: joined(parts.map(Number), 8n) };
}

function parse6(text: string): Address | undefined {
  const [head = '', tail, ...more] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const missing = 8 - left.length - right.length;
  if (more.length > 0 || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  if (!groups.every(group => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return {
    bits: 128,
    value: joined(
      groups.map(group => Number.parseInt(group, 16)),
      16n,
    ),
  };
}

function joined(parts: readonly number[], width: bigint): bigint {
  return parts.reduce((value, part) => (value << width) | BigInt(part), 0n);
}
