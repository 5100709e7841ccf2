/** What a case file may leave out, and what a base gives. */
import { describe, expect, it } from 'vitest';
import { HEAD, loadCases } from '../support/case-folder.ts';
import { shippedCases } from '../support/shipped-cases.ts';

const CASE = `id: a\n${HEAD}device: { registrationId: d }\nexpect: { status: assigned }\n`;

describe('a case', () => {
  it('runs over every transport and registers its devices, unless it says otherwise', async () => {
    const [loaded] = await loadCases(CASE);
    expect(loaded?.contract).toMatchObject({
      tags: [],
      covers: [],
      transports: ['mqtt', 'mqtt-ws', 'https'],
      devices: { device: { registrationId: 'd' } },
      steps: [{ register: 'device' }],
    });
    expect(loaded).toMatchObject({ line: 1, file: expect.stringMatching(/cases\.yaml$/) });
  });

  it('keeps what its base says and changes records of the same id', async () => {
    const [loaded] = await loadCases(`${CASE}given:
  extends: contoso
  webhook: { bundled: true }
  enrollmentGroups:
    - { enrollmentGroupId: contoso-custom-allocated-devices, capabilities: { iotEdge: true } }
    - { enrollmentGroupId: another }
`);
    const { given } = loaded?.contract ?? {};
    expect(given?.idScope).toBe('0ne00002193');
    expect(given?.enrollmentGroups).toMatchObject([
      {
        enrollmentGroupId: 'contoso-custom-allocated-devices',
        capabilities: { iotEdge: true },
        allocationPolicy: 'custom',
        attestation: { type: 'symmetricKey' },
      },
      { enrollmentGroupId: 'another' },
    ]);
  });

  it('may extend a base of its own folder, which may extend ours', async () => {
    const cases = await loadCases(`base: mine
given: { extends: hashed, idScope: 0ne00000099 }
---
${CASE}given: { extends: mine }
`);
    expect(cases.map(({ contract }) => contract.id)).toEqual(['a']);
    expect(cases[0]?.contract.given).toMatchObject({
      idScope: '0ne00000099',
      enrollmentGroups: [{ enrollmentGroupId: 'hashed-group' }],
    });
  });

  it('is read from JSON as well, which is YAML', async () => {
    const [loaded] = await loadCases(
      JSON.stringify({
        id: 'a',
        title: 't',
        requirement: 'r',
        source: 's',
        confidence: 'assumed',
        device: { registrationId: 'd' },
        expect: { status: 'assigned' },
      }),
    );
    expect(loaded?.contract.id).toBe('a');
  });
});

describe('the shipped cases', () => {
  it('are at least forty, in files without a fault, each with requirement and source', async () => {
    const cases = await shippedCases;
    expect(cases.length).toBeGreaterThanOrEqual(40);
    for (const { contract, file } of cases) {
      expect(file).toMatch(/^shipped\/[a-z-]+\.yaml$/);
      expect(contract.requirement, contract.id).toMatch(/^.{20,}\.$/s);
      expect(contract.source.length, contract.id).toBeGreaterThan(10);
    }
  });

  it('have every row of the troubleshooting table over every transport, with its third column', async () => {
    const cases = await shippedCases;
    for (const row of [1, 2, 3, 4, 5, 6]) {
      const full = cases.filter(
        ({ contract }) =>
          contract.row === row && contract.transports.length === 3 && contract.expect.device?.result !== undefined,
      );
      expect(full.length, `row ${row}`).toBeGreaterThan(0);
    }
  });

  it('name an assumption by its confidence when their tag says so', async () => {
    const cases = await shippedCases;
    for (const { contract } of cases) {
      if (contract.tags.includes('assumption')) expect(contract.confidence, contract.id).toBe('assumed');
    }
  });
});
