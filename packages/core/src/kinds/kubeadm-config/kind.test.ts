import { describe, expect, it } from 'vitest';
import { KubeadmConfigTemplate } from '../kubeadm-config-template/kind.ts';
import { admit, fieldsOf } from '../shared/test-admit.ts';
import { columnsOf } from '../shared/test-columns.ts';
import { KubeadmConfig } from './kind.ts';

const config = (spec: Record<string, unknown>) => ({
  apiVersion: 'bootstrap.cluster.x-k8s.io/v1beta2',
  kind: 'KubeadmConfig',
  metadata: { name: 'c', namespace: 'clusters' },
  spec,
});

describe('KubeadmConfig', () => {
  it('prints upstream columns', () => {
    expect(columnsOf(KubeadmConfig)).toBe('Cluster, Paused(w), Data secret created, Age');
    expect(columnsOf(KubeadmConfigTemplate)).toBe('ClusterClass, Cluster, Age');
  });

  it('accepts an empty spec', () => {
    expect(admit(KubeadmConfig, config({}))).toMatchObject({ errors: [], unknown: [], object: { spec: {} } });
  });

  const SECRET = { secret: { name: 's', key: 'k' } };

  it.each([
    ['a file from two sources', { files: [{ path: '/a', content: 'x', contentFrom: SECRET }] }, ['spec.files[0]']],
    ['a file twice', { files: [{ path: '/a' }, { path: '/a' }] }, ['spec.files[1].path']],
    [
      'a file from no Secret',
      { files: [{ path: '/a', contentFrom: { secret: { name: '', key: '' } } }] },
      ['spec.files[0].contentFrom.secret.key', 'spec.files[0].contentFrom.secret.name'],
    ],
    ['a user with two passwords', { users: [{ name: 'u', passwd: 'x', passwdFrom: SECRET }] }, ['spec.users[0]']],
    ['ignition', { format: 'ignition' }, ['spec.format']],
    ['ignition settings without ignition', { ignition: {} }, ['spec.ignition']],
  ])('refuses %s', (_what, spec, fields) => {
    expect(fieldsOf(admit(KubeadmConfig, config(spec)).errors)).toEqual(fields);
  });

  it('says which fields it does not know', () => {
    const { unknown } = admit(KubeadmConfig, config({ joinConfiguration: { nodeRegistration: { kubeletExtraArg: [] } } }));
    expect(unknown).toContain('spec.joinConfiguration.nodeRegistration.kubeletExtraArg');
  });

  it('warns in a template as well', () => {
    const args = [{ name: 'node-labels', value: 'a=b,kubernetes.io/role=x' }];
    const spec = { template: { spec: { joinConfiguration: { nodeRegistration: { kubeletExtraArgs: args } } } } };
    const { warnings, errors } = admit(KubeadmConfigTemplate, { ...config(spec), kind: 'KubeadmConfigTemplate' });
    expect(errors).toEqual([]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^spec\.template\.spec\.joinConfiguration.*kubernetes\.io\/role/);
  });
});
