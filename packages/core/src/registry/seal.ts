/**
 * kubectl keeps a copy of what it applied in an annotation, with a Secret's content in plain sight. For kinds with secret fields
 * the door moves that annotation into the secret field `sealed`, so that it is encrypted at rest and shown only with the content.
 */
import type { KubeObject } from '../store/object.ts';
import type { AnyKind } from './define-kind.ts';

const QUOTES_CONTENT = ['kubectl.kubernetes.io/last-applied-configuration'];

type Sealable = KubeObject & { sealed?: Record<string, string> };

/** Moves telling annotations into the secret field. Changes nothing for other kinds. */
export function seal(kind: AnyKind, object: KubeObject): KubeObject {
  if (!kind.secretFields.includes('sealed')) return object;
  const annotations = { ...object.metadata.annotations };
  const sealed: Record<string, string> = {};
  for (const name of QUOTES_CONTENT) {
    const value = annotations[name];
    if (value === undefined) continue;
    sealed[name] = value;
    delete annotations[name];
  }
  const { sealed: _old, ...rest } = object as Sealable;
  return {
    ...rest,
    metadata: withAnnotations(object, annotations),
    ...(Object.keys(sealed).length > 0 ? { sealed } : {}),
  } as KubeObject;
}

/** Puts the annotations back for who may see the content; else leaves every secret field out. */
export function unseal(kind: AnyKind, object: KubeObject, reveal: boolean): KubeObject {
  if (kind.secretFields.length === 0) return object;
  const { sealed, ...rest } = object as Sealable;
  if (!reveal) {
    const shown = Object.entries(rest).filter(([key]) => !kind.secretFields.includes(key));
    return Object.fromEntries(shown) as unknown as KubeObject;
  }
  if (!sealed) return rest as KubeObject;
  return { ...rest, metadata: withAnnotations(object, { ...object.metadata.annotations, ...sealed }) } as KubeObject;
}

function withAnnotations(object: KubeObject, annotations: Record<string, string>): KubeObject['metadata'] {
  const { annotations: _old, ...metadata } = object.metadata;
  return Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata;
}

/** Whether a field path lies within a kind's secret fields: its value must not be quoted in an error. */
export function isSecretPath(kind: AnyKind, field: string): boolean {
  return kind.secretFields.some((part) => field === part || field.startsWith(`${part}.`) || field.startsWith(`${part}[`));
}
