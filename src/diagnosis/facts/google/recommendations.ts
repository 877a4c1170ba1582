/** GKE's own recommendations about node service accounts (recommender, DiagnosisRecommender). */
import type { Fact } from '../fact.ts';
import { asFact } from '../read.ts';
import type { Session } from '../session.ts';

export interface Recommendation {
  readonly name: string;
  /** `//container.googleapis.com/projects/PN/locations/L/clusters/C`. */
  readonly targets: readonly string[];
}

export function readRecommendations(
  session: Session,
  project: string,
  location: string,
): Promise<Fact<readonly Recommendation[]>> {
  return session.once(`recommendations ${project} ${location}`, () =>
    asFact(
      {
        source: 'recommender recommendations.list',
        permission: 'recommender.containerDiagnosisRecommendations.list',
        resource: `projects/${project}`,
        self: session.self,
      },
      async () => {
        const recommendations = await session.google.listRecommendations(project, location);
        return recommendations.map(({ name, targetResources }) => ({
          name: name ?? '',
          targets: targetResources ?? [],
        }));
      },
    ),
  );
}
