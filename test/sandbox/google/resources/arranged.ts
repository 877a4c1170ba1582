import type { ProjectBuilder } from '../../../../sandbox/google/build/project.ts';
import type { WorldBuilder } from '../../../../sandbox/google/build/world.ts';
import { type Client, start } from '../client.ts';
import { resourceWorld } from './world.ts';

/** Gives the service account `app`, as `member`, what a case is about. */
export type Arrange = (arranged: { world: WorldBuilder; project: ProjectBuilder; member: string; app: string }) => void;

/** A condition with this expression. */
export const on = (expression: string): { title: string; expression: string } => ({ title: 't', expression });
export const future = on('request.time < timestamp("2099-01-01T00:00:00Z")');

/** The status of a call in a world of its own. */
export async function asked(arrange: Arrange, call: (cloud: Client) => Promise<{ status: number }>): Promise<number> {
  const { world, project, app } = resourceWorld();
  arrange({ world, project, app, member: `serviceAccount:${app}` });
  const cloud = await start(world.world);
  try {
    return (await call(cloud)).status;
  } finally {
    await cloud.close();
  }
}
