/** `az iot dps enrollment-group registration` and `az iot dps enrollment registration`: what became of devices, as a back end sees it. */
import { etag, groupId, ifMatch, individualId, registrationId, serviceOptions, top } from '../shared-options.ts';
import { type AzOption, type AzVerb, required } from '../verb.ts';

/** The registration id of a device with an enrollment of its own is the id of the enrollment. */
const ownId: AzOption = { ...individualId, names: ['--enrollment-id', '--eid', '--registration-id', '--rid'] };

export const registrationVerbs: readonly AzVerb[] = [
  {
    path: 'iot dps enrollment-group registration list',
    summary: 'List the registrations of the devices that came through an enrollment group.',
    options: [required(groupId), ...serviceOptions, top],
    examples: [
      'az iot dps enrollment-group registration list --dps-name contoso-provisioning-service --enrollment-id contoso-custom-allocated-devices',
    ],
    run: async (args, context) => {
      const client = await context.provisioningService(args);
      const path = `/registrations/${encodeURIComponent(args.required('enrollmentId'))}/query`;
      return client.askAll({ method: 'POST', path }, args.integer('top') || undefined);
    },
  },
  ...verbsOnOne('iot dps enrollment-group', registrationId),
  ...verbsOnOne('iot dps enrollment', ownId),
];

function verbsOnOne(group: string, idOption: AzOption): readonly AzVerb[] {
  const options = [required(idOption), ...serviceOptions];
  const example = `--dps-name contoso-provisioning-service ${idOption.names[0]} my-device`;
  return [
    {
      path: `${group} registration show`,
      summary: "Show a device's registration: its hub, or why it has none.",
      options,
      examples: [`az ${group} registration show ${example}`],
      run: async (args, context) => {
        const client = await context.provisioningService(args);
        return (await client.ask({ method: 'GET', path: pathOf(args.required(idOption.dest)) })).body;
      },
    },
    {
      path: `${group} registration delete`,
      summary: 'Delete a registration: the device stays at its hub, its next register is a first one.',
      options: [...options, etag],
      examples: [`az ${group} registration delete ${example}`],
      run: async (args, context) => {
        const client = await context.provisioningService(args);
        const path = pathOf(args.required(idOption.dest));
        await client.ask({ method: 'DELETE', path, headers: ifMatch(args) });
        return undefined;
      },
    },
  ];
}

function pathOf(id: string): string {
  return `/registrations/${encodeURIComponent(id)}`;
}
