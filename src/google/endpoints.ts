/**
 * Where Google's APIs are. gcloud's own convention holds for every client here: `CLOUDSDK_API_ENDPOINT_OVERRIDES_<SERVICE>`
 * is a base URL (gcloud: `gcloud topic configurations`, section api_endpoint_overrides), so that a test server, a private
 * endpoint or a proxy can stand in.
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

  /** The URL to call instead of a `https://SERVICE.googleapis.com/…` one, with the service's name. */
  resolve(original: string): { service: string; url: URL } {
    const [, service = '', path = ''] = /^https:\/\/([^./]+)[^/]*\/(.*)$/.exec(original) ?? [];
    const override = this.#overrides.get(service);
    return { service, url: override ? new URL(path, override) : new URL(original) };
  }

  /** The base URL of a service, for clients that take one. */
  base(service: string): string {
    return (this.#overrides.get(service)?.href ?? `https://${service}.googleapis.com/`).replace(/\/$/, '');
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
