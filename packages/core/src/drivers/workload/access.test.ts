import { expect, test } from 'vitest';
import { renderKubeconfig } from '../../bootstrap/kubeconfig.ts';
import { accessOf } from './access.ts';

const access = {
  clusterName: 'production',
  endpoint: { host: '10.0.0.100', port: 6443 },
  ca: 'the ca\n',
  client: { certificate: 'the certificate\n', key: 'the key\n' },
};

test('a kubeconfig comes back as it was made', () => {
  expect(accessOf(renderKubeconfig({ ...access, proxyURL: 'http://proxy.example.com:3128' }))).toEqual({
    server: 'https://10.0.0.100:6443',
    ca: 'the ca\n',
    certificate: 'the certificate\n',
    key: 'the key\n',
    proxyURL: 'http://proxy.example.com:3128',
  });
  expect(accessOf(renderKubeconfig(access)).proxyURL).toBeUndefined();
});

test.each([['{}'], ['a: [b'], [renderKubeconfig({ ...access, ca: '' })], [renderKubeconfig(access).replace('https:', 'http:')]])(
  'others are refused without being quoted',
  (text) => {
    const refuse = () => accessOf(text);
    expect(refuse).toThrow(/kubeconfig/);
    expect(refuse).not.toThrow(/the key/);
  },
);
