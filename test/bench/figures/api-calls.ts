/** Calls to Google that one diagnosis of a cluster with four node pools makes, as the report says and as the simulator counts. */
import { startSystem } from '../../system/system.ts';
import { jobFor, PRODUCTION_TIMES, reportOf, runAll } from '../diagnosing.ts';
import { type Figure, type Result, round } from '../figure.ts';

const figure: Figure = {
  about: 'calls to Google of one diagnosis',
  async run() {
    const here = await startSystem({ rateLimits: false, start: ['bot', 'diagnose'], env: PRODUCTION_TIMES });
    try {
      const count = async (name: string): Promise<Result> => {
        here.google.cloud.resetCalls();
        const job = jobFor(here, 'sandbox-1/asia-northeast1/cluster-x', here.channel);
        await runAll(here, [job]);
        const { apiCalls } = await reportOf(here, job.id);
        const reported = Object.values(apiCalls).reduce((sum, calls) => sum + calls, 0);
        const counted = Object.values(here.google.cloud.calls().byService).reduce((sum, calls) => sum + calls, 0);
        return {
          name,
          value: reported,
          unit: 'calls',
          reference: `the simulator counted ${counted}`,
          detail: { ...apiCalls, 'reported / counted': round(reported / counted) },
        };
      };
      return [await count('calls, first diagnosis of the day'), await count('calls, any later diagnosis')];
    } finally {
      await here.stop();
    }
  },
};
export default figure;
