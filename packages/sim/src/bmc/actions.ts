/** Reset and boot override of a simulated BMC. */
import { restart, type SimServer, setPower } from '../server.ts';
import type { Personality } from './personality.ts';
import { Refusal } from './refusal.ts';
import { toldBoot, toldPower } from './resources.ts';
import type { VerbAnswer } from './service.ts';

type Json = Record<string, unknown>;

/** ComputerSystem.Reset. */
export function resetSystem(server: SimServer, personality: Personality, body: Json): VerbAnswer {
  const type = String(body.ResetType ?? '');
  if (!personality.resetTypes.includes(type)) {
    throw new Refusal(400, 'Base.1.16.ActionParameterNotSupported', `The value ${type} for ResetType is not supported.`);
  }
  const isOn = toldPower(server) !== 'Off';
  if (personality.strictStates && (type === 'On') === isOn) {
    throw new Refusal(
      400,
      `${personality.messagePrefix}.InvalidOperationForSystemState`,
      'The operation was not successful due to the current power state.',
    );
  }
  switch (type) {
    case 'On':
      setPower(server, true);
      break;
    case 'ForceOff':
    case 'GracefulShutdown':
      setPower(server, false);
      break;
    case 'PushPowerButton':
      setPower(server, !isOn);
      break;
    case 'ForceRestart':
    case 'GracefulRestart':
    case 'PowerCycle':
      restart(server);
      break;
    default:
      break;
  }
  return personality.vendor === 'HPE'
    ? { status: 200, body: { error: { code: `${personality.messagePrefix}.ExtendedInfo` } } }
    : { status: 204 };
}

/** PATCH of Boot: what it leaves out stays as it is (Ironic sends only what changes). */
export function setBoot(server: SimServer, personality: Personality, boot: Json): VerbAnswer {
  if (personality.strictStates && server.phase === 'post') {
    throw new Refusal(
      400,
      `${personality.messagePrefix}.UnableToModifyDuringSystemPOST`,
      'The value cannot be changed during POST.',
    );
  }
  const told = toldBoot(server, personality);
  const target = String(boot.BootSourceOverrideTarget ?? told.BootSourceOverrideTarget);
  if (!personality.bootTargets.includes(target)) {
    throw new Refusal(
      400,
      'Base.1.16.PropertyValueNotInList',
      `The value ${target} for BootSourceOverrideTarget is not in the list.`,
    );
  }
  const mode = boot.BootSourceOverrideMode;
  if (mode === 'UEFI' || mode === 'Legacy') server.bootMode = mode;
  const forgotten =
    personality.forgetsEnabled && 'BootSourceOverrideTarget' in boot ? 'Disabled' : told.BootSourceOverrideEnabled;
  const enabled = boot.BootSourceOverrideEnabled ?? forgotten;
  server.bootOnce = enabled === 'Once' || enabled === 'Continuous' ? deviceOf(target, personality) : undefined;
  server.around.log.add(server.spec.name, 'boot-once', target);
  return { status: 200, body: {} };
}

/** On Supermicro the target `Cd` is a drive that the inserted image does not appear in. */
function deviceOf(target: string, personality: Personality): SimServer['bootOnce'] {
  if (personality.cdTargets.includes(target)) return 'Cd';
  return target === 'Pxe' || target === 'Hdd' ? target : undefined;
}
