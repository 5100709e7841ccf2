/** `az iot dps enrollment-group compute-device-key`: what a device of a group signs with. */
import { argumentError } from '../az-error.ts';
import { derivedFrom, keyFromGroup } from '../device-key.ts';
import { groupId, registrationId, serviceOptions } from '../shared-options.ts';
import { type AzVerb, option, required } from '../verb.ts';

export const computeDeviceKeyVerbs: readonly AzVerb[] = [
  {
    path: 'iot dps enrollment-group compute-device-key',
    summary: "Print the key that a group's key gives a device. With --key it needs no emulator.",
    options: [
      required(registrationId),
      option(
        '--symmetric-key, --key',
        "the group's primary or secondary key, base64; without it, the group is asked for its primary key",
      ),
      groupId,
      ...serviceOptions,
    ],
    examples: [
      'az iot dps enrollment-group compute-device-key --key "$GROUP_KEY" --registration-id breakroom499-contoso-tstrsd-007',
      'az iot dps enrollment-group compute-device-key --dps-name contoso-provisioning-service --enrollment-id contoso-custom-allocated-devices --registration-id breakroom499-contoso-tstrsd-007',
    ],
    run: async (args, context) => {
      const id = args.required('registrationId');
      const given = args.text('symmetricKey');
      if (given !== undefined) return derivedFrom(given, id);
      const group = args.text('enrollmentId');
      if (group === undefined || !(args.isGiven('dpsName') || args.isGiven('login'))) {
        throw argumentError(
          'Please provide DPS enrollment group identifiers (Device Provisioning Service name via --dps-name and Enrollment ID via --enrollment-id) or the enrollment group symmetric key via --symmetric-key or --key.',
        );
      }
      return keyFromGroup(await context.provisioningService(args), group, id);
    },
  },
];
