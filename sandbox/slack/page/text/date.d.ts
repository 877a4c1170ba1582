/** The settings of a person for dates: locale, IANA time zone, and the texts of the page. */
export type DateWorld = {
  locale: string;
  tz: string;
  t: { today: string; yesterday: string; tomorrow: string; at(day: string, time: string): string };
};

export function formatDate(seconds: number, pattern: string, now: number, world: DateWorld): string | undefined;
export function relativeTime(seconds: number, now: number, world: DateWorld): string;
