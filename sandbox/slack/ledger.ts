/** A call or answer of the app that Slack rejects. */
export type Violation = { at: number; kind: string; method?: string; detail: string };

/** The app's calls, errors and violations of Slack's rules, for tests. */
export class Ledger {
  readonly calls: Record<string, number> = {};
  readonly errors: Record<string, number> = {};
  readonly violations: Violation[] = [];
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  called(method: string): void {
    this.calls[method] = (this.calls[method] ?? 0) + 1;
  }

  failed(error: string): void {
    this.errors[error] = (this.errors[error] ?? 0) + 1;
  }

  violated(kind: string, detail: string, method?: string): void {
    this.violations.push({ at: this.now(), kind, detail, ...(method === undefined ? {} : { method }) });
  }

  reset(): void {
    for (const counts of [this.calls, this.errors]) for (const key of Object.keys(counts)) delete counts[key];
    this.violations.length = 0;
  }
}
