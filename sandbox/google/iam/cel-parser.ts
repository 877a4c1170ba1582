/** The part of the Common Expression Language that IAM conditions use (https://cel.dev). */

export type Node =
  | { kind: 'literal'; value: string | number | boolean | null }
  | { kind: 'list'; items: Node[] }
  | { kind: 'name'; name: string }
  | { kind: 'member'; of: Node; name: string }
  | { kind: 'call'; of?: Node; name: string; args: Node[] }
  | { kind: 'not'; of: Node }
  | { kind: 'binary'; operator: string; left: Node; right: Node }
  | { kind: 'choice'; when: Node; then: Node; otherwise: Node };

type Token = { kind: 'string' | 'number' | 'name' | 'symbol' | 'end'; text: string; at: number };

const tokenPattern =
  /\s*(?:\/\/[^\n]*\n\s*)*(?:(?<raw>r?)(?<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(?<number>\d+(?:\.\d+)?)|(?<name>[A-Za-z_]\w*)|(?<symbol>&&|\|\||[=!<>]=|[-+*/%!<>()[\].,?:]))/y;

function unquote(text: string, raw: boolean): string {
  const inner = text.slice(1, -1);
  if (raw) return inner;
  const escapes: { [letter: string]: string } = { n: '\n', t: '\t', r: '\r' };
  return inner.replace(/\\(.)/g, (_, letter: string) => escapes[letter] ?? letter);
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (source.slice(at).trim() !== '') {
    tokenPattern.lastIndex = at;
    const groups = tokenPattern.exec(source)?.groups;
    if (!groups) throw new SyntaxError(`Syntax error at ${at}: token recognition error`);
    at = tokenPattern.lastIndex;
    if (groups.string !== undefined) {
      tokens.push({ kind: 'string', text: unquote(groups.string, groups.raw === 'r'), at });
    } else if (groups.number !== undefined) tokens.push({ kind: 'number', text: groups.number, at });
    else if (groups.name !== undefined) tokens.push({ kind: 'name', text: groups.name, at });
    else tokens.push({ kind: 'symbol', text: groups.symbol ?? '', at });
  }
  tokens.push({ kind: 'end', text: '', at });
  return tokens;
}

const binaryOperators = [['||'], ['&&'], ['==', '!=', '<', '<=', '>', '>=', 'in'], ['+', '-'], ['*', '/', '%']];
const constants: { [name: string]: boolean | null } = { true: true, false: false, null: null };

/**
 * Parses an expression.
 * @throws SyntaxError for a text that is not an expression.
 */
export function parse(source: string): Node {
  const tokens = tokenize(source);
  let position = 0;

  const peek = (): Token => tokens[position] ?? { kind: 'end', text: '', at: source.length };
  const isNext = (text: string): boolean => peek().text === text && ['symbol', 'name'].includes(peek().kind);
  const take = (text: string): boolean => {
    const found = isNext(text);
    if (found) position += 1;
    return found;
  };
  const expect = (text: string): void => {
    if (!take(text)) throw new SyntaxError(`Syntax error at ${peek().at}: expected '${text}', got '${peek().text}'`);
  };
  const takeName = (): string => {
    const token = peek();
    if (token.kind !== 'name') throw new SyntaxError(`Syntax error at ${token.at}: expected a name`);
    position += 1;
    return token.text;
  };
  const list = (end: string): Node[] => {
    const items: Node[] = [];
    while (!take(end)) {
      items.push(expression());
      if (!isNext(end)) expect(',');
    }
    return items;
  };

  const primary = (): Node => {
    const token = peek();
    position += 1;
    if (token.kind === 'string') return { kind: 'literal', value: token.text };
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) };
    if (token.kind === 'symbol' && token.text === '[') return { kind: 'list', items: list(']') };
    if (token.kind === 'symbol' && token.text === '(') {
      const inner = expression();
      expect(')');
      return inner;
    }
    if (token.kind !== 'name') throw new SyntaxError(`Syntax error at ${token.at}: unexpected '${token.text}'`);
    const constant = constants[token.text];
    if (constant !== undefined) return { kind: 'literal', value: constant };
    return take('(') ? { kind: 'call', name: token.text, args: list(')') } : { kind: 'name', name: token.text };
  };

  const postfix = (): Node => {
    let node = primary();
    for (;;) {
      if (take('.')) {
        const name = takeName();
        node = take('(') ? { kind: 'call', of: node, name, args: list(')') } : { kind: 'member', of: node, name };
      } else if (take('[')) {
        node = { kind: 'call', of: node, name: '[]', args: list(']') };
      } else return node;
    }
  };

  const unary = (): Node => {
    if (take('!')) return { kind: 'not', of: unary() };
    if (take('-')) return { kind: 'binary', operator: '-', left: { kind: 'literal', value: 0 }, right: unary() };
    return postfix();
  };

  const binary = (level: number): Node => {
    const operators = binaryOperators[level];
    if (!operators) return unary();
    let left = binary(level + 1);
    for (;;) {
      const operator = operators.find(candidate => isNext(candidate));
      if (!operator) return left;
      position += 1;
      left = { kind: 'binary', operator, left, right: binary(level + 1) };
    }
  };

  const expression = (): Node => {
    const when = binary(0);
    if (!take('?')) return when;
    const then = expression();
    expect(':');
    return { kind: 'choice', when, then, otherwise: expression() };
  };

  const node = expression();
  if (peek().kind !== 'end') throw new SyntaxError(`Syntax error at ${peek().at}: unexpected '${peek().text}'`);
  return node;
}
