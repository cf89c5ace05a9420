/** Selectors as clients write them: `kubectl -l` (labels) and fieldSelector. */
import { AppError } from '../errors.ts';
import type { Json, KubeObject } from '../store/object.ts';
import type { Requirement } from '../store/selector.ts';
import type { AnyKind } from './define-kind.ts';
import { at } from './paths.ts';

/** One requirement of a fieldSelector; all must hold. */
export interface FieldRequirement {
  /** Dotted path. */
  field: string;
  op: '=' | '!=';
  value: string;
}

const NAME = `(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9](?:[-_.A-Za-z0-9]*[A-Za-z0-9])?`;
const VALUE = `(?:[A-Za-z0-9](?:[-_.A-Za-z0-9]*[A-Za-z0-9])?)?`;
const EQUALITY = new RegExp(`^(${NAME})\\s*(==|=|!=)\\s*(${VALUE})$`);
const SET = new RegExp(`^(${NAME})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const EXISTS = new RegExp(`^(!?)\\s*(${NAME})$`);
const VALUE_ONLY = new RegExp(`^${VALUE}$`);

/** Most requirements of one selector; more is a mistake or an attack. */
const MOST = 100;

/** Parses the syntax of `kubectl -l` (apimachinery labels.Parse, without the > and < of node affinity). */
export function parseLabelSelector(text: string): Requirement[] {
  const parts = splitOutsideParentheses(text);
  if (parts.length > MOST) throw unparsable(text, `has more than ${MOST} requirements`);
  return parts.map((part) => requirementOf(part, text));
}

function requirementOf(part: string, whole: string): Requirement {
  const equality = EQUALITY.exec(part);
  if (equality) return { key: equality[1]!, op: equality[2] === '!=' ? 'notin' : 'in', values: [equality[3]!] };
  const set = SET.exec(part);
  if (set) {
    const values = set[3]!.split(',').map((value) => value.trim());
    const wrong = values.find((value) => !VALUE_ONLY.test(value));
    if (wrong !== undefined) throw unparsable(whole, `"${wrong}" is not a label value`);
    return { key: set[1]!, op: set[2] as 'in' | 'notin', values };
  }
  const exists = EXISTS.exec(part);
  if (exists) return { key: exists[2]!, op: exists[1] === '!' ? 'absent' : 'exists' };
  throw unparsable(whole, `"${part}" is none of key=value, key!=value, key in (a,b), key notin (a,b), key, !key`);
}

function splitOutsideParentheses(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of text) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (character === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else part += character;
  }
  if (part.trim() !== '' || parts.length > 0) parts.push(part.trim());
  return parts;
}

function unparsable(text: string, why: string): AppError {
  return new AppError('badRequest', `unable to parse requirement: label selector "${text.slice(0, 200)}": ${why}`);
}

/** Parses a fieldSelector for a kind; refuses fields that cannot be selected, as Kubernetes does. */
export function parseFieldSelector(kind: AnyKind, text: string): FieldRequirement[] {
  const parts = text.split(',').filter((part) => part.trim() !== '');
  if (parts.length > MOST) throw new AppError('badRequest', `field selector has more than ${MOST} requirements`);
  return parts.map((part) => {
    const found = /^\s*([A-Za-z0-9_.]+)\s*(==|=|!=)(.*)$/.exec(part);
    if (!found) throw new AppError('badRequest', `invalid field selector "${part.slice(0, 200)}"; can't understand it`);
    const [, field = '', op, value = ''] = found;
    if (!isSelectable(kind, field)) throw new AppError('badRequest', `field label not supported: ${field}`);
    return { field, op: op === '!=' ? '!=' : '=', value };
  });
}

function isSelectable(kind: AnyKind, field: string): boolean {
  if (field === 'metadata.name') return true;
  if (field === 'metadata.namespace') return kind.scope === 'Namespaced';
  return kind.selectableFields?.includes(field) ?? false;
}

/** Whether an object satisfies every field requirement. A missing field counts as ''. */
export function matchesFields(requirements: readonly FieldRequirement[], object: KubeObject): boolean {
  return requirements.every(({ field, op, value }) => {
    const found = at(object as unknown as Json, field.split('.'));
    const text = found === undefined || found === null ? '' : String(found);
    return (op === '=') === (text === value);
  });
}

/** The one name (or namespace) that field requirements ask for, to let the store look it up. */
export function wantedExactly(requirements: readonly FieldRequirement[], field: string): string | undefined {
  return requirements.find((requirement) => requirement.field === field && requirement.op === '=')?.value;
}
