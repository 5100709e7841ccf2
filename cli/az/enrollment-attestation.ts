/** How an enrollment's devices prove themselves: the `attestation` of a request, by the rules and in the words of the Azure CLI. */
import { readFile } from 'node:fs/promises';
import { isJsonObject, type JsonObject } from '../../emulator/wire/twin.ts';
import type { AzArguments } from './arguments.ts';
import { argumentError } from './az-error.ts';
import { attestationType } from './enrollment-records.ts';

export async function newIndividualAttestation(args: AzArguments): Promise<JsonObject> {
  switch (args.required('attestationType')) {
    case 'tpm': {
      const endorsementKey = args.text('endorsementKey');
      if (!endorsementKey) throw argumentError('Endorsement key [--endorsement-key] is required');
      return { type: 'tpm', tpm: { endorsementKey } };
    }
    case 'x509': {
      const pair = await givenCertificates(args);
      if (isEmpty(pair)) throw argumentError('Please provide at least one certificate path');
      return { type: 'x509', x509: { clientCertificates: pair } };
    }
    default:
      return { type: 'symmetricKey', symmetricKey: keysIn(args) };
  }
}

/** A symmetric key, unless there is a certificate or the name of an authority. */
export async function newGroupAttestation(args: AzArguments): Promise<JsonObject> {
  const names = givenNames(args);
  const certificates = await givenCertificates(args);
  checkOneKind(certificates, names);
  if (!isEmpty(certificates)) return { type: 'x509', x509: { signingCertificates: certificates } };
  if (!isEmpty(names)) return { type: 'x509', x509: { caReferences: names } };
  return { type: 'symmetricKey', symmetricKey: keysIn(args) };
}

/** @param present with its keys */
export async function changedIndividualAttestation(present: JsonObject, args: AzArguments): Promise<JsonObject> {
  const type = attestationType(present);
  checkFits(type, args);
  switch (type) {
    case 'symmetricKey':
      return withKeys(present, args);
    case 'tpm': {
      const endorsementKey = args.text('endorsementKey');
      return endorsementKey ? { ...present, tpm: { ...membersIn(present, 'tpm'), endorsementKey } } : present;
    }
    case 'x509': {
      const pair = changedPair(
        membersIn(membersIn(present, 'x509'), 'clientCertificates'),
        await givenCertificates(args),
        args,
      );
      return { type, x509: { clientCertificates: pair } };
    }
    default:
      return present;
  }
}

/** @param present with its keys */
export async function changedGroupAttestation(present: JsonObject, args: AzArguments): Promise<JsonObject> {
  const type = attestationType(present);
  if (type === 'symmetricKey') return withKeys(present, args);
  if (type !== 'x509') return present;
  const names = givenNames(args);
  const certificates = await givenCertificates(args);
  checkOneKind(certificates, names);
  const { signingCertificates, caReferences } = membersIn(present, 'x509');
  const old = isJsonObject(signingCertificates) ? signingCertificates : isJsonObject(caReferences) ? caReferences : {};
  if (isEmpty(certificates) && isEmpty(names)) checkRest(old, args);
  const isByName = !isEmpty(names) || (isEmpty(certificates) && isJsonObject(caReferences));
  // A pair of the other kind gives way as a whole.
  const kept = isByName ? caReferences : signingCertificates;
  const pair = changedPair(isJsonObject(kept) ? kept : {}, isByName ? names : certificates, args);
  return { type, x509: { [isByName ? 'caReferences' : 'signingCertificates']: pair } };
}

function keysIn(args: AzArguments): JsonObject {
  const primaryKey = args.text('primaryKey');
  const secondaryKey = args.text('secondaryKey');
  return { ...(primaryKey && { primaryKey }), ...(secondaryKey && { secondaryKey }) };
}

function withKeys(present: JsonObject, args: AzArguments): JsonObject {
  return { ...present, symmetricKey: { ...membersIn(present, 'symmetricKey'), ...keysIn(args) } };
}

/** A primary and a secondary, each only if it is there. */
type Pair = JsonObject;

function changedPair(old: Pair, given: Pair, args: AzArguments): Pair {
  const primary = given.primary ?? (args.isSet('removeCertificate') ? undefined : old.primary);
  const secondary = given.secondary ?? (args.isSet('removeSecondaryCertificate') ? undefined : old.secondary);
  return { ...(primary !== undefined && { primary }), ...(secondary !== undefined && { secondary }) };
}

function givenNames(args: AzArguments): Pair {
  const primary = args.text('rootCaName');
  const secondary = args.text('secondaryRootCaName');
  return { ...(primary && { primary }), ...(secondary && { secondary }) };
}

async function givenCertificates(args: AzArguments): Promise<Pair> {
  const primary = args.text('certificatePath');
  const secondary = args.text('secondaryCertificatePath');
  return {
    ...(primary && { primary: { certificate: await certificateIn(primary) } }),
    ...(secondary && { secondary: { certificate: await certificateIn(secondary) } }),
  };
}

/** PEM as it is, DER as base64. */
async function certificateIn(path: string): Promise<string> {
  if (!/\.(pem|cer)$/.test(path)) throw argumentError("Certificate file type must be either '.pem' or '.cer'.");
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw argumentError(`the certificate ${path} cannot be read (${error.code ?? 'unknown'})`);
  });
  const text = bytes.toString('utf8');
  return text.includes('\u{fffd}') ? bytes.toString('base64') : text.trimEnd();
}

function checkOneKind(certificates: Pair, names: Pair): void {
  if (isEmpty(certificates) || isEmpty(names)) return;
  throw argumentError('Please provide either certificate path or certificate name');
}

/** Something must stay when nothing comes. */
function checkRest(old: Pair, args: AzArguments): void {
  const removesPrimary = args.isSet('removeCertificate');
  const removesSecondary = args.isSet('removeSecondaryCertificate');
  if (removesPrimary && removesSecondary) throw argumentError('Please provide at least one certificate');
  const only =
    removesPrimary && !old.secondary ? 'primary' : removesSecondary && !old.primary ? 'secondary' : undefined;
  if (only === undefined) return;
  throw argumentError(`Please provide at least one certificate while removing the only ${only} certificate`);
}

const MECHANISMS: Readonly<Record<string, string>> = { symmetricKey: 'symmetric key', tpm: 'tpm', x509: 'x509' };

/** Options of another mechanism than the enrollment has. */
function checkFits(type: string, args: AzArguments): void {
  const refuse = (what: string, isGiven: boolean): void => {
    if (!isGiven) return;
    throw argumentError(`Cannot ${what} while enrollment is using ${MECHANISMS[type] ?? type} attestation mechanism`);
  };
  if (type !== 'x509') {
    refuse('update certificate', args.isGiven('certificatePath') || args.isGiven('secondaryCertificatePath'));
    refuse('remove certificate', args.isSet('removeCertificate') || args.isSet('removeSecondaryCertificate'));
  }
  if (type !== 'tpm') refuse('update endorsement key', args.isGiven('endorsementKey'));
  if (type !== 'symmetricKey') {
    refuse('update primary or secondary key', args.isGiven('primaryKey') || args.isGiven('secondaryKey'));
  }
}

function membersIn(value: JsonObject, name: string): JsonObject {
  const member = value[name];
  return isJsonObject(member) ? member : {};
}

function isEmpty(pair: Pair): boolean {
  return Object.keys(pair).length === 0;
}
