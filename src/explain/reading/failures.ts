/** Words by which a line says that something failed. They only tell errors from what works; which error it is, recognisers tell. */

const WORDS = [
  // What programs call it.
  /error|errno|exception|fatal|panic|critical|traceback|fail(?:ed|ing|s|ure|ures)?|crash|abort|err!|unimplemented|✗|✘|❌/,
  // What was refused.
  /denied|deny|denies|forbid|unauthori[sz]ed|unauthenticated|not[ _](?:authori[sz]ed|authenticated)|refus|reject|prohibit|disallow|not (?:be )?(?:allow|permitted)|block|drops|dropped|violat|blackhole|enforce|conditionnotmet|vpcservicecontrols|service_perimeter|matching_access|not in permitted|only|unless|must|exceed/,
  // What is lacking.
  /does ?n[o']?t|do not|lacks?\b|lacking|missing|without|has no\b|gets? no\b|is empty|unset|forgot|no longer|not[ _](?:found|enabled|been|set|defined|installed|executable|recogni[sz]ed|valid|supported|available|registered|served|granted|a valid|in (?:your )?\$?path|match|inject|reachable|running|ready|exist|present|configured|currently|able|have|be)/,
  /\bno (?:cluster|context|current|kind|match|roles?|configuration|credential|such|id[ _]token|google|auth|valid|route|relationship|project|access|permission)/,
  /can ?not|can'?t|could ?n[o']?t|unable|isn'?t|wasn'?t|didn'?t|won'?t|wouldn'?t|aren'?t|hasn'?t|haven'?t|should (?:enable|be)|need(?:s|ed)?\b|requir|expected|has to be|to be enabled/,
  // What was not understood, not there or no longer there.
  /invalid|malformed|unknown|unsupported|unrecogni[sz]ed|unexpected|mismatch|no such|nosuch|bad request|expired|revoked|disabled|deleted|destr[ou]|removed|deprecated|stale|undefined|insufficient|sufficient scopes|untrusted|not_found|enoent|decoding|returned version|use api version/,
  // Networks.
  /time ?d? ?-?out|timeout|unreachable|unavailable|no route|reset|hang up|exhausted|econn|etimedout|enotfound|eai_again|esocket|ehost|misbehaving|nxdomain|servfail|bad address|eof\b|lookup|getaddrinfo|name resolution|\d:53\b|name or service|servname|resolve/,
  // States and codes, and what asks for another try.
  /\b[45]\d\d\b|exit (?:status|code) [1-9]|backoff|back-off|oomkilled|out of memory|memory limit|killed|evicted|errimage|degraded|unhealthy|unschedulable|are available|permission_|_denied|critical permissions|diagnosisrecommender|serviceaccountinsight|returned no|retry|attempt|granted:? ?false|decision:? ?forbid|\b0\/\d|\bU[FH]\b|\bNR\b/,
  // What the reader is asked to do about it.
  /\bgrant (?:you )?(?:the )?(?:roles?\b|roles\/|iam\.|caller)|reauth|problem (?:re|with)|please (?:run|set|check|enable|re)|asked for|provide credentials|accessnotconfigured|(?:^|\s)editor\b/,
  // Japanese.
  /エラー|失敗|拒否|ありません|ません|できない|見つから|見つかり|無効|必要|違反|期限|不足|不明|タイムアウト|切れ|されていな|されていま|権限|削除|取り消|禁止|ブロック|解決|再作成|スコープ|適用されているため|使用されたことがない|準備|起動/,
];
const FAILURE = new RegExp(WORDS.map(({ source }) => source).join('|'), 'i');

/** Whether the text says anywhere that something failed, was refused, or isn't there. */
export const hasFailure = (text: string): boolean => FAILURE.test(text);
