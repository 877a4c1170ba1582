/** Commands and Terraform as text that can be pasted: every value quoted where its characters need it. */

/** One word for a POSIX shell. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A command of several words, one line. */
export function shell(words: readonly string[]): string {
  return words.map(quote).join(' ');
}

/** A string literal of HCL: JSON's escapes, and no interpolation. */
export function hcl(value: string): string {
  return JSON.stringify(value).replaceAll('${', '$${').replaceAll('%{', '%%{');
}

/** A Terraform resource of strings, with blocks of strings in it, aligned as `terraform fmt` does. */
export function terraform(
  type: string,
  label: string,
  attributes: Attributes,
  blocks: Readonly<Record<string, Attributes>> = {},
): string {
  const inner = Object.entries(blocks).flatMap(([name, block]) => ['', `  ${name} {`, ...aligned(block, 4), '  }']);
  return [`resource "${type}" "${label}" {`, ...aligned(attributes, 2), ...inner, '}'].join('\n');
}

/** Brings something that exists under Terraform's management. @param address `TYPE.LABEL` */
export function importBlock(address: string, id: string): string {
  return ['import {', `  to = ${address}`, `  id = ${hcl(id)}`, '}'].join('\n');
}

type Attributes = Readonly<Record<string, string | boolean>>;

function aligned(attributes: Attributes, indent: number): string[] {
  const width = Math.max(...Object.keys(attributes).map(key => key.length));
  return Object.entries(attributes).map(([key, value]) => {
    const literal = typeof value === 'string' ? hcl(value) : String(value);
    return `${' '.repeat(indent)}${key.padEnd(width)} = ${literal}`;
  });
}

/** A Terraform label out of any text: letters, digits and underscores, a letter first. */
export function terraformLabel(text: string): string {
  const clean = text
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase();
  return /^[a-z]/.test(clean) ? clean : `r_${clean}`;
}
