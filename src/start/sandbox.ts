/** The sandbox as a process: it says in its first line where everything is (`npm run -s sandbox`). */

import type { Readable } from 'node:stream';
import { z } from 'zod';
import { DEFAULT_ALLOWED_ROLES } from '../config/settings.ts';

export const SandboxLine = z.object({
  google: z.url(),
  project: z.string(),
  /** projects/P/locations/L/clusters/C */
  cluster: z.string(),
  tokens: z.object({ diagnoser: z.string(), remediator: z.string() }),
  slackApi: z.url(),
  page: z.url(),
  slack: z.object({
    botToken: z.string(),
    appToken: z.string(),
    approvalsChannel: z.string().optional(),
    userGroup: z.string(),
  }),
});
export type SandboxLine = z.infer<typeof SandboxLine>;

/** @throws where the first line is not what it should be. Never resolves where there is none. */
export async function readSandboxLine(stdout: Readable): Promise<SandboxLine> {
  const line = await new Promise<string>(resolve => {
    const chunks: Buffer[] = [];
    const collect = (chunk: Buffer) => {
      chunks.push(chunk);
      if (!chunk.includes('\n')) return;
      stdout.off('data', collect);
      resolve(Buffer.concat(chunks).toString('utf8').split('\n', 1)[0] ?? '');
    };
    stdout.on('data', collect);
  });
  return SandboxLine.parse(JSON.parse(line));
}

/** Roles on resources that the sandbox's remediator may grant, besides the default list. */
const RESOURCE_ROLES = ['roles/storage.objectViewer@bucket', 'roles/secretmanager.secretAccessor@secret'];

/** The configuration that the sandbox brings: approvers are its user group where its Slack is used. */
export function sandboxConfig(line: SandboxLine, slack: 'real' | 'simulated', language: string): string {
  const lines = [
    '# Written by npm start at every start. A configuration of your own: GKE_AUTH_CONFIG, or gke-auth.yaml here.',
    `projects: [${line.project}]`,
    `language: ${language}`,
  ];
  if (slack === 'simulated') {
    if (line.slack.approvalsChannel) lines.push(`slack: { approvalsChannel: ${line.slack.approvalsChannel} }`);
    const allowed = [...DEFAULT_ALLOWED_ROLES, ...RESOURCE_ROLES].map(role => `"${role}"`).join(', ');
    lines.push(
      'approvals:',
      `  approvers: { userGroups: [${line.slack.userGroup}] }`,
      `  allowedRoles: [${allowed}]`,
      // What its scenarios ask for is not on the default list.
      '  kubernetes: { resources: [pods, deployments, services, configmaps, roles] }',
      // One approver is enough for the accounts of the simulated project.
      `  targets: [{ serviceAccount: "*@${line.project}.iam.gserviceaccount.com" }]`,
    );
  }
  return `${lines.join('\n')}\n`;
}
