/** Every verb of `dps-emulator az`, in the order of its help. */
import type { AzVerb } from './verb.ts';
import { connectionStringVerbs } from './verbs/connection-string.ts';
import { dpsVerbs } from './verbs/dps.ts';
import { dpsPolicyVerbs } from './verbs/dps-policy.ts';
import { groupVerbs } from './verbs/group.ts';
import { iotHubVerbs } from './verbs/iot-hub.ts';
import { linkedHubVerbs } from './verbs/linked-hub.ts';

export const AZ_VERBS: readonly AzVerb[] = [
  ...groupVerbs,
  ...dpsVerbs,
  ...linkedHubVerbs,
  ...dpsPolicyVerbs,
  ...connectionStringVerbs,
  ...iotHubVerbs,
];
