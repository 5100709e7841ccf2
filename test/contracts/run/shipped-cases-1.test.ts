import { runShipped } from '../support/shipped-cases.ts';

runShipped(0);
