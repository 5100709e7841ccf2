/** Reads the two members of DPS's allocation request that this webhook decides on, from a body it does not trust. */

export type ParsedAllocationRequest =
  | { readonly kind: 'request'; readonly registrationId: string; readonly linkedHubs: readonly string[] }
  | { readonly kind: 'no-registration-id' }
  | { readonly kind: 'no-linked-hubs' }
  | { readonly kind: 'malformed'; readonly reason: string };

/** The registration id is judged before the hubs, as in the tutorial; null counts as absent. */
export function parseAllocationRequest(text: string): ParsedAllocationRequest {
  const parsed = parseJson(text);
  if (parsed.kind === 'not-json') return { kind: 'malformed', reason: 'Request body is not valid JSON.' };
  if (parsed.value === null) return { kind: 'no-registration-id' };
  if (!isRecord(parsed.value)) return { kind: 'malformed', reason: 'Request body is not a JSON object.' };

  const { deviceRuntimeContext, linkedHubs } = parsed.value;
  const registrationId = isRecord(deviceRuntimeContext) ? deviceRuntimeContext.registrationId : undefined;
  if (registrationId === undefined || registrationId === null) return { kind: 'no-registration-id' };
  if (typeof registrationId !== 'string') return { kind: 'malformed', reason: 'Registration ID is not a string.' };

  if (linkedHubs === undefined || linkedHubs === null) return { kind: 'no-linked-hubs' };
  if (!isArrayOfStrings(linkedHubs)) return { kind: 'malformed', reason: 'linkedHubs is not an array of host names.' };
  return { kind: 'request', registrationId, linkedHubs };
}

function parseJson(text: string): { kind: 'json'; value: unknown } | { kind: 'not-json' } {
  // The tutorial's parser reads an empty body as null, which ends as "Registration ID not provided".
  if (text.trim() === '') return { kind: 'json', value: null };
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch {
    return { kind: 'not-json' };
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isArrayOfStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}
