/** The verbs that enrollments and enrollment groups have alike: list, show, delete. */
import type { JsonObject } from '../../emulator/wire/twin.ts';
import type { AzArguments } from './arguments.ts';
import type { AzContext } from './context.ts';
import { etag, ifMatch, serviceIn, serviceOptions, showKeys, top } from './data-plane-options.ts';
import { attestationType, type EnrollmentKind, pathOf, readAttestation, readEnrollment } from './enrollment-records.ts';
import { required } from './shared-options.ts';
import type { AzVerb } from './verb.ts';

export function listVerb(kind: EnrollmentKind): AzVerb {
  return {
    path: `${kind.path} list`,
    summary: `List ${kind.noun}s.`,
    options: [...serviceOptions, top],
    examples: [`az ${kind.path} list --dps-name contoso-provisioning-service -o table`],
    run: async (args, context) => {
      const client = await context.provisioningService(serviceIn(args));
      const query = { method: 'POST', path: `/${kind.collection}/query`, body: { query: 'SELECT *' } } as const;
      return client.askAll(query, args.integer('top') || undefined);
    },
  };
}

export function showVerb(kind: EnrollmentKind): AzVerb {
  return {
    path: `${kind.path} show`,
    summary: `Show an ${kind.noun}; its keys only with --show-keys.`,
    options: [required(kind.idOption), ...serviceOptions, showKeys],
    examples: [
      `az ${kind.path} show --dps-name contoso-provisioning-service --enrollment-id ${kind.exampleId} --show-keys`,
    ],
    run: (args, context) => show(kind, args, context),
  };
}

async function show(kind: EnrollmentKind, args: AzArguments, context: AzContext): Promise<JsonObject> {
  const client = await context.provisioningService(serviceIn(args));
  const id = args.required('enrollmentId');
  const record = await readEnrollment(client, kind, id);
  if (!args.isSet('showKeys')) return record;
  const type = attestationType(record.attestation);
  if (type === 'symmetricKey') return { ...record, attestation: await readAttestation(client, kind, id) };
  context.warn(
    `--show-keys argument was provided, but requested ${kind.noun} has an attestation type of '${type}'. Currently, --show-keys is only supported for symmetric key ${kind.noun}s`,
  );
  return record;
}

export function deleteVerb(kind: EnrollmentKind): AzVerb {
  return {
    path: `${kind.path} delete`,
    summary: `Delete an ${kind.noun}; devices that came through it stay at their hubs.`,
    options: [required(kind.idOption), ...serviceOptions, etag],
    examples: [`az ${kind.path} delete --dps-name contoso-provisioning-service --enrollment-id ${kind.exampleId}`],
    run: async (args, context) => {
      const client = await context.provisioningService(serviceIn(args));
      const path = pathOf(kind, args.required('enrollmentId'));
      await client.ask({ method: 'DELETE', path, headers: ifMatch(args) });
      return undefined;
    },
  };
}
