import { expect, test } from 'vitest';
import { toYaml } from './to-yaml.ts';

test('reads as kubectl prints it, and cannot be misread', () => {
  const object = {
    apiVersion: 'metal3.io/v1alpha1',
    metadata: { name: 'spare-01', labels: { role: 'spare', 'fleet.slipway.dev/unit': '10' }, finalizers: [] },
    spec: { online: false, bmc: { address: 'redfish://192.0.2.1' }, tags: ['on', { a: 1, b: [2, 3] }], note: 'a: b\nc' },
  };
  expect(toYaml(object)).toMatchInlineSnapshot(`
    "apiVersion: metal3.io/v1alpha1
    metadata:
      name: spare-01
      labels:
        role: spare
        fleet.slipway.dev/unit: "10"
      finalizers: []
    spec:
      online: false
      bmc:
        address: redfish://192.0.2.1
      tags:
      - "on"
      - a: 1
        b:
        - 2
        - 3
      note: |
        a: b
        c"
  `);
});
