import type { DbOrTrx } from './connect.ts';

/** How people are shown. */
export interface PersonName {
  email: string;
  name: string;
}

/** E-mail address and name of each subject; what is no person's subject (`policy`, `system`) is absent. */
export async function namesOf(db: DbOrTrx, subjects: Iterable<string | null>): Promise<Map<string, PersonName>> {
  const wanted = [...new Set(subjects)].filter((subject) => subject !== null);
  if (wanted.length === 0) return new Map();
  const rows = await db
    .selectFrom('people')
    .select(['subject', 'email', 'display_name'])
    .where('subject', 'in', wanted)
    .execute();
  return new Map(rows.map((row) => [row.subject, { email: row.email, name: row.display_name }]));
}
