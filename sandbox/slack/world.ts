import { Delivery } from './delivery.ts';
import { Faults } from './faults.ts';
import { Ledger } from './ledger.ts';
import { RateLimits } from './limits.ts';
import type { Manifest } from './manifest.ts';
import { RequestUrl } from './requesturl.ts';
import { SocketMode } from './socketmode.ts';
import { defaultSwitches, type Switches } from './switches.ts';
import { ResponseUrls, Triggers } from './tickets.ts';
import { Workspace } from './workspace.ts';

/** The state and the parts of one simulated Slack server. */
export type World = {
  /** Milliseconds since 1970. */
  now: () => number;
  /** The server's own base URL without a slash at the end. */
  origin: string;
  workspace: Workspace;
  manifest: Manifest;
  /** The scopes of the bot token: those of the manifest, until a test changes them. */
  scopes: string[];
  switches: Switches;
  faults: Faults;
  limits: RateLimits;
  ledger: Ledger;
  triggers: Triggers;
  responseUrls: ResponseUrls;
  socketMode: SocketMode;
  requestUrl: RequestUrl;
  delivery: Delivery;
};

/** Creates a world. `origin` is set once the server listens. */
export function createWorld(now: () => number, manifest: Manifest, latencyMs: number): World {
  const switches = defaultSwitches(latencyMs);
  switches.homeTab = manifest.homeTab;
  const socketMode = new SocketMode(now, switches);
  const requestUrl = new RequestUrl(now);
  return {
    now,
    origin: '',
    workspace: new Workspace(now),
    manifest,
    scopes: manifest.scopes,
    switches,
    faults: new Faults(),
    limits: new RateLimits(now),
    ledger: new Ledger(now),
    triggers: new Triggers(now),
    responseUrls: new ResponseUrls(now),
    socketMode,
    requestUrl,
    delivery: new Delivery(socketMode, requestUrl),
  };
}

/** Resets workspace, faults, counts, limits and switches. Connections of the app stay open. */
export function resetWorld(world: World): void {
  world.workspace.reset();
  world.scopes = world.manifest.scopes;
  world.faults.clear();
  world.limits.reset();
  world.ledger.reset();
  world.triggers.reset();
  world.responseUrls.reset();
  Object.assign(world.switches, defaultSwitches(world.switches.latencyMs), { homeTab: world.manifest.homeTab });
}
