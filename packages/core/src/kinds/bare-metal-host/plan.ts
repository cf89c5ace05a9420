/** The plan for a host: pure. */
import type { Env, Plan } from '../../runtime/define-reconciler.ts';
import { HOST_ANNOTATIONS } from './kind.ts';
import { render } from './render.ts';
import { decide } from './states.ts';
import { type HostSeen, viewOf } from './view.ts';

/** Decides what a host does next. A paused host is left alone, even when it is being deleted. */
export function planHost(seen: HostSeen, env: Env): Plan {
  const view = viewOf(seen, env);
  if (view.paused) {
    return {
      actions: [],
      because: { sentence: 'The host is paused.', tone: 'caution', wayOut: `Remove the annotation ${HOST_ANNOTATIONS.paused}.` },
    };
  }
  return render(view, decide(view));
}
