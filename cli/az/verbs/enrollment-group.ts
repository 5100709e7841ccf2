/** `az iot dps enrollment-group`: groups of devices that prove themselves by one key, or by one signer. */
import type { AzArguments } from '../arguments.ts';
import type { AzContext } from '../context.ts';
import { etag, ifMatch, serviceIn, serviceOptions, showKeys } from '../data-plane-options.ts';
import { changedGroupAttestation, newGroupAttestation } from '../enrollment-attestation.ts';
import { changedEnrollment, newEnrollment } from '../enrollment-body.ts';
import {
  allocationOptions,
  authorityOptions,
  certificateOptions,
  deviceOptions,
  keyOptions,
  removeOptions,
} from '../enrollment-options.ts';
import { attestationType, GROUP, readAttestation, readEnrollment, writeEnrollment } from '../enrollment-records.ts';
import { deleteVerb, listVerb, showVerb } from '../enrollment-verbs.ts';
import { required } from '../shared-options.ts';
import type { AzOption, AzVerb } from '../verb.ts';

const given: readonly AzOption[] = [
  required(GROUP.idOption),
  ...serviceOptions,
  ...allocationOptions,
  ...deviceOptions,
  ...keyOptions,
  ...certificateOptions,
  ...authorityOptions,
  // Newer versions of the CLI keep the keys back without it; older ones, and scripts made for them, do not.
  { ...showKeys, help: 'accepted: the answer to a write has the keys in any case' },
];

export const enrollmentGroupVerbs: readonly AzVerb[] = [
  {
    path: 'iot dps enrollment-group create',
    summary: 'Create an enrollment group; with a symmetric key, unless certificates are given.',
    options: given,
    examples: [
      "az iot dps enrollment-group create --dps-name contoso-provisioning-service --enrollment-id contoso-custom-allocated-devices --allocation-policy custom --webhook-url 'http://localhost:7071/api/HttpTrigger1' --api-version 2021-10-01",
    ],
    run: async (args, context) => {
      const body = newEnrollment(GROUP, args, await newGroupAttestation(args), context);
      const client = await context.provisioningService(serviceIn(args));
      return writeEnrollment(client, GROUP, { id: args.required('enrollmentId'), body });
    },
  },
  showVerb(GROUP),
  listVerb(GROUP),
  {
    path: 'iot dps enrollment-group update',
    summary: 'Change an enrollment group; what is not given stays as it is.',
    options: [...given, ...removeOptions, etag],
    examples: [
      "az iot dps enrollment-group update --dps-name contoso-provisioning-service --enrollment-id contoso-custom-allocated-devices --webhook-url 'https://contoso-function-app.azurewebsites.net/api/HttpTrigger1?code=…'",
    ],
    run: async (args, context) => {
      const client = await context.provisioningService(serviceIn(args));
      const id = args.required('enrollmentId');
      const present = await readEnrollment(client, GROUP, id);
      warnOfIgnored(attestationType(present.attestation), args, context);
      const attestation = await changedGroupAttestation(await readAttestation(client, GROUP, id), args);
      const body = changedEnrollment(present, args, attestation, context);
      return writeEnrollment(client, GROUP, { id, body, headers: ifMatch(args) });
    },
  },
  deleteVerb(GROUP),
];

const CERTIFICATES = ['certificatePath', 'secondaryCertificatePath', 'rootCaName', 'secondaryRootCaName'];

/** For a group the CLI passes over what does not fit, without a word. */
function warnOfIgnored(type: string, args: AzArguments, context: AzContext): void {
  const isKeyed = type === 'symmetricKey';
  const foreign = isKeyed ? CERTIFICATES : ['primaryKey', 'secondaryKey'];
  if (!foreign.some((dest) => args.isGiven(dest))) return;
  const what = isKeyed ? 'certificates are' : 'symmetric keys are';
  context.warn(`${what} not looked at: the enrollment group has an attestation type of '${type}'`);
}
