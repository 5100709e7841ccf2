/** `az iot dps enrollment`: enrollments of single devices. */
import { etag, ifMatch, serviceIn, serviceOptions } from '../data-plane-options.ts';
import { changedIndividualAttestation, newIndividualAttestation } from '../enrollment-attestation.ts';
import { changedEnrollment, newEnrollment } from '../enrollment-body.ts';
import {
  allocationOptions,
  certificateOptions,
  deviceOptions,
  endorsementKey,
  individualOptions,
  keyOptions,
  removeOptions,
} from '../enrollment-options.ts';
import { INDIVIDUAL, readAttestation, readEnrollment, writeEnrollment } from '../enrollment-records.ts';
import { deleteVerb, listVerb, showVerb } from '../enrollment-verbs.ts';
import { required } from '../shared-options.ts';
import type { AzOption, AzVerb } from '../verb.ts';

const given: readonly AzOption[] = [
  required(INDIVIDUAL.idOption),
  ...serviceOptions,
  ...allocationOptions,
  ...deviceOptions,
  ...individualOptions,
  ...keyOptions,
  ...certificateOptions,
  endorsementKey,
];

export const enrollmentVerbs: readonly AzVerb[] = [
  {
    path: 'iot dps enrollment create',
    summary: 'Create an individual enrollment.',
    options: [
      {
        names: ['--attestation-type', '--at'],
        dest: 'attestationType',
        choices: ['symmetricKey', 'tpm', 'x509'],
        isRequired: true,
        help: 'how the device proves itself',
      },
      ...given,
    ],
    examples: [
      'az iot dps enrollment create --dps-name contoso-provisioning-service --enrollment-id my-device --attestation-type symmetrickey --device-id my-device-at-the-hub',
    ],
    run: async (args, context) => {
      const body = newEnrollment(INDIVIDUAL, args, await newIndividualAttestation(args), context);
      const client = await context.provisioningService(serviceIn(args));
      return writeEnrollment(client, INDIVIDUAL, { id: args.required('enrollmentId'), body });
    },
  },
  showVerb(INDIVIDUAL),
  listVerb(INDIVIDUAL),
  {
    path: 'iot dps enrollment update',
    summary: 'Change an individual enrollment; what is not given stays as it is.',
    options: [...given, ...removeOptions, etag],
    examples: [
      'az iot dps enrollment update --dps-name contoso-provisioning-service --enrollment-id my-device --provisioning-status disabled',
    ],
    run: async (args, context) => {
      const client = await context.provisioningService(serviceIn(args));
      const id = args.required('enrollmentId');
      const present = await readEnrollment(client, INDIVIDUAL, id);
      const attestation = await changedIndividualAttestation(await readAttestation(client, INDIVIDUAL, id), args);
      const body = changedEnrollment(present, args, attestation, context);
      return writeEnrollment(client, INDIVIDUAL, { id, body, headers: ifMatch(args) });
    },
  },
  deleteVerb(INDIVIDUAL),
];
