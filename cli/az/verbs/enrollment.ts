/** `az iot dps enrollment` and `enrollment-group`: enrollments of single devices, and of groups of them with one key or one signer. */
import type { AzArguments } from '../arguments.ts';
import type { AzContext } from '../context.ts';
import {
  changedGroupAttestation,
  changedIndividualAttestation,
  newGroupAttestation,
  newIndividualAttestation,
} from '../enrollment-attestation.ts';
import {
  allocationOptions,
  authorityOptions,
  certificateOptions,
  deviceOptions,
  endorsementKey,
  individualOptions,
  keyOptions,
} from '../enrollment-options.ts';
import { attestationType, GROUP, INDIVIDUAL } from '../enrollment-records.ts';
import { verbsOn } from '../enrollment-verbs.ts';
import { showKeys } from '../shared-options.ts';
import { option } from '../verb.ts';

export const enrollmentVerbs = verbsOn(INDIVIDUAL, {
  create: {
    summary: 'Create an individual enrollment.',
    example: '--attestation-type symmetrickey --device-id my-device-at-the-hub',
  },
  update: {
    summary: 'Change an individual enrollment; what is not given stays as it is.',
    example: '--provisioning-status disabled',
  },
  newOptions: [
    option('--attestation-type, --at', 'how the device proves itself', {
      choices: ['symmetricKey', 'tpm', 'x509'],
      isRequired: true,
    }),
  ],
  options: [
    ...allocationOptions,
    ...deviceOptions,
    ...individualOptions,
    ...keyOptions,
    ...certificateOptions,
    endorsementKey,
  ],
  newAttestation: newIndividualAttestation,
  changedAttestation: changedIndividualAttestation,
});

export const enrollmentGroupVerbs = verbsOn(GROUP, {
  create: {
    summary: 'Create an enrollment group; with a symmetric key, unless certificates are given.',
    example:
      "--allocation-policy custom --webhook-url 'http://localhost:7071/api/HttpTrigger1' --api-version 2021-10-01",
  },
  update: {
    summary: 'Change an enrollment group; what is not given stays as it is.',
    example: "--webhook-url 'https://contoso-function-app.azurewebsites.net/api/HttpTrigger1?code=…'",
  },
  newOptions: [],
  options: [
    ...allocationOptions,
    ...deviceOptions,
    ...keyOptions,
    ...certificateOptions,
    ...authorityOptions,
    // Newer versions of the CLI keep the keys back without it; older ones, and scripts made for them, do not.
    { ...showKeys, help: 'accepted: the answer to a write has the keys in any case' },
  ],
  newAttestation: newGroupAttestation,
  changedAttestation: (present, args, context) => {
    warnOfIgnored(attestationType(present), args, context);
    return changedGroupAttestation(present, args);
  },
});

const CERTIFICATES = ['certificatePath', 'secondaryCertificatePath', 'rootCaName', 'secondaryRootCaName'];

/** For a group the CLI passes over what does not fit, without a word. */
function warnOfIgnored(type: string, args: AzArguments, context: AzContext): void {
  const isKeyed = type === 'symmetricKey';
  const foreign = isKeyed ? CERTIFICATES : ['primaryKey', 'secondaryKey'];
  if (!foreign.some((dest) => args.isGiven(dest))) return;
  const what = isKeyed ? 'certificates are' : 'symmetric keys are';
  context.warn(`${what} not looked at: the enrollment group has an attestation type of '${type}'`);
}
