import { test } from 'vitest';
import { isInstalled, postgres15 } from '../../cli/embedded/system-packages.ts';
import { startPostgres15 } from '../support/postgres-15.ts';
import { describePeopleStore } from '../support/people-conformance.ts';
import { describeStore } from '../support/store-conformance.ts';

if (isInstalled(postgres15)) {
  describeStore('PostgreSQL 15', startPostgres15);
  describePeopleStore('PostgreSQL 15', startPostgres15);
} else {
  test.skip(`the store on PostgreSQL 15: ${postgres15.package} is not installed (as root on Debian it would be)`, () =>
    undefined);
}
