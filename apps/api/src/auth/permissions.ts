/** What a procedure may demand, and which role has it. A procedure without one of these does not start (init.ts). */

/** A role of a person. */
export type Role = 'admin' | 'viewer';

/** What a procedure declares. `public` alone needs no session. */
export type Permission = 'public' | 'session' | 'fleet.read' | 'objects.read' | 'objects.write';

const GRANTS: Record<Role, readonly Permission[]> = {
  admin: ['public', 'session', 'fleet.read', 'objects.read', 'objects.write'],
  viewer: ['public', 'session', 'fleet.read', 'objects.read'],
};

/** Whether a role holds a permission. No role (nobody is logged in) holds `public` alone. */
export function may(role: Role | null, permission: Permission): boolean {
  return role === null ? permission === 'public' : GRANTS[role].includes(permission);
}
