/**
 * The HTTP side of the allocation function: logs as the tutorial's function does and turns the decision into a response.
 * It does not register itself with Azure Functions, so it can be called outside the Functions host as well.
 */

import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { allocate } from './allocate.ts';

/** 200 with JSON for an allocated device, 400 with a plain-text reason for every other. */
export async function handleAllocationRequest(
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  context.log('TypeScript HTTP trigger function processed a request.');
  const requestBody = await request.text();
  context.log('Request.Body:...');
  context.log(requestBody);

  const decision = allocate(requestBody);
  for (const line of decision.logLines) context.log(line);

  const responseText = decision.kind === 'allocated' ? JSON.stringify(decision.answer) : decision.message;
  context.log('Response');
  context.log(responseText);

  return decision.kind === 'allocated'
    ? { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: responseText }
    : { status: 400, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: responseText };
}
