/** Refusals as Redfish words them. */
import type { Personality } from './personality.ts';

/** A request that a BMC refuses. */
export class Refusal extends Error {
  readonly status: number;
  readonly messageId: string;

  constructor(status: number, messageId: string, message: string) {
    super(message);
    this.status = status;
    this.messageId = messageId;
  }
}

/** The error body; iLO gives no message texts, only ids. */
export function refusalBody(refusal: Refusal, personality: Personality): unknown {
  const message = personality.vendor === 'HPE' ? {} : { Message: refusal.message };
  return {
    error: {
      code: 'Base.1.16.GeneralError',
      message: 'A general error has occurred. See ExtendedInfo for more information.',
      '@Message.ExtendedInfo': [{ MessageId: refusal.messageId, ...message, Severity: 'Critical' }],
    },
  };
}
