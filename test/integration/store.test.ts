import { startPostgres } from '../support/embedded.ts';
import { describePeopleStore } from '../support/people-conformance.ts';
import { describeStore } from '../support/store-conformance.ts';

describeStore('the embedded PostgreSQL', startPostgres);
describePeopleStore('the embedded PostgreSQL', startPostgres);
