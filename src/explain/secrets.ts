/**
 * The secrets that people paste, one entry per kind. Every pattern is linear: it starts at a literal, its classes don't
 * overlap with what follows, and its quantifiers are bounded or end at a character outside the class. Its sign is what few
 * harmless texts have (`secret-kind.ts`): the shorter and the more common a sign, the more texts the pattern runs on.
 */
import { around, assigned, family, from, word } from './secret-kind.ts';

const hasDigit = (value: string) => /\d/.test(value);
const isMixed = (value: string) => hasDigit(value) && /[A-Za-z]/.test(value);
/** Words that stand where a value would, and placeholders: `$TOKEN`, `<password>`, `***`, `null`. */
const isPlaceholder = (value: string) =>
  /^(?:[$<{%[]|\*+$|x{3,}$|(?:null|none|true|false|nil|undefined|redacted|secret|password|token|invalid|expired|missing|required|denied|error|string|changeme|unknown|empty)[.,;:]?$)/i.test(
    value,
  ) || /^(?:[A-Z]+_)*(?:PASSWORD|TOKEN|SECRET|KEY)$/.test(value);

/** Between a key and its value: quotes of JSON inside JSON (`\"token\": \"`). */
const keyed = (keys: string) =>
  assigned(
    new RegExp(String.raw`(?:${keys})[\\"'” ]{0,6}`, 'i'),
    /[:=]/,
    /[\\"'“ ]{0,6}(?<secret>[^\s"'\\,;&|<>{}()“”]{1,4096})/,
  );

/** How the key of a password ends. */
const PASSWORD = /(?:passwd|password|passphrase|_pwd|_pass)[\\"']{0,4}/i;
/** How a private key begins, in PEM or PGP. */
const BEGIN_PRIVATE_KEY = /-----\s?BEGIN (?:[A-Z]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?\s?-----/;

/** Tokens that announce themselves by a prefix; also found where a line break tore them apart. */
export const PREFIXED = family([
  { kind: 'google-access-token', ...word(/ya29\./, /[\w.-]{8,}/) },
  // Behind a hyphen another may begin in the same run of letters: a bound keeps the look for its dot short.
  { kind: 'jwt', ...from(/(?<![\w-])ey[JK]/, /[\w-]{6,}\.[\w-]{4,}(?:\.[\w-]*)?/) },
  { kind: 'jwt', ...from(/(?<=-)ey[JK]/, /[\w-]{6,512}\.[\w-]{4,}(?:\.[\w-]*)?/) },
  { kind: 'google-refresh-token', ...from(/(?<![\w/])1\/\//, /[\w-]{20,}/) },
  { kind: 'google-authorization-code', ...from(/(?<![\w/])4\/[01]/, /[\w-]{20,}/) },
  { kind: 'google-api-key', ...word(/AIza/, /[\w-]{30,}/) },
  { kind: 'google-client-secret', ...word(/GOCSPX-/, /[\w-]{10,}/) },
  { kind: 'google-hmac-key', ...word(/GOOG/, /1?E?[A-Z0-9]{20,}/), only: hasDigit },
  { kind: 'google-captcha-key', ...word(/6L/, /[\w-]{38}(?![\w-])/), only: isMixed },
  { kind: 'slack-token', ...word(/xox[abeoprs]/, /(?:\.xox[abp])?-[\w-]{10,}/) },
  { kind: 'slack-app-token', ...word(/xapp-/, /\d-[\w-]{10,}/) },
  { kind: 'slack-webhook', ...word(/hooks\.slack\.com\//, /(?:services|workflows|triggers)\/[\w/-]{10,}/) },
  { kind: 'github-token', ...word(/(?:gh[opsur]|github_pat)_/, /\w{20,}/) },
  { kind: 'gitlab-token', ...word(/gl(?:pat|ptt|dt|rt|cbt|oas|soat|ft|imt|agent)-/, /[\w.-]{16,}/) },
  { kind: 'npm-token', ...word(/npm_/, /[A-Za-z0-9]{30,}/) },
  { kind: 'pypi-token', ...word(/pypi-/, /[\w-]{30,}/) },
  { kind: 'docker-token', ...word(/dckr_/, /(?:pat|oat)_[\w-]{20,}/) },
  { kind: 'aws-access-key', ...word(/(?:AKIA|ASIA|ABIA|ACCA)/, /[A-Z0-9]{16}\b/) },
  { kind: 'eks-token', ...word(/k8s-aws-v1\./, /[\w-]{10,}/) },
  { kind: 'azure-account-key', ...word(/AccountKey=/, /(?<secret>[A-Za-z0-9+/=]{20,})/) },
  { kind: 'azure-sas', ...word(/SharedAccessSignature=/, /(?<secret>[^\s"';]{10,})/) },
  { kind: 'stripe-key', ...word(/[sr]k_(?:live|test)_/, /\w{16,}/) },
  { kind: 'openai-key', ...word(/sk-/, /(?:proj-|ant-|svcacct-)?[\w-]{20,}/), only: hasDigit },
  { kind: 'sendgrid-key', ...word(/SG\./, /[\w-]{16,}\.[\w-]{16,}/) },
  { kind: 'vault-token', ...word(/hv[sbr]\./, /[\w-]{20,}/) },
  { kind: 'terraform-token', ...around(/\b[A-Za-z0-9]{14}/, /\.atlasv1\./, /[\w-]{40,}/) },
  { kind: 'digitalocean-token', ...word(/do[opr]_v1_/, /[a-f0-9]{32,}/) },
  { kind: 'huggingface-token', ...word(/hf_/, /[A-Za-z0-9]{20,}/) },
  {
    kind: 'bootstrap-token',
    ...around(/\b[a-z0-9]{6}/, /\.[a-z0-9]{16}\b/, /(?:)/),
    only: value => /\d.*\d/.test(value) && /[a-z]/.test(value.slice(7)) && /\d/.test(value.slice(7)),
  },
  { kind: 'age-key', ...word(/AGE-SECRET-KEY-1/, /[A-Z0-9]{40,}/) },
]);

/** Secrets that only their surroundings give away. */
export const CONTEXTUAL = family([
  {
    kind: 'private-key',
    ...from(
      BEGIN_PRIVATE_KEY,
      /[^-]*(?:-(?!----)[^-]*)*-----\s?END (?:[A-Z]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?\s?-----/,
    ),
  },
  {
    kind: 'private-key',
    ...from(
      BEGIN_PRIVATE_KEY,
      /(?:(?:\\{1,8}[rn]|\r?\n)[ \t│|>]{0,12}[A-Za-z0-9+/=]{20,100}){0,400}(?:(?:\\{1,8}[rn]|\r?\n)[ \t│|>]{0,12}[A-Za-z0-9+/=]{1,100})?/,
    ),
  },
  { kind: 'private-key-id', ...assigned(/private_key_id[\\"' ]{1,6}/i, /:/, /[\\"' ]{1,6}(?<secret>[a-f0-9]{20,64})/) },
  {
    kind: 'bearer-token',
    ...word(/(?:bearer|gsession)[ \t]{1,4}/i, /(?<secret>[\w.~+/=-]{12,})/i),
    only: value => hasDigit(value) || value.length > 40,
  },
  {
    kind: 'basic-auth-header',
    ...word(/basic[ \t]{1,4}/i, /(?<secret>[A-Za-z0-9+/]{8,}={0,2})/i),
    only: value => value.endsWith('=') || /[A-Z].*\d|\d.*[A-Z]/.test(value),
  },
  {
    kind: 'authorization-header',
    ...assigned(
      /\b(?:proxy-)?authorization[\\"' ]{0,6}/i,
      /[:=]/,
      /[\\"' ]{0,6}(?:[A-Za-z][\w-]{1,20}[ \t]{1,4})?(?<secret>[\w.~+/=:-]{12,})/,
    ),
    only: value => hasDigit(value) && !/^(?:bearer|basic)$/i.test(value),
  },
  {
    kind: 'url-password',
    ...from(/:\/\/[^\s/:@"'<>]{0,256}:/, /(?<secret>[^\s/@"'<>]{1,256})@/),
    only: value => !isPlaceholder(value),
  },
  {
    // Most texts hold URLs: only what has such a part before an @ is its sign.
    kind: 'url-token',
    ...from(/https?:\/\/(?=[\w-]{20,256}@[\w.-])/, /(?<secret>[\w-]{20,256})@(?=[\w.-])/),
    only: isMixed,
  },
  {
    kind: 'cookie',
    ...assigned(/\b(?:set-)?cookie[\\"']{0,4}/i, /:/, /[\\"' ]{0,4}(?<secret>[^\r\n"\\]{4,4096})/),
    only: value => value.includes('='),
  },
  {
    kind: 'signed-url',
    ...assigned(
      /[?&;](?:X-Goog-Signature|X-Amz-Signature|X-Amz-Security-Token|X-Amz-Credential|X-Goog-Credential|Signature|sig|GoogleAccessId)/i,
      /=/,
      /(?<secret>[^\s&"'<>\\]{4,4096})/,
    ),
  },
  {
    kind: 'query-token',
    ...assigned(
      /(?:[?&]|%3F|%26)(?:access_token|id_token|refresh_token|token|key|api_?key|auth|code|client_secret|assertion|password|pwd|secret)/i,
      /=/,
      /(?<secret>[^\s&"'<>\\]{6,4096})/,
    ),
    only: value => !isPlaceholder(value) && value.length >= 8,
  },
  {
    kind: 'kubeconfig-client-key',
    ...word(
      /client-key-data[\\"' ]{0,4}:/,
      /[\\"' ]{0,4}(?<secret>[A-Za-z0-9+/=]{16,}(?:\s{1,40}[A-Za-z0-9+/=]{40,})*)/,
    ),
  },
  {
    kind: 'kubeconfig-client-certificate',
    ...word(
      /client-certificate-data[\\"' ]{0,4}:/,
      /[\\"' ]{0,4}(?<secret>[A-Za-z0-9+/=]{16,}(?:\s{1,40}[A-Za-z0-9+/=]{40,})*)/,
    ),
  },
  { kind: 'docker-config', ...from(/\.dockerconfigjson[\\"' ]{0,4}:/, /[\\"' ]{0,4}(?<secret>[A-Za-z0-9+/=]{16,})/) },
  { kind: 'docker-auth', ...from(/["']auth\\?["'][ ]{0,2}:/, /[ ]{0,2}\\?["'](?<secret>[A-Za-z0-9+/=]{8,})/) },
  {
    kind: 'netrc',
    ...word(/machine[ \t]\S{1,256}\s{1,8}login[ \t]/, /\S{1,256}\s{1,8}password[ \t]{1,4}(?<secret>\S{1,256})/),
  },
  {
    kind: 'password-flag',
    ...from(
      /(?<![\w-])(?:--(?:[\w-]{0,30}-)?(?:password|passwd|pass|secret|api-?key|token|auth-token|access-token|client-secret)|-p)(?:=|[ \t]{1,4})/i,
      /["']?(?<secret>[^\s"']{6,4096})/i,
    ),
    only: value =>
      !isPlaceholder(value) &&
      !value.startsWith('-') &&
      !value.startsWith('/') &&
      (isMixed(value) || /[!@#$%^&*]/.test(value) || value.length > 24),
  },
  {
    kind: 'password',
    ...assigned(PASSWORD, /=/, /[\\"'“]{0,5}(?<secret>[^\s"'\\,;“”]{4,512})/),
    only: value => !isPlaceholder(value),
  },
  {
    // After a colon a word that ends the line or the field; in the middle of a sentence only what is no word.
    kind: 'password',
    ...assigned(PASSWORD, /:/, /[ \\"'“]{0,5}(?<secret>[^\s"'\\,;“”]{4,256})(?=["'\\,;”}]|[ \t]{0,4}$)/m),
    only: value => !isPlaceholder(value),
  },
  {
    kind: 'password',
    ...assigned(PASSWORD, /:/, /[ \\"'“]{0,5}(?<secret>[^\s"'\\,;“”]{4,256})/),
    only: value => !isPlaceholder(value) && /[\d!@#$%^&*_]/.test(value),
  },
  {
    kind: 'quoted-password',
    ...assigned(
      /(?:password|passwd|passphrase)[\\"']{0,4}\s{0,2}/i,
      /[=:]/,
      /\s{0,2}\\?(?<quote>["'])(?<secret>[^"'\\\n]{4,512})\\?\k<quote>/,
    ),
    only: value => !isPlaceholder(value),
  },
  {
    kind: 'secret-value',
    ...keyed(
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
    ...keyed(
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
    ...keyed('(?:api|access|private|account|storage)[_-]?key(?!_id)(?:[_-]?(?:secret|data))?|hmac[_-]?secret'),
    only: value =>
      value.length >= 16 && isMixed(value) && !isPlaceholder(value) && !/^(?:projects\/|https?:|file:|\/)/i.test(value),
  },
]);
