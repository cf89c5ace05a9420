/** Every URL of the console. Nothing else builds one. */

/** Filters of the hosts table, as they stand in the URL. Several states are separated by commas. */
export interface HostFilter {
  site?: string;
  state?: string;
  text?: string;
  labels?: string;
  sort?: string;
  page?: string;
}

const seg = encodeURIComponent;

function withQuery(path: string, query: Record<string, string | undefined>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '');
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

export const paths = {
  login: (next?: string) => withQuery('/login', { next }),
  fleet: (query: { site?: string } = {}) => withQuery('/', query),
  racks: (query: { site?: string } = {}) => (query.site ? `/racks/${seg(query.site)}` : '/racks'),
  site: (site: string, query: { row?: string; host?: string; states?: string } = {}) => withQuery(`/racks/${seg(site)}`, query),
  hosts: (filter: HostFilter = {}) => withQuery('/hosts', { ...filter }),
  host: (namespace: string, name: string, tab?: string) => withQuery(`/hosts/${seg(namespace)}/${seg(name)}`, { tab }),
  clusters: (query: { site?: string } = {}) => withQuery('/clusters', query),
  cluster: (namespace: string, name: string, tab?: string) => withQuery(`/clusters/${seg(namespace)}/${seg(name)}`, { tab }),
  /** `kind` is a plural: machinedeployments or kubeadmcontrolplanes. */
  scale: (namespace: string, cluster: string, kind: string, name: string) =>
    `/clusters/${seg(namespace)}/${seg(cluster)}/scale/${seg(kind)}/${seg(name)}`,
};

/** Where to go after login: a path of this console, never another origin. */
export function safeNext(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : paths.fleet();
}
