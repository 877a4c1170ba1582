// Filled in with the collector.
export interface Facts {
  readonly cluster: unknown;
}
export type FactName = keyof Facts;
