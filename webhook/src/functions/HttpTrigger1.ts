/** Registers the allocation function with Azure Functions as `POST /api/HttpTrigger1`; the Functions host loads this file. */

import { app } from '@azure/functions';
import { handleAllocationRequest } from '../handler.ts';

app.http('HttpTrigger1', { methods: ['POST'], authLevel: 'function', handler: handleAllocationRequest });
