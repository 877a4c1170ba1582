/**
 * The secrets that people paste, one entry per kind. Every pattern is linear: it starts at a literal, its classes don't
 * overlap with what follows, and its quantifiers are bounded or end at a character outside the class.
 */
export interface SecretKind {
  readonly kind: string;
  /** Global. The secret is the group `secret`; without that group, the whole match. */
  readonly pattern: RegExp;
  /** Further proof that what was matched is a secret and not a word. */
  readonly only?: (secret: string) => boolean;
}

const hasDigit = (value: string) => /\d/.test(value);
const isMixed = (value: string) => hasDigit(value) && /[A-Za-z]/.test(value);
/** Words that stand where a value would, and placeholders: `$TOKEN`, `<password>`, `***`, `null`. */
const isPlaceholder = (value: string) =>
  /^(?:[$<{%[]|\*+$|x{3,}$|(?:null|none|true|false|nil|undefined|redacted|secret|password|token|invalid|expired|missing|required|denied|error|string|changeme|unknown|empty)[.,;:]?$)/i.test(
    value,
  ) || /^(?:[A-Z]+_)*(?:PASSWORD|TOKEN|SECRET|KEY)$/.test(value);

/** Between a key and its value: `=`, `:`, with quotes of JSON inside JSON (`\"token\": \"`). */
const ASSIGN = String.raw`[\\"'” ]{0,6}[:=][\\"'“ ]{0,6}`;
const VALUE = String.raw`(?<secret>[^\s"'\\,;&|<>{}()“”]{1,4096})`;
/** `key = value`, for any of the keys. */
const assigned = (keys: string) => new RegExp(`(?:${keys})${ASSIGN}${VALUE}`, 'gi');

/** Tokens that announce themselves by a prefix; also found where a line break tore them apart. */
export const PREFIXED: readonly SecretKind[] = [
  { kind: 'google-access-token', pattern: /\bya29\.[\w.-]{8,}/g },
  { kind: 'jwt', pattern: /\bey[JK][\w-]{6,}\.[\w-]{4,}(?:\.[\w-]*)?/g },
  { kind: 'google-refresh-token', pattern: /(?<![\w/])1\/\/[\w-]{20,}/g },
  { kind: 'google-authorization-code', pattern: /(?<![\w/])4\/[01][\w-]{20,}/g },
  { kind: 'google-api-key', pattern: /\bAIza[\w-]{30,}/g },
  { kind: 'google-client-secret', pattern: /\bGOCSPX-[\w-]{10,}/g },
  { kind: 'google-hmac-key', pattern: /\bGOOG1?E?[A-Z0-9]{20,}/g, only: hasDigit },
  { kind: 'google-captcha-key', pattern: /\b6L[\w-]{38}(?![\w-])/g, only: isMixed },
  { kind: 'slack-token', pattern: /\bxox[abeoprs](?:\.xox[abp])?-[\w-]{10,}/g },
  { kind: 'slack-app-token', pattern: /\bxapp-\d-[\w-]{10,}/g },
  { kind: 'slack-webhook', pattern: /\bhooks\.slack\.com\/(?:services|workflows|triggers)\/[\w/-]{10,}/g },
  { kind: 'github-token', pattern: /\b(?:gh[opsur]_\w{20,}|github_pat_\w{20,})/g },
  { kind: 'gitlab-token', pattern: /\bgl(?:pat|ptt|dt|rt|cbt|oas|soat|ft|imt|agent)-[\w.-]{16,}/g },
  { kind: 'npm-token', pattern: /\bnpm_[A-Za-z0-9]{30,}/g },
  { kind: 'pypi-token', pattern: /\bpypi-[\w-]{30,}/g },
  { kind: 'docker-token', pattern: /\bdckr_(?:pat|oat)_[\w-]{20,}/g },
  { kind: 'aws-access-key', pattern: /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g },
  { kind: 'eks-token', pattern: /\bk8s-aws-v1\.[\w-]{10,}/g },
  { kind: 'azure-account-key', pattern: /\bAccountKey=(?<secret>[A-Za-z0-9+/=]{20,})/g },
  { kind: 'azure-sas', pattern: /\bSharedAccessSignature=(?<secret>[^\s"';]{10,})/g },
  { kind: 'stripe-key', pattern: /\b[sr]k_(?:live|test)_\w{16,}/g },
  { kind: 'openai-key', pattern: /\bsk-(?:proj-|ant-|svcacct-)?[\w-]{20,}/g, only: hasDigit },
  { kind: 'sendgrid-key', pattern: /\bSG\.[\w-]{16,}\.[\w-]{16,}/g },
  { kind: 'vault-token', pattern: /\bhv[sbr]\.[\w-]{20,}/g },
  { kind: 'terraform-token', pattern: /\b[A-Za-z0-9]{14}\.atlasv1\.[\w-]{40,}/g },
  { kind: 'digitalocean-token', pattern: /\bdo[opr]_v1_[a-f0-9]{32,}/g },
  { kind: 'huggingface-token', pattern: /\bhf_[A-Za-z0-9]{20,}/g },
  {
    kind: 'bootstrap-token',
    pattern: /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g,
    only: value => /\d.*\d/.test(value) && /[a-z]/.test(value.slice(7)) && /\d/.test(value.slice(7)),
  },
  { kind: 'age-key', pattern: /\bAGE-SECRET-KEY-1[A-Z0-9]{40,}/g },
];

/** Secrets that only their surroundings give away. */
export const CONTEXTUAL: readonly SecretKind[] = [
  {
    kind: 'private-key',
    pattern:
      /-----\s?BEGIN (?:[A-Z]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?\s?-----[^-]*(?:-(?!----)[^-]*)*-----\s?END (?:[A-Z]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?\s?-----/g,
  },
  {
    kind: 'private-key',
    pattern:
      /-----\s?BEGIN (?:[A-Z]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?\s?-----(?:(?:\\{1,8}[rn]|\r?\n)[ \t│|>]{0,12}[A-Za-z0-9+/=]{20,100}){0,400}(?:(?:\\{1,8}[rn]|\r?\n)[ \t│|>]{0,12}[A-Za-z0-9+/=]{1,100})?/g,
  },
  { kind: 'private-key-id', pattern: /private_key_id[\\"' ]{1,6}:[\\"' ]{1,6}(?<secret>[a-f0-9]{20,64})/gi },
  {
    kind: 'bearer-token',
    pattern: /\b(?:bearer|gsession)[ \t]{1,4}(?<secret>[\w.~+/=-]{12,})/gi,
    only: value => hasDigit(value) || value.length > 40,
  },
  {
    kind: 'basic-auth-header',
    pattern: /\bbasic[ \t]{1,4}(?<secret>[A-Za-z0-9+/]{8,}={0,2})/gi,
    only: value => value.endsWith('=') || /[A-Z].*\d|\d.*[A-Z]/.test(value),
  },
  {
    kind: 'authorization-header',
    pattern:
      /\b(?:proxy-)?authorization[\\"' ]{0,6}[:=][\\"' ]{0,6}(?:[A-Za-z][\w-]{1,20}[ \t]{1,4})?(?<secret>[\w.~+/=:-]{12,})/gi,
    only: value => hasDigit(value) && !/^(?:bearer|basic)$/i.test(value),
  },
  {
    kind: 'url-password',
    pattern: /:\/\/[^\s/:@"'<>]{0,256}:(?<secret>[^\s/@"'<>]{1,256})@/g,
    only: value => !isPlaceholder(value),
  },
  { kind: 'url-token', pattern: /https?:\/\/(?<secret>[\w-]{20,256})@(?=[\w.-])/g, only: isMixed },
  {
    kind: 'cookie',
    pattern: /\b(?:set-)?cookie[\\"']{0,4}:[\\"' ]{0,4}(?<secret>[^\r\n"\\]{4,4096})/gi,
    only: value => value.includes('='),
  },
  {
    kind: 'signed-url',
    pattern:
      /[?&;](?:X-Goog-Signature|X-Amz-Signature|X-Amz-Security-Token|X-Amz-Credential|X-Goog-Credential|Signature|sig|GoogleAccessId)=(?<secret>[^\s&"'<>\\]{4,4096})/gi,
  },
  {
    kind: 'query-token',
    pattern:
      /(?:[?&]|%3F|%26)(?:access_token|id_token|refresh_token|token|key|api_?key|auth|code|client_secret|assertion|password|pwd|secret)=(?<secret>[^\s&"'<>\\]{6,4096})/gi,
    only: value => !isPlaceholder(value) && value.length >= 8,
  },
  {
    kind: 'kubeconfig-client-key',
    pattern:
      /\bclient-key-data[\\"' ]{0,4}:[\\"' ]{0,4}(?<secret>[A-Za-z0-9+/=]{16,}(?:\s{1,40}[A-Za-z0-9+/=]{40,})*)/g,
  },
  {
    kind: 'kubeconfig-client-certificate',
    pattern:
      /\bclient-certificate-data[\\"' ]{0,4}:[\\"' ]{0,4}(?<secret>[A-Za-z0-9+/=]{16,}(?:\s{1,40}[A-Za-z0-9+/=]{40,})*)/g,
  },
  { kind: 'docker-config', pattern: /\.dockerconfigjson[\\"' ]{0,4}:[\\"' ]{0,4}(?<secret>[A-Za-z0-9+/=]{16,})/g },
  { kind: 'docker-auth', pattern: /["']auth\\?["'][ ]{0,2}:[ ]{0,2}\\?["'](?<secret>[A-Za-z0-9+/=]{8,})/g },
  {
    kind: 'netrc',
    pattern: /\bmachine[ \t]\S{1,256}\s{1,8}login[ \t]\S{1,256}\s{1,8}password[ \t]{1,4}(?<secret>\S{1,256})/g,
  },
  {
    kind: 'password-flag',
    pattern:
      /(?<![\w-])(?:--(?:[\w-]{0,30}-)?(?:password|passwd|pass|secret|api-?key|token|auth-token|access-token|client-secret)|-p)(?:=|[ \t]{1,4})["']?(?<secret>[^\s"']{6,4096})/gi,
    only: value =>
      !isPlaceholder(value) &&
      !value.startsWith('-') &&
      !value.startsWith('/') &&
      (isMixed(value) || /[!@#$%^&*]/.test(value) || value.length > 24),
  },
  {
    kind: 'password',
    pattern: /(?:passwd|password|passphrase|_pwd|_pass)[\\"']{0,4}=[\\"'“]{0,5}(?<secret>[^\s"'\\,;“”]{4,512})/gi,
    only: value => !isPlaceholder(value),
  },
  {
    // After a colon a word that ends the line or the field; in the middle of a sentence only what is no word.
    kind: 'password',
    pattern:
      /(?:passwd|password|passphrase|_pwd|_pass)[\\"']{0,4}:[ \\"'“]{0,5}(?<secret>[^\s"'\\,;“”]{4,256})(?=["'\\,;”}]|[ \t]{0,4}$)/gim,
    only: value => !isPlaceholder(value),
  },
  {
    kind: 'password',
    pattern: /(?:passwd|password|passphrase|_pwd|_pass)[\\"']{0,4}:[ \\"'“]{0,5}(?<secret>[^\s"'\\,;“”]{4,256})/gi,
    only: value => !isPlaceholder(value) && /[\d!@#$%^&*_]/.test(value),
  },
  {
    kind: 'quoted-password',
    pattern:
      /(?:password|passwd|passphrase)[\\"']{0,4}\s{0,2}[=:]\s{0,2}\\?(?<quote>["'])(?<secret>[^"'\\\n]{4,512})\\?\k<quote>/gi,
    only: value => !isPlaceholder(value),
  },
  {
    kind: 'secret-value',
    pattern: assigned(
      'client[_-]?secret|secret[_-]?(?:access[_-]?)?key|secret[_-]?value|app[_-]?secret|signing[_-]?secret|encryption[_-]?key|shared[_-]?secret|webhook[_-]?secret|_secret',
    ),
    only: value =>
      value.length >= 8 &&
      !isPlaceholder(value) &&
      (isMixed(value) || value.length >= 20) &&
      !/^(?:projects\/|gs:|https?:)/.test(value),
  },
  {
    kind: 'token-value',
    pattern: assigned(
      'access[_-]?token|refresh[_-]?token|id[_-]?token|auth[_-]?token|api[_-]?token|bearer[_-]?token|session[_-]?token|security[_-]?token|_token|(?<![\\w-])token',
    ),
    only: value =>
      value.length >= 16 &&
      isMixed(value) &&
      !isPlaceholder(value) &&
      !/^(?:projects\/|https?:|file:|\/|[a-z]+(?:\.[a-z]+)+\/)/i.test(value),
  },
  {
    kind: 'api-key',
    pattern: assigned('(?:api|access|private|account|storage)[_-]?key(?!_id)(?:[_-]?(?:secret|data))?|hmac[_-]?secret'),
    only: value =>
      value.length >= 16 && isMixed(value) && !isPlaceholder(value) && !/^(?:projects\/|https?:|file:|\/)/i.test(value),
  },
];
