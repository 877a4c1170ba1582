/**
 * Reads the Common Expression Language as far as IAM conditions use it: literals, lists, names, member access, calls,
 * unary, arithmetic, relational and logical operators, the ternary. Meaning is given to it in `conditions.ts`.
 * Source: github.com/google/cel-spec, "Language Definition", section "Syntax" (precedence, strings, comments).
 */

export type Expr =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'list'; readonly items: readonly Expr[] }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly of: Expr; readonly name: string }
  | { readonly kind: 'call'; readonly target: Expr; readonly args: readonly Expr[] }
  | { readonly kind: 'index'; readonly of: Expr; readonly at: Expr }
  | { readonly kind: 'unary'; readonly op: string; readonly operand: Expr }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'ternary'; readonly test: Expr; readonly then: Expr; readonly otherwise: Expr };

type Token = { readonly kind: 'string' | 'number' | 'name' | 'op' | 'end'; readonly text: string };

const TOKEN =
  /(?<skip>\s+|\/\/[^\n]*)|(?<string>[rR]?(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))|(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?u?)|(?<name>[A-Za-z_]\w*)|(?<op>&&|\|\||[<>=!]=|[-+*/%<>!?:.,()[\]])/y;

const PRECEDENCE: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  in: 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
};

/** Nesting or tokens beyond this are not a condition that a person wrote (IAM allows 12 logical operators). */
const DEEPEST = 64;
const LONGEST = 2000;

/** The expression's tree; undefined where it is not, or not readably, CEL. */
export function parseCel(source: string): Expr | undefined {
  const tokens = tokenize(source);
  if (!tokens) return undefined;
  const parser = new Parser(tokens);
  try {
    return parser.whole();
  } catch (error) {
    if (error instanceof NotCel) return undefined;
    throw error;
  }
}

class NotCel extends Error {}

function tokenize(source: string): Token[] | undefined {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(source)?.groups;
    if (!groups) return undefined;
    at = TOKEN.lastIndex;
    if (groups.skip !== undefined) continue;
    for (const kind of ['string', 'number', 'name', 'op'] as const) {
      const text = groups[kind];
      if (text !== undefined) tokens.push({ kind, text });
    }
  }
  return tokens.length > LONGEST ? undefined : tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expr {
    const expr = this.#expression();
    if (this.#peek().kind !== 'end') throw new NotCel();
    return expr;
  }

  #expression(): Expr {
    if (++this.#depth > DEEPEST) throw new NotCel();
    const test = this.#binary(1);
    const expr = this.#takes('?') ? this.#ternary(test) : test;
    this.#depth--;
    return expr;
  }

  #ternary(test: Expr): Expr {
    const then = this.#expression();
    this.#expect(':');
    return { kind: 'ternary', test, then, otherwise: this.#expression() };
  }

  #binary(lowest: number): Expr {
    let left = this.#unary();
    for (;;) {
      const { kind, text: op } = this.#peek();
      const precedence = kind === 'op' || op === 'in' ? (PRECEDENCE[op] ?? 0) : 0;
      if (precedence < lowest) return left;
      this.#next++;
      left = { kind: 'binary', op, left, right: this.#binary(precedence + 1) };
    }
  }

  #unary(): Expr {
    const { kind, text: op } = this.#peek();
    if (kind !== 'op' || (op !== '!' && op !== '-')) return this.#postfix();
    if (++this.#depth > DEEPEST) throw new NotCel();
    this.#next++;
    const operand = this.#unary();
    this.#depth--;
    return { kind: 'unary', op, operand };
  }

  #postfix(): Expr {
    let expr = this.#primary();
    for (;;) {
      if (this.#takes('.')) {
        const { kind, text: name } = this.#take();
        if (kind !== 'name') throw new NotCel();
        expr = { kind: 'member', of: expr, name };
      } else if (this.#takes('(')) {
        expr = { kind: 'call', target: expr, args: this.#list(')') };
      } else if (this.#takes('[')) {
        expr = { kind: 'index', of: expr, at: this.#expression() };
        this.#expect(']');
      } else {
        return expr;
      }
    }
  }

  #primary(): Expr {
    const { kind, text } = this.#take();
    if (kind === 'string') return { kind: 'literal', value: unquote(text) };
    if (kind === 'number') return { kind: 'literal', value: Number(text.replace('u', '')) };
    if (kind === 'name' && text !== 'in') return nameOrWord(text);
    if (text === '[') return { kind: 'list', items: this.#list(']') };
    if (text !== '(') throw new NotCel();
    const inner = this.#expression();
    this.#expect(')');
    return inner;
  }

  #list(close: string): Expr[] {
    const items: Expr[] = [];
    while (!this.#takes(close)) {
      if (items.length > 0) this.#expect(',');
      items.push(this.#expression());
    }
    return items;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '' };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  #takes(op: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'op' || token.text !== op) return false;
    this.#next++;
    return true;
  }

  #expect(op: string): void {
    if (!this.#takes(op)) throw new NotCel();
  }
}

function nameOrWord(text: string): Expr {
  if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true' };
  return text === 'null' ? { kind: 'literal', value: null } : { kind: 'name', name: text };
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  '"': '"',
  "'": "'",
  '`': '`',
  '?': '?',
};

/** The text between the quotes. Escapes that conditions have no use for (`\x`, octal) make it unreadable, not wrong. */
function unquote(token: string): string {
  const raw = /^[rR]/.test(token);
  const quoted = raw ? token.slice(1) : token;
  const width = /^("""|''')/.test(quoted) ? 3 : 1;
  const inner = quoted.slice(width, quoted.length - width);
  if (raw) return inner;
  return inner.replace(
    /\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g,
    (_, code: string | undefined, letter: string | undefined) => {
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      const plain = ESCAPES[letter ?? ''];
      if (plain === undefined) throw new NotCel();
      return plain;
    },
  );
}
