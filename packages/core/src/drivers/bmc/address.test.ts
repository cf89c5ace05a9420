import { describe, expect, it } from 'vitest';
import { parseBmcAddress } from './address.ts';
import { BmcBadAddress, BmcUnsupported } from './errors.ts';
import { openBmc } from './open.ts';

const redfish = (origin: string, systemPath?: string) => ({
  driver: 'redfish',
  base: new URL(origin),
  ...(systemPath ? { systemPath } : {}),
});

describe('BMC addresses', () => {
  it.each([
    ['redfish://192.168.1.10', redfish('https://192.168.1.10')],
    ['redfish-virtualmedia+http://bmc.example.com:8000/redfish/v1/', redfish('http://bmc.example.com:8000')],
    [
      'idrac-virtualmedia://10.0.0.1/redfish/v1/Systems/System.Embedded.1',
      redfish('https://10.0.0.1', '/redfish/v1/Systems/System.Embedded.1'),
    ],
    ['ilo5-virtualmedia+https://[fd00::1]:444/redfish/v1/Systems/1/', redfish('https://[fd00::1]:444', '/redfish/v1/Systems/1')],
    ['redfish:192.168.1.10', redfish('https://192.168.1.10')],
  ])('%s', (address, target) => expect(parseBmcAddress(address)).toEqual(target));

  it.each(['ipmi://192.168.1.10', '192.168.1.10', '192.168.1.10:6230', 'bmc.example.com'])('%s is ipmi', (address) =>
    expect(parseBmcAddress(address).driver).toBe('ipmi'),
  );

  it.each(['irmc://10.0.0.1', 'redfish://', 'redfish://user:secret@10.0.0.1'])('%s is refused, without its secret', (address) => {
    expect(() => parseBmcAddress(address)).toThrow(BmcBadAddress);
    expect(() => parseBmcAddress(address)).not.toThrow(/secret@/);
  });

  it('says that there is no driver for ipmi yet', async () => {
    const access = { address: 'ipmi://192.168.1.10', username: 'a', password: 'b', verifyTls: true, timeoutSeconds: 1 };
    await expect(openBmc(access)).rejects.toThrow(BmcUnsupported);
    await expect(openBmc(access)).rejects.toMatchObject({
      message: 'no driver for ipmi yet',
      code: 'NoDriver',
      retryable: false,
    });
  });
});
