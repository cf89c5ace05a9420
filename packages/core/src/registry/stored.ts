/** Between the store and a served version: conversion and secret fields, both ways. */
import type { KubeObject } from '../store/object.ts';
import { fromHub, toHub } from './convert.ts';
import type { AnyKind } from './define-kind.ts';
import { seal, unseal } from './seal.ts';

/** A stored object as a version shows it. Secret fields only with `reveal`. */
export function shown(kind: AnyKind, version: string, stored: KubeObject, reveal: boolean): KubeObject {
  return fromHub(kind, version, unseal(kind, stored, reveal));
}

/** A version's object as the hub has it, before defaults and rules. */
export function hubOf(kind: AnyKind, version: string, object: KubeObject, was?: KubeObject): KubeObject {
  return toHub(kind, version, object, was && unseal(kind, was, true));
}

/** The hub object as it is stored. */
export function stored(kind: AnyKind, hub: KubeObject): KubeObject {
  return seal(kind, hub);
}

/** The Warning of a deprecated version, as CRDs send it; undefined for others. */
export function deprecationWarning(kind: AnyKind, version: string): string | undefined {
  if (!kind.versions.find((candidate) => candidate.name === version)?.deprecated) return undefined;
  const prefix = kind.group === '' ? '' : `${kind.group}/`;
  return `${prefix}${version} ${kind.kind} is deprecated; use ${prefix}${kind.hub} ${kind.kind}`;
}
