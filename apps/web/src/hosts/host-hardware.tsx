/** What inspection found: system, disks, network. What was not found yet is said, not left blank. */
import { plain } from '../lib/text.ts';
import type { Outputs } from '../lib/trpc.tsx';
import { count, disk, memory } from '../lib/units.ts';
import { Table } from '../table/table.tsx';
import { Moment, Pairs, Section } from '../ui/parts.tsx';
import { Scroller } from '../ui/scroller.tsx';

type Detail = Outputs['hosts']['detail'];

const NOT_YET = <p className="text-ink-3 py-1">Not inspected yet.</p>;

/** Vendor, processor, memory, firmware, BMC. */
export function System({ data, now }: { data: Detail; now: number }) {
  const { hardware, bmc, inspectedAt } = data;
  const vendor = hardware?.systemVendor;
  const cpu = hardware?.cpu;
  return (
    <Section
      title="Hardware"
      note={
        inspectedAt && (
          <>
            inspected <Moment at={inspectedAt} now={now} />
          </>
        )
      }
    >
      {hardware ? (
        <Pairs
          pairs={[
            ['Model', plain([vendor?.manufacturer, vendor?.productName].filter(Boolean).join(' ')) || '–'],
            ['CPU', cpu ? plain(`${cpu.model ?? cpu.arch ?? ''}, ${count(cpu.count ?? 0)} cores`) : '–'],
            ['Memory', memory(hardware.ramMebibytes)],
            [
              'BIOS',
              <span key="bios" className="mono">
                {plain([hardware.firmware?.bios?.vendor, hardware.firmware?.bios?.version].filter(Boolean).join(' ')) || '–'}
              </span>,
            ],
            [
              'Serial',
              <span key="serial" className="mono">
                {plain(vendor?.serialNumber ?? '–')}
              </span>,
            ],
            ['Host name', plain(hardware.hostname ?? '–')],
          ]}
        />
      ) : (
        NOT_YET
      )}
      {bmc && (
        <div className="mt-3 pt-3 border-t border-line-1">
          <Pairs
            pairs={[
              [
                'BMC',
                <span key="bmc" className="mono break-all">
                  {plain(bmc.address)}
                </span>,
              ],
              [
                'Credentials',
                <>
                  Secret <span className="mono">{plain(bmc.credentialsName)}</span>
                </>,
              ],
              ['Certificate', bmc.verifiesCertificate ? 'verified' : 'not verified'],
              [
                'Image',
                data.image ? (
                  <span key="image" className="mono break-all">
                    {plain(data.image)}
                  </span>
                ) : (
                  'none'
                ),
              ],
            ]}
          />
        </div>
      )}
    </Section>
  );
}

/** Disks, and which one the hints ask for. */
export function Disks({ data }: { data: Detail }) {
  const hints = Object.entries(data.rootDeviceHints).map(([key, value]) => `${key}=${value}`);
  const note =
    hints.length > 0 ? (
      <>
        root device by hint <span className="mono">{plain(hints.join(', '))}</span>
      </>
    ) : (
      'no root device hint'
    );
  const disks = data.hardware?.storage ?? [];
  return (
    <Section title="Disks" note={note}>
      {data.hardware ? (
        <Scroller label="Disks">
          <Table
            label="Disks"
            kind="tight"
            rows={disks}
            keyOf={(one) => `${one.name} ${one.serialNumber}`}
            columns={[
              {
                key: 'name',
                head: 'Name',
                cell: (one) => <span className="mono">{plain(shortName(one))}</span>,
              },
              {
                key: 'model',
                head: 'Model',
                cell: (one) => (
                  <span className="text-ink-2">{plain([one.vendor, one.model].filter(Boolean).join(' ')) || '–'}</span>
                ),
              },
              { key: 'type', head: 'Type', minor: true, cell: (one) => one.type ?? (one.rotational ? 'HDD' : 'SSD') },
              { key: 'size', head: 'Size', num: true, cell: (one) => disk(one.sizeBytes) },
              {
                key: 'serial',
                head: 'Serial',
                minor: true,
                cell: (one) => <span className="mono text-ink-2">{plain(one.serialNumber ?? '–')}</span>,
              },
            ]}
          />
        </Scroller>
      ) : (
        NOT_YET
      )}
    </Section>
  );
}

/** Network interfaces and their neighbours. */
export function Network({ data }: { data: Detail }) {
  const boot = data.bootMAC;
  return (
    <Section title="Network">
      {data.hardware ? (
        <Scroller label="Network interfaces">
          <Table
            label="Network interfaces"
            kind="tight"
            rows={data.hardware.nics ?? []}
            keyOf={(nic) => `${nic.name} ${nic.mac} ${nic.ip}`}
            columns={[
              { key: 'name', head: 'NIC', cell: (nic) => <span className="mono">{plain(nic.name ?? '–')}</span> },
              { key: 'mac', head: 'MAC', cell: (nic) => <span className="mono">{plain(nic.mac?.toLowerCase() ?? '–')}</span> },
              { key: 'ip', head: 'IP', cell: (nic) => <span className="mono text-ink-2">{plain(nic.ip ?? '–')}</span> },
              {
                key: 'link',
                head: 'Link',
                num: true,
                cell: (nic) => (nic.speedGbps ? `${nic.speedGbps} Gb/s` : <span className="text-ink-3">no link</span>),
              },
              {
                key: 'switch',
                head: 'Switch',
                minor: true,
                cell: (nic) => (
                  <span className="mono text-ink-2">
                    {plain([nic.lldp?.switchSystemName, nic.lldp?.portID].filter(Boolean).join(' ')) || '–'}
                  </span>
                ),
              },
              { key: 'use', head: 'Use', cell: (nic) => (nic.mac?.toLowerCase() === boot ? 'boot' : '') },
            ]}
          />
        </Scroller>
      ) : (
        NOT_YET
      )}
    </Section>
  );
}

/** The shortest of a disk's names: `nvme0n1` rather than its path through the bus. */
function shortName({ name = '–', alternateNames = [] }: { name?: string; alternateNames?: string[] }): string {
  const names = [name, ...alternateNames].map((one) => one.replace(/^\/dev\//, ''));
  return names.sort((a, b) => a.length - b.length)[0] ?? '–';
}
