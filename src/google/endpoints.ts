/**
 * Where Google's APIs are. gcloud's own convention holds for every client here: `CLOUDSDK_API_ENDPOINT_OVERRIDES_<SERVICE>`
 * is a base URL, so that a test server, a private endpoint or a proxy can stand in
 * (https://cloud.google.com/sdk/gcloud/reference/topic/configurations, section api_endpoint_overrides).
 */
import { UserFacingError } from '../contracts/user-facing-error.ts';

const PREFIX = 'CLOUDSDK_API_ENDPOINT_OVERRIDES_';

export class Endpoints {
  readonly #overrides = new Map<string, URL>();

  /** @throws {EndpointError} where an override is not an http(s) URL. */
  constructor(env: Readonly<Record<string, string | undefined>>) {
    for (const [key, value] of Object.entries(env)) {
      if (!key.startsWith(PREFIX) || !value) continue;
      const url = URL.parse(value);
      if (!url || !/^https?:$/.test(url.protocol)) throw new EndpointError(key, value);
      if (!url.pathname.endsWith('/')) url.pathname += '/';
      this.#overrides.set(key.slice(PREFIX.length).toLowerCase(), url);
    }
  }

  /** The URL to call instead of a `https://SERVICE.googleapis.com/…` one; any other URL as it is. */
  resolve(original: string): URL {
    const [, service = '', path = ''] = /^https:\/\/([^./]+)\.googleapis\.com(?::443)?\/(.*)$/.exec(original) ?? [];
    const override = this.#overrides.get(service);
    if (!override) return new URL(original);
    // gcloud's own base URLs of some services end in what our paths begin with: `…/storage/v1/`.
    const base = override.pathname;
    const rest = `/${path}`.startsWith(base) ? `/${path}`.slice(base.length) : path;
    return new URL(rest, override);
  }

  /** Whether a service is called somewhere else than at Google's public address. */
  isOverridden(service: string): boolean {
    return this.#overrides.has(service);
  }

  /** Equal for equal overrides. */
  get key(): string {
    return JSON.stringify([...this.#overrides].sort());
  }
}

export class EndpointError extends UserFacingError {
  constructor(key: string, value: string) {
    super({
      code: 'endpoint-invalid',
      text: {
        en: `${key} must be an http or https URL, for example http://127.0.0.1:8000/ (it is “${value}”).`,
        ja: `${key} には http か https の URL を指定してください（現在の値: 「${value}」）。`,
      },
      next: { en: 'Correct or unset it.', ja: '修正するか、設定を解除してください。' },
      wrongUsage: true,
    });
  }
}
