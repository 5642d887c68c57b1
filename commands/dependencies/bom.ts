/**
 * A CycloneDX 1.5 bill of materials from the lock file. (`npm sbom --omit dev` leaves out whatever a development
 * dependency needs as well, here 99 packages that are shipped.)
 */
import { createHash } from 'node:crypto';

export interface LockFile {
  name: string;
  version: string;
  packages: Record<string, LockedPackage>;
}

interface LockedPackage {
  version?: string;
  integrity?: string;
  license?: string;
  dev?: boolean;
  optional?: boolean;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

export interface Component {
  type: 'library' | 'application';
  'bom-ref': string;
  name: string;
  version: string;
  purl?: string;
  scope?: 'required' | 'optional';
  licenses?: { expression: string }[];
  hashes?: { alg: string; content: string }[];
}

export interface Bom {
  bomFormat: 'CycloneDX';
  specVersion: '1.5';
  serialNumber: string;
  version: 1;
  metadata: { component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

/** Every package that is not for development only, of every platform. The same lock file makes the same document. */
export function bomOf(lock: LockFile): Bom {
  const shipped = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && !dev);
  const root: Component = {
    type: 'application',
    'bom-ref': `${lock.name}@${lock.version}`,
    name: lock.name,
    version: lock.version,
  };
  // One package may lie in several places.
  const components = new Map(shipped.map(([path, found]) => [refOf(path, found), componentOf(path, found)]));
  const graph = new Map<string, Set<string>>([[root['bom-ref'], needsOf(lock, '', components)]]);
  for (const [path, found] of shipped) {
    const ref = refOf(path, found);
    graph.set(ref, new Set([...(graph.get(ref) ?? []), ...needsOf(lock, path, components)]));
  }
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(lock.packages))}`,
    version: 1,
    metadata: { component: root },
    components: [...components.values()],
    dependencies: [...graph].map(([ref, needs]) => ({ ref, dependsOn: [...needs].sort() })),
  };
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
const refOf = (path: string, { version = '' }: LockedPackage): string => `${nameOf(path)}@${version}`;

function componentOf(path: string, found: LockedPackage): Component {
  const { version = '', license, integrity, optional } = found;
  return {
    type: 'library',
    'bom-ref': refOf(path, found),
    name: nameOf(path),
    version,
    purl: `pkg:npm/${nameOf(path).replace('@', '%40')}@${version}`,
    scope: optional ? 'optional' : 'required',
    ...(license ? { licenses: [{ expression: license }] } : {}),
    ...(integrity ? { hashes: [hashOf(integrity)] } : {}),
  };
}

function hashOf(integrity: string): { alg: string; content: string } {
  const [algorithm = '', digest = ''] = integrity.split(' ')[0]!.split(/-(.*)/s);
  const alg = algorithm.toUpperCase().replace(/^SHA(\d)/, 'SHA-$1');
  return { alg, content: Buffer.from(digest, 'base64').toString('hex') };
}

/** What a package gets when it asks for its dependencies: the nearest one on the way up, as Node.js looks. */
function needsOf({ packages }: LockFile, from: string, shipped: ReadonlyMap<string, Component>): Set<string> {
  const { dependencies, optionalDependencies, peerDependencies } = packages[from] ?? {};
  const names = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
  const refs = names.flatMap((name) => {
    for (let place = from; ; place = place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/')))) {
      const path = `${place ? `${place}/` : ''}node_modules/${name}`;
      const found = packages[path];
      if (found) return [refOf(path, found)];
      if (place === '') return [];
    }
  });
  return new Set(refs.filter((ref) => shipped.has(ref)));
}

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
