import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type JsonObject, listOf, objectOf, objectsOf, textOf } from './json.ts';

export type Command = { command: string; description: string; usage_hint: string; should_escape: boolean };
export type Shortcut = { name: string; callback_id: string };

/** The installed app (https://docs.slack.dev/reference/app-manifest). */
export type Manifest = {
  scopes: string[];
  commands: Command[];
  shortcuts: Shortcut[];
  botEvents: string[];
  homeTab: boolean;
  interactivity: boolean;
};

/** The app that is installed without a manifest file. */
export const defaultManifest: Manifest = {
  scopes: [
    'commands',
    'chat:write',
    'usergroups:read',
    'users:read',
    'users:read.email',
    'channels:history',
    'groups:history',
    'im:history',
    'mpim:history',
    'files:write',
    'im:write',
  ],
  commands: [
    {
      command: '/gke-auth',
      description: 'Diagnose GKE auth',
      usage_hint: 'diagnose <cluster>',
      should_escape: true,
    },
  ],
  shortcuts: [{ name: 'Diagnose this error', callback_id: 'diagnose_message' }],
  botEvents: ['app_home_opened'],
  homeTab: true,
  interactivity: true,
};

/** Reads a manifest file (YAML). Without the file, returns the default app. */
export function readManifest(path: string | URL): Manifest {
  let source: string;
  try {
    source = readFileSync(path, 'utf8');
  } catch {
    return defaultManifest;
  }
  return manifestOf(objectOf(parse(source)));
}

function manifestOf(document: JsonObject): Manifest {
  const features = objectOf(document.features);
  const settings = objectOf(document.settings);
  const scopes = objectOf(objectOf(document.oauth_config).scopes);
  return {
    scopes: strings(scopes.bot),
    commands: objectsOf(features.slash_commands).map(command => ({
      command: textOf(command.command) ?? '',
      description: textOf(command.description) ?? '',
      usage_hint: textOf(command.usage_hint) ?? '',
      should_escape: command.should_escape === true,
    })),
    shortcuts: objectsOf(features.shortcuts)
      .filter(shortcut => shortcut.type === 'message')
      .map(shortcut => ({ name: textOf(shortcut.name) ?? '', callback_id: textOf(shortcut.callback_id) ?? '' })),
    botEvents: strings(objectOf(settings.event_subscriptions).bot_events),
    homeTab: objectOf(features.app_home).home_tab_enabled === true,
    interactivity: objectOf(settings.interactivity).is_enabled === true,
  };
}

function strings(value: unknown): string[] {
  return listOf(value).filter(one => typeof one === 'string');
}
