/** Who sends a request; an auth client of google-auth-library is one. */
export interface Identity {
  /** With `authorization`, and what else identifies the caller. */
  getRequestHeaders(url?: string | URL): Promise<Headers>;
}
