/** The verbs that enrollments and enrollment groups have alike. [dps-service-behaviour §8.2] */
import type { JsonObject, JsonValue } from '../../emulator/wire/twin.ts';
import type { AzArguments } from './arguments.ts';
import type { AzContext } from './context.ts';
import { changedEnrollment, newEnrollment } from './enrollment-body.ts';
import { removeOptions } from './enrollment-options.ts';
import {
  attestationType,
  type EnrollmentKind,
  pathOf,
  readAttestation,
  readEnrollment,
  writeEnrollment,
} from './enrollment-records.ts';
import { etag, ifMatch, serviceOptions, showKeys, top } from './shared-options.ts';
import { type AzOption, type AzVerb, required } from './verb.ts';

/** What is said of a verb that writes: the example without the words that name the enrollment. */
interface WritingVerb {
  readonly summary: string;
  readonly example: string;
}

/** In what the verbs of the two kinds differ. */
export interface KindOfVerbs {
  readonly create: WritingVerb;
  readonly update: WritingVerb;
  /** Of `create` alone, in front of the others. */
  readonly newOptions: readonly AzOption[];
  /** Of `create` and `update`. */
  readonly options: readonly AzOption[];
  newAttestation(args: AzArguments): Promise<JsonObject>;
  /** @param present with its keys */
  changedAttestation(present: JsonObject, args: AzArguments, context: AzContext): Promise<JsonObject>;
}

const SERVICE = '--dps-name contoso-provisioning-service';

/** In the order of their help. */
export function verbsOn(kind: EnrollmentKind, verbs: KindOfVerbs): readonly AzVerb[] {
  const { path, noun } = kind;
  const { newOptions, options } = verbs;
  const one = [required(kind.idOption), ...serviceOptions];
  const example = `${SERVICE} --enrollment-id ${kind.exampleId}`;
  return [
    {
      path: `${path} create`,
      summary: verbs.create.summary,
      options: [...newOptions, ...one, ...options],
      examples: [`az ${path} create ${example} ${verbs.create.example}`],
      run: async (args, context) => {
        const body = newEnrollment(kind, args, await verbs.newAttestation(args), context);
        const client = await context.provisioningService(args);
        return writeEnrollment(client, kind, { id: args.required('enrollmentId'), body });
      },
    },
    {
      path: `${path} show`,
      summary: `Show an ${noun}; its keys only with --show-keys.`,
      options: [...one, showKeys],
      examples: [`az ${path} show ${example} --show-keys`],
      run: (args, context) => show(kind, args, context),
    },
    {
      path: `${path} list`,
      summary: `List ${noun}s.`,
      options: [...serviceOptions, top],
      examples: [`az ${path} list ${SERVICE} -o table`],
      run: (args, context) => list(kind, args, context),
    },
    {
      path: `${path} update`,
      summary: verbs.update.summary,
      options: [...one, ...options, ...removeOptions, etag],
      examples: [`az ${path} update ${example} ${verbs.update.example}`],
      run: (args, context) => update(kind, verbs, args, context),
    },
    {
      path: `${path} delete`,
      summary: `Delete an ${noun}; devices that came through it stay at their hubs.`,
      options: [...one, etag],
      examples: [`az ${path} delete ${example}`],
      run: async (args, context) => {
        const client = await context.provisioningService(args);
        await client.ask({
          method: 'DELETE',
          path: pathOf(kind, args.required('enrollmentId')),
          headers: ifMatch(args),
        });
        return undefined;
      },
    },
  ];
}

async function show(kind: EnrollmentKind, args: AzArguments, context: AzContext): Promise<JsonObject> {
  const client = await context.provisioningService(args);
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

async function list(
  { collection }: EnrollmentKind,
  args: AzArguments,
  context: AzContext,
): Promise<readonly JsonValue[]> {
  const client = await context.provisioningService(args);
  const query = { method: 'POST', path: `/${collection}/query`, body: { query: 'SELECT *' } } as const;
  return client.askAll(query, args.integer('top') || undefined);
}

async function update(
  kind: EnrollmentKind,
  verbs: Pick<KindOfVerbs, 'changedAttestation'>,
  args: AzArguments,
  context: AzContext,
): Promise<JsonValue> {
  const client = await context.provisioningService(args);
  const id = args.required('enrollmentId');
  const present = await readEnrollment(client, kind, id);
  const attestation = await verbs.changedAttestation(await readAttestation(client, kind, id), args, context);
  const body = changedEnrollment(present, args, attestation, context);
  return writeEnrollment(client, kind, { id, body, headers: ifMatch(args) });
}
