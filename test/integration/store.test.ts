import { startPostgres } from '../support/embedded.ts';
import { describeStore } from '../support/store-conformance.ts';

describeStore('the embedded PostgreSQL', startPostgres);
