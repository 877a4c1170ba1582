/** Answers that many programs give, each in the words of several of them. */

/** Google's APIs and Kubernetes: somebody lacks something. */
export const LACKS = [
  '(is|are|was) missing',
  'missing',
  '(does|do) not have',
  'doesnt have',
  '(lacks|lack|lacking)',
  'denied',
  '(required|requires|require)',
  '(needs|need)',
  'has no',
  'not granted',
  '(was|were|been) (removed|deleted)',
  'no longer has',
  'not authorized',
  'must have',
  'without',
  '権限がありません',
  'がありません',
  '不足',
] as const;

/** A permission was asked about, and refused. */
export const DENIED = [
  'denied',
  '(does|do) not have',
  'doesnt have',
  '(is|are) missing',
  'missing',
  '(lacks|lack|lacking)',
  '(required|requires|require)',
  '(needs|need)',
  'not authorized',
  'permission_denied',
  'permissiondenied',
  'forbidden',
  'granted false',
  'must have',
  '権限がありません',
  '権限',
] as const;

export const TIMED_OUT = [
  'i/o timeout',
  'timed out',
  'timeout',
  'timedout',
  'etimedout',
  'esockettimedout',
  '*timeoutexception',
  '*timeouterror',
  '*connecttimeout*',
  'timeout awaiting response headers',
  'deadline exceeded',
  'ehostunreach',
  'no route to host',
  '(network|host) is unreachable',
  'タイムアウト',
] as const;

export const REFUSED = [
  'connection refused',
  'econnrefused',
  'connect call failed',
  'actively refused',
  'connection reset',
  'econnreset',
  'socket hang up',
  '接続が拒否',
] as const;

/** A name server, or the resolver of a language: there is no such name. */
export const UNRESOLVED = [
  'enotfound',
  'eai_again',
  'no such host',
  'no such host is known',
  '*unknownhostexception*',
  '(name or service|nodename nor servname) *',
  'name resolution',
  '*nameresolutionerror*',
  'name does not resolve',
  '(could not|couldnt|cannot|cant|unable to|failed to) resolve',
  'not be resolved',
  'server misbehaving',
  'nxdomain',
  'servfail',
  'dns resolution failed',
  'resolution failed',
  'getaddrinfo',
  'bad address',
  '名前解決',
  '解決できません',
] as const;

/** The metadata server, by its address or one of its names. */
export const METADATA_SERVER = [
  '169.254.169.254*',
  '169.254.169.252*',
  '*metadata.google.internal*',
  '*computemetadata*',
] as const;

/** A token of the metadata server, for the account of whoever asks. */
export const METADATA_TOKEN = [
  '*computemetadata/v1/instance/service-accounts/*',
  '*/service-accounts/default/*',
] as const;

/** An image that a node couldn't get. */
export const NOT_PULLED = [
  'failed to pull image',
  'failed to pull and unpack image',
  'errimagepull',
  'imagepullbackoff',
  'back-off pulling image',
  'error pulling image',
] as const;
