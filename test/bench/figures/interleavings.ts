/** Random interleavings of clicks, expiries, crashes and duplicates on a real Redis: sequences without a broken promise. */
import { runInterleavings } from '../../approvals/interleavings.ts';
import { startRedis } from '../../system/redis.ts';
import type { Figure } from '../figure.ts';

const SEQUENCES = 10_000;

const figure: Figure = {
  about: '10,000 random sequences: never two grants, never one without a valid approval, every approval ends',
  async run() {
    const seed = Date.now() % 2 ** 31;
    process.stderr.write(`interleavings: seed ${seed}\n`);
    const redis = await startRedis({ args: ['--appendfsync', 'no'] });
    try {
      const ends = await runInterleavings({ redisUrl: redis.url, runs: SEQUENCES, seed });
      const held = [...ends.values()].reduce((sum, count) => sum + count, 0);
      return [
        {
          name: 'interleavings',
          value: held,
          unit: 'sequences, all promises kept',
          atLeast: SEQUENCES,
          reference: `seed ${seed}`,
          detail: Object.fromEntries(ends),
        },
      ];
    } finally {
      await redis.stop();
    }
  },
};
export default figure;
