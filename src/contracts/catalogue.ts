/** The generated catalogue of checks (`docs/checks.json`): what the bot, which knows no checks, shows of them. */
import { z } from 'zod';
import { CheckId } from './report.ts';

const Text = z.object({ en: z.string(), ja: z.string() });

export const CatalogueEntry = z.object({
  id: CheckId,
  title: Text,
  description: Text,
  docs: z.string(),
  /** Permissions that the bot needs for it. */
  needs: z.array(z.string()),
});
export type CatalogueEntry = z.infer<typeof CatalogueEntry>;

export const Catalogue = z.array(CatalogueEntry);
export type Catalogue = z.infer<typeof Catalogue>;
