/** HPE iLO. */
import { GENERIC, type Quirks } from './quirks.ts';

/** Boot order cannot be changed during POST, and power requests are refused while another is carried out. */
export const HPE: Quirks = {
  ...GENERIC,
  maker: 'hpe',
  isBusy: (refused) =>
    GENERIC.isBusy(refused) || refused.says('UnableToModifyDuringSystemPOST') || refused.says('InvalidOperationForSystemState'),
};
