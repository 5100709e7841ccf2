/** Every verb of `dps-emulator az`, in the order of its help. */
import type { AzVerb } from './verb.ts';
import { computeDeviceKeyVerbs } from './verbs/compute-device-key.ts';
import { connectionStringVerbs } from './verbs/connection-string.ts';
import { deviceRegistrationVerbs } from './verbs/device-registration.ts';
import { dpsVerbs } from './verbs/dps.ts';
import { dpsPolicyVerbs } from './verbs/dps-policy.ts';
import { enrollmentGroupVerbs, enrollmentVerbs } from './verbs/enrollment.ts';
import { groupVerbs } from './verbs/group.ts';
import { hubDeviceVerbs } from './verbs/hub-device.ts';
import { hubPolicyVerbs } from './verbs/hub-policy.ts';
import { iotHubVerbs } from './verbs/iot-hub.ts';
import { linkedHubVerbs } from './verbs/linked-hub.ts';
import { registrationVerbs } from './verbs/registration.ts';

export const AZ_VERBS: readonly AzVerb[] = [
  ...groupVerbs,
  ...dpsVerbs,
  ...linkedHubVerbs,
  ...dpsPolicyVerbs,
  ...connectionStringVerbs,
  ...enrollmentGroupVerbs,
  ...computeDeviceKeyVerbs,
  ...enrollmentVerbs,
  ...registrationVerbs,
  ...deviceRegistrationVerbs,
  ...iotHubVerbs,
  ...hubPolicyVerbs,
  ...hubDeviceVerbs,
];
