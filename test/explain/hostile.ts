/** Texts that a bad pattern takes long for, and what that costs. */

/** CPU of this process in ms while `work` ran: other processes on the machine don't count. */
export function cpu(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Pieces that patterns begin with: repeated, they make a bad pattern try again from every place. */
export const HOSTILE: Record<string, string> = {
  letters: 'a',
  blanks: ' ',
  'line breaks': '\n',
  'blank lines': ' \n',
  quotes: '"\'',
  backslashes: '\\',
  'escaped quotes': '\\"',
  'box lines': '│ │ ',
  entities: '&amp;quot;',
  'slack links': '<https://a|',
  colours: '\x1b[31m',
  'half tokens': 'ya29.',
  'half keys': '-----BEGIN PRIVATE KEY-----',
  'half urls': 'https://a:',
  bearer: 'bearer ',
  passwords: 'password=',
  forbidden: 'is forbidden: User "a" ',
  cannot: 'user a cannot ',
  required: 'Required "container.',
  permissions: 'permission denied ',
  projects: 'projects/a-project/',
  clusters: 'projects/p-project/locations/us-east1/clusters/',
  metadata: 'metadata.google.internal ',
  address: '169.254.169.254 ',
  constraint: 'constraints/compute.a ',
  accounts: 'a@b.iam.gserviceaccount.com ',
  apis: 'Some API ',
  crash: 'gke-metadata-server-abcde 0/1 ',
  dial: 'https://1.2.3.4/api: dial tcp 1.2.3.4:443: ',
  svc: 'a.svc.id.goog[',
  json: '{"a":[',
  plugin: 'gke-gcloud-auth-plugin ',
};
